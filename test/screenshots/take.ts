/**
 * Makes the pictures of the console in `docs/images`: its main views at work on the audit job, light and dark. `npm run
 * docs:screenshots` calls it, and needs Chromium (see `test/console/browser.ts`).
 */
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { chromiumPath, NEEDS_CHROMIUM, openBrowser, openPage } from '../console/browser.js'
import { type AuditJob, startAudit } from './audit-job.js'

const FOLDER = 'docs/images'
const THEMES = ['light', 'dark'] as const
/** A page of the docs is not to grow heavy by its pictures. */
const MAX_BYTES = 200_000
const WAIT_MS = 60_000
const SETTLING_MS = 700
/** Until the timeline has something to show. */
const FILLING_MS = 3_000
/** An agent with a statechart that is worth a look. */
const SHOWN = 'job/coordinator'

type Theme = (typeof THEMES)[number]
type Pages = Readonly<Record<Theme, Page>>

if (chromiumPath === undefined) throw new Error(`There is no browser${NEEDS_CHROMIUM}`)
await takeAll()

async function takeAll(): Promise<void> {
  const browser = await openBrowser()
  try {
    await using job = await startAudit()
    const base = new URL('./', job.url).href
    const pages: Pages = { light: await pageOf('light'), dark: await pageOf('dark') }
    await takeWorking(pages, base)
    await takeWaiting(pages, base, job)

    async function pageOf(theme: Theme): Promise<Page> {
      const { page } = await openPage(browser, new URL(job.url).origin, { colorScheme: theme, deviceScaleFactor: 1 })
      await page.goto(job.url)
      await page.getByRole('tree').waitFor({ timeout: WAIT_MS })
      return page
    }
  } finally {
    await browser.close()
  }
}

/** While the files are read. */
async function takeWorking(pages: Pages, base: string): Promise<void> {
  await take(pages, 'overview')
  await show(pages, `${base}timeline`)
  await take(pages, 'timeline', FILLING_MS)
  await show(pages, `${base}actors/job/register`)
  await take(pages, 'actor')
}

/** When the report is made, and waits for a person. */
async function takeWaiting(pages: Pages, base: string, job: AuditJob): Promise<void> {
  await untilAsked(job)
  const views: readonly (readonly [name: string, address: string])[] = [
    ['approvals', 'approvals'],
    ['time-travel', `actors/${SHOWN}/at/${await someMoment(job)}`],
    ['conversation', 'conversations'],
  ]
  for (const [name, address] of views) {
    await show(pages, `${base}${address}`)
    await take(pages, name)
  }
}

async function show(pages: Pages, url: string): Promise<void> {
  for (const theme of THEMES) {
    await pages[theme].goto(url)
    await pages[theme].getByRole('main').waitFor({ timeout: WAIT_MS })
    await pages[theme].waitForTimeout(SETTLING_MS)
    await pages[theme].locator('.loading').first().waitFor({ state: 'hidden', timeout: WAIT_MS })
  }
}

/** A record about the middle of what is kept. */
async function someMoment({ control }: AuditJob): Promise<number> {
  const { first, last } = await control.journal({ path: SHOWN })
  return Math.floor((first + last) / 2)
}

async function untilAsked({ control }: AuditJob): Promise<void> {
  for (;;) {
    const { approvals } = await control.approvals({})
    if (approvals.length > 0) return
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

/** `ms`: until all that moves on the page has come to rest. */
async function take(pages: Pages, name: string, ms = SETTLING_MS): Promise<void> {
  await pages.light.waitForTimeout(ms)
  for (const theme of THEMES) {
    const path = join(FOLDER, `console-${name}-${theme}.png`)
    await pages[theme].screenshot({ path, animations: 'disabled' })
    const { size } = await stat(path)
    console.log(`${path}: ${Math.round(size / 1_000)} kB`)
    if (size > MAX_BYTES) throw new Error(`${path} has more than ${MAX_BYTES} bytes.`)
  }
}
