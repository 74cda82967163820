/** What is wrong with how a view looks: by axe, in both themes, in windows wide and narrow. */
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

const axe = (createRequire(import.meta.url)('axe-core') as { readonly source: string }).source

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

const CONTRAST = { type: 'rule', values: ['color-contrast'] }

interface Look {
  readonly width: number
  readonly theme: 'light' | 'dark'
  readonly rules: unknown
}

/** Each theme and each width once by all rules; colours alone where only they are others. */
const LOOKS: readonly Look[] = [
  { width: 1_280, theme: 'light', rules: TAGS },
  { width: 1_280, theme: 'dark', rules: CONTRAST },
  { width: 390, theme: 'dark', rules: TAGS },
]

/** Of the view that the page shows. It is looked at in each theme and width; nothing is loaded anew for that. */
export async function faultsOf(page: Page): Promise<readonly string[]> {
  const faults: string[] = []
  for (const { width, theme, rules } of LOOKS) {
    await page.setViewportSize({ width, height: 844 })
    await isAtRest(page)
    await inTheme(page, theme)
    const found = await axeFaults(page, rules)
    faults.push(...found.map((fault) => `${fault} (${width} px, ${theme})`))
    if (await isTooWide(page)) faults.push(`it is wider than ${width} px`)
  }
  await page.setViewportSize({ width: 1_280, height: 844 })
  return faults
}

/** All that is read has come. */
export async function isAtRest(page: Page): Promise<void> {
  await page.locator('main').first().waitFor()
  await page.locator('.loading').first().waitFor({ state: 'detached' })
}

/** Colours that pass into others have neither's contrast. */
async function inTheme(page: Page, theme: Look['theme']): Promise<void> {
  await page.emulateMedia({ colorScheme: theme })
  await page.evaluate(`(async () => {
    for (let quiet = 0; quiet < 3; quiet++) {
      await new Promise(requestAnimationFrame)
      const moving = document.getAnimations().filter((each) => each instanceof CSSTransition)
      if (moving.length > 0) quiet = -1
      for (const each of moving) each.finish()
    }
  })()`)
}

async function axeFaults(page: Page, runOnly: unknown): Promise<readonly string[]> {
  await page.evaluate(`window.axe === undefined && (() => {${axe}})()`)
  return page.evaluate(
    `axe.run(document, { runOnly: ${JSON.stringify(runOnly)}, resultTypes: ['violations'] }).then(({ violations }) =>
      violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => id + ' at ' + target.join(' '))))`,
  )
}

export function isTooWide(page: Page): Promise<boolean> {
  return page.evaluate('document.documentElement.scrollWidth > innerWidth')
}
