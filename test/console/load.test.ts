import type { Browser, Page } from 'playwright-core'
import { createSystem, memoryStore, type System } from 'roscius'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { assign, setup } from 'xstate'
import { createConsole, type RunningConsole } from '../../src/control/console.js'
import { buildConsole } from '../support/build.js'
import { openBrowser, openPage } from './browser.js'
import { describeInBrowser } from './in-browser.js'

const ACTORS = 1_000
/** Each actor is told something once in a second. */
const EVERY_MS = 20
const AT_ONCE = (ACTORS * EVERY_MS) / 1_000

const blinker = setup({ types: { context: {} as { n: number } } }).createMachine({
  id: 'blinker',
  context: { n: 0 },
  initial: 'dark',
  states: {
    dark: { on: { TICK: { target: 'bright', actions: assign({ n: ({ context }) => context.n + 1 }) } } },
    bright: { on: { TICK: 'dark' } },
  },
})

describeInBrowser('a thousand actors with a thousand transitions a second', () => {
  let browser: Browser
  let system: System
  let running: RunningConsole
  let page: Page
  let breaches: string[]
  let ticking: NodeJS.Timeout

  beforeAll(async () => {
    await buildConsole()
    browser = await openBrowser()
    const logic = { blinker }
    const made = await createSystem({ name: 'busy', store: memoryStore(), logic, logger: () => {} })
    system = made as unknown as System
    const refs = await Promise.all(Array.from({ length: ACTORS }, (_, n) => made.spawn('blinker', { id: `b${n}` })))
    running = await createConsole(system, { port: 0 })
    let next = 0
    ticking = setInterval(() => {
      for (let n = 0; n < AT_ONCE; n++) refs[next++ % ACTORS]?.send({ type: 'TICK' })
    }, EVERY_MS)
    const watched = await openPage(browser, new URL(running.url).origin)
    breaches = watched.breaches
    page = watched.page
    await page.goto(running.url)
  })

  afterAll(async () => {
    clearInterval(ticking)
    await browser.close()
    await running.close()
    await system.stop()
  })

  it('are all in the tree, of which only what is in view is in the page', async () => {
    await page.getByRole('treeitem').filter({ hasText: 'b17' }).first().waitFor()
    await page.getByText('1 000 actors on').waitFor()
    await page.getByText(/handling [\d\s.]+ events a second/).waitFor()
    expect(await page.getByRole('treeitem').count()).toBeLessThan(100)
  })

  it('are searched, and one is opened and followed, while all go on', async () => {
    await page.keyboard.press('/')
    await page.keyboard.type('b777')
    await page.keyboard.press('Enter')
    await expect.poll(() => page.getByRole('treeitem').count()).toBe(1)
    await page.getByRole('treeitem').getByRole('link').first().click()
    await page.waitForURL(/actors\/b777$/)
    await page.locator('.chart-state[data-state="blinker.bright"][data-tone="active"]').waitFor()
    await page.locator('.chart-state[data-state="blinker.dark"][data-tone="active"]').waitFor()
  })

  it('are looked at in the past, in the timeline and in words, while all go on', async () => {
    await page.keyboard.press('Home')
    await page.waitForURL(/actors\/b777\/at\/1$/)
    await page.keyboard.press('g')
    await page.keyboard.press('t')
    await page.getByRole('listitem').filter({ hasText: 'TICK' }).first().waitFor()
    await page.keyboard.press('Control+k')
    await page.keyboard.type('b42')
    await page.getByRole('option').filter({ hasText: 'b42' }).first().waitFor()
    await page.keyboard.press('Escape')
    expect(breaches).toEqual([])
  })
})
