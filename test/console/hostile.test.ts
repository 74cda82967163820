import type { Browser, Page } from 'playwright-core'
import { approvalActor, createSystem, memoryStore, type System, withBudget } from 'roscius'
import { fromRules } from 'roscius/actors'
import { createAgentMachine } from 'roscius/machines'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { type AnyEventObject, fromPromise, sendTo, setup } from 'xstate'
import { addressOf } from '../../src/console/app/route.js'
import { createConsole, type RunningConsole } from '../../src/control/console.js'
import { childPath } from '../../src/core/address.js'
import { buildConsole } from '../support/build.js'
import { openBrowser, openPage, type WatchedPage } from './browser.js'
import { describeInBrowser } from './in-browser.js'
import { isAtRest, isTooWide } from './looks.js'

/** Would set a flag in the page, turn its lines round or end them, if any of it were taken for more than text. */
const EVIL = `<img src=x onerror="pwned=1">\u202e\u0000\u001b[31m\u2028"'\`--></title></style></script><script>pwned=1</script>`
const SIGN = '<img src=x onerror="pwned=1">'
const LONG = 'W'.repeat(1_000_000)
/** Keys that an object has already. (`__proto__` itself is refused as a key by the store; it is one of a map below.) */
const polluted = (): Record<string, unknown> => ({
  constructor: EVIL,
  toString: EVIL,
  hasOwnProperty: { isAdmin: true },
})

const evil = setup({ actions: { [EVIL]: () => {} }, guards: { [EVIL]: () => true } }).createMachine({
  id: EVIL,
  description: EVIL,
  context: () => ({
    ...polluted(),
    [EVIL]: EVIL,
    [LONG]: LONG,
    map: new Map([['__proto__', EVIL]]),
    date: new Date(0),
  }),
  initial: EVIL,
  on: {
    BREAK: {
      actions: () => {
        throw new Error(`${EVIL}\n${LONG}`)
      },
    },
  },
  states: {
    [EVIL]: {
      description: EVIL,
      tags: EVIL,
      meta: { [EVIL]: EVIL },
      entry: { type: EVIL },
      after: { 86400000: 'other' },
      on: {
        [EVIL]: {
          target: 'other',
          guard: EVIL,
          actions: sendTo(({ system }) => system.get('victim'), {
            type: EVIL,
            text: LONG,
            ...polluted(),
          } as AnyEventObject),
        },
        ['W'.repeat(20_000)]: 'other',
        constructor: 'other',
      },
    },
    other: { on: { [EVIL]: EVIL } },
  },
} as never)

const agent = createAgentMachine({
  goal: `${EVIL}${LONG}`,
  brain: fromRules([
    {
      decide: { event: { type: 'USE_TOOL', tool: 'wipe', input: { ...polluted(), [EVIL]: EVIL, LONG } }, reason: EVIL },
    },
  ]),
  tool: fromPromise(async () => EVIL),
  tools: [{ name: 'wipe', description: EVIL, risk: 'danger' }],
  approval: approvalActor,
  limits: { approvalMs: 3_600_000 },
})

const TOKEN = 'operator-operator-operator-operator'
const PATH = childPath(undefined, EVIL)
const ACTOR = addressOf({ view: 'actor', path: PATH })

const VIEWS = [
  '',
  `?q=${encodeURIComponent(EVIL)}`,
  ACTOR,
  `${ACTOR}?tab=context`,
  `${ACTOR}?tab=journal`,
  `${ACTOR}?tab=why`,
  `${ACTOR}?tab=about`,
  `${ACTOR}/at/2`,
  `${ACTOR}?tab=${encodeURIComponent(EVIL)}`,
  addressOf({ view: 'actor', path: '__proto__' }),
  'actors/agent?tab=decisions',
  'approvals',
  'conversations',
  'dead-letters',
  'budgets',
  'links',
  'timeline',
  'machines',
  'machines/evil',
  `machines/${encodeURIComponent(EVIL)}`,
  `conversations/${encodeURIComponent(EVIL)}`,
  `approvals/${encodeURIComponent(EVIL)}`,
  encodeURIComponent(EVIL),
]

describeInBrowser('actors that want to get into the page', () => {
  let browser: Browser
  let system: System
  let running: RunningConsole
  let watched: WatchedPage
  let page: Page

  const open = async (view: string): Promise<void> => {
    await page.goto(new URL(view, running.url).href)
    await isAtRest(page)
  }

  beforeAll(async () => {
    await buildConsole()
    browser = await openBrowser()
    const logic = { evil, agent }
    const made = await createSystem({ name: 'house', store: memoryStore(), logic, logger: () => {} } as never)
    system = made as unknown as System
    await spawnAll()
    running = await createConsole(system as never, { port: 0, token: TOKEN })
    watched = await openPage(browser, new URL(running.url).origin)
    page = watched.page
    await page.goto(running.url)
    await isAtRest(page)
  })

  beforeEach(() => page.setViewportSize({ width: 1_280, height: 844 }))

  afterAll(async () => {
    await browser.close()
    await running.close()
    await system.stop()
  })

  async function spawnAll(): Promise<void> {
    const ref = await system.spawn('evil' as never, { id: EVIL })
    await system.spawn('evil' as never, { id: '__proto__', systemId: 'victim' })
    await system.spawn('agent' as never, { id: 'agent', ...withBudget({ tokens: 1_000 }) } as never)
    await ref.deliver({ ...polluted(), type: EVIL, [EVIL]: EVIL, text: LONG } as never)
    const gone = system.actor('evil' as never, 'nobody')
    await gone.deliver({ ...polluted(), type: EVIL, text: LONG } as never).catch(() => undefined)
    await system
      .actor('evil' as never, '__proto__')
      .deliver({ type: 'BREAK' } as never)
      .catch(() => undefined)
    await system.settled()
  }

  async function isUnharmed(view: string): Promise<void> {
    expect(await page.evaluate('window.pwned'), view).toBeUndefined()
    expect(await page.evaluate('({}).isAdmin'), view).toBeUndefined()
    expect(await page.locator('img, iframe, script:not([src]), main style').count(), view).toBe(0)
    expect(watched.breaches, view).toEqual([])
  }

  it.each(VIEWS.map((view, index) => [index, view.slice(0, 60), view] as const))(
    'are text in view %i (/%s), which keeps its width and goes on working',
    async (_, __, view) => {
      await open(view)
      await isUnharmed(view)
      await page.setViewportSize({ width: 390, height: 844 })
      expect(await isTooWide(page), view).toBe(false)
      await page.keyboard.press('?')
      await page.getByRole('dialog', { name: 'Keys' }).waitFor()
    },
  )

  it('are text where one looks closer: a letter, a question, a message, an answer of the search', async () => {
    await open('dead-letters')
    for (const letter of await page.getByRole('button', { name: /img|BREAK/ }).all()) await letter.click()
    await page.getByText(/There was no actor of this path|Its actor failed/).waitFor()
    await isUnharmed('an opened letter')
    await open('approvals')
    await page.keyboard.press('a')
    await page.getByRole('dialog').waitFor()
    await isUnharmed('a question')
    await open('conversations')
    await page.getByRole('link', { name: / to / }).first().waitFor()
    await isUnharmed('a conversation')
    await page.keyboard.press('Control+k')
    await page.keyboard.type('<img')
    await page.getByRole('option').filter({ hasText: SIGN }).first().click()
    await page.waitForURL(/actors\/%/)
    await isUnharmed('what was found')
  })

  it('are text in the form that sends them an event, and in a test that is made of them', async () => {
    await open(ACTOR)
    await page.getByRole('button', { name: 'Send…' }).click()
    await page.getByRole('dialog').getByLabel('Event', { exact: true }).fill(EVIL.replaceAll('\u0000', ''))
    await page.getByRole('dialog').getByRole('button', { name: 'Send' }).click()
    await page.getByText(/It (took|had|defers)/).waitFor()
    await isUnharmed('an event that was sent')
    await page.getByRole('button', { name: 'Copy as a test' }).click()
    await page.getByRole('dialog').getByText("from 'vitest'").or(page.getByText('There is no test')).first().waitFor()
    await isUnharmed('a test')
  })
})
