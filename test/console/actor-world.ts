/** A running system with actors to look into, each with something to see, and pages on its console. */
import type { Browser, Page } from 'playwright-core'
import { createSystem, memoryStore, type System } from 'roscius'
import { assign, fromPromise, sendTo, setup } from 'xstate'
import { z } from 'zod'
import { createConsole, type RunningConsole } from '../../src/control/console.js'
import { openPage, type WatchedPage } from './browser.js'
import { HOSTILE, TOKEN, VIEWER } from './page-world.js'

interface DeskContext {
  items: { sku: string; count: number }[]
  password: string
}

const desk = setup({
  types: { context: {} as DeskContext },
  schemas: {
    events: {
      ADD: z.object({
        sku: z.string().min(1),
        count: z.int().min(1),
        colour: z.enum(['red', 'green']).optional(),
        gift: z.boolean(),
      }),
      PAY: z
        .object({ amount: z.number() })
        .refine(({ amount }) => amount > 5, { path: ['amount'], message: 'is too little' }),
    } as never,
  },
  actors: { charge: fromPromise(() => new Promise(() => {})) },
  guards: { hasItems: ({ context }) => context.items.length > 0 },
}).createMachine({
  id: 'desk',
  context: { items: [], password: 'hunter2' },
  initial: 'open',
  on: { CLOSE: '.closed' },
  states: {
    open: {
      meta: { defer: ['SHIP'] },
      on: {
        ADD: { actions: assign({ items: ({ context, event }) => [...context.items, event as never] }) },
        PAY: { guard: 'hasItems', target: 'paying' },
        BREAK: {
          actions: assign(() => {
            throw new Error(`the drawer is stuck ${HOSTILE}`)
          }),
        },
      },
    },
    paying: { invoke: { src: 'charge' }, after: { 600000: 'open' }, on: { PAID: 'packing' } },
    packing: {
      type: 'parallel',
      states: {
        box: { initial: 'empty', states: { empty: { on: { FILL: 'full' } }, full: {} } },
        label: { initial: 'blank', states: { blank: { on: { PRINT: 'printed' } }, printed: {} } },
      },
    },
    closed: { type: 'final' },
  },
})

const bell = setup({}).createMachine({
  id: 'bell',
  initial: 'still',
  states: {
    still: {
      on: { RING: { target: 'rung', actions: sendTo(({ system }) => system.get('listener'), { type: 'HEARD' }) } },
    },
    rung: { on: { RING: 'still' } },
  },
})

const listener = setup({}).createMachine({
  id: 'listener',
  initial: 'idle',
  states: { idle: { on: { HEARD: 'awake' } }, awake: {} },
})

/** Where it is takes more room than there is. */
const maze = setup({}).createMachine({
  id: 'maze',
  type: 'parallel',
  states: {
    searchingForTheWay: {
      initial: 'withinTheOuterWalls',
      states: {
        withinTheOuterWalls: {
          initial: 'nearTheFountain',
          states: { nearTheFountain: { on: { GO: 'atTheVeryCentre' } }, atTheVeryCentre: {} },
        },
      },
    },
    keepingCountOfSteps: { initial: 'countingThemAll', states: { countingThemAll: {} } },
  },
})

/** More than 5 MB. */
const shelf = setup({}).createMachine({
  id: 'shelf',
  context: () => ({
    books: Array.from({ length: 20_000 }, (_, index) => ({ id: index, text: `book ${index} `.repeat(30) })),
    long: 'lorem ipsum '.repeat(100_000),
  }),
})

/** Its first failure is its end. */
const stall = { logic: desk, supervision: { restart: 'temporary' } } as const

const logic = { desk, bell, listener, maze, shelf, stall }

export class ActorWorld {
  readonly system: System<typeof logic>
  readonly #running: RunningConsole
  readonly #browser: Browser
  /** By token: signing in takes long, so there is one for all tests. */
  readonly #pages = new Map<string, WatchedPage>()

  private constructor(browser: Browser, system: System<typeof logic>, running: RunningConsole) {
    this.#browser = browser
    this.system = system
    this.#running = running
  }

  static async open(browser: Browser): Promise<ActorWorld> {
    const system = await createSystem({ name: 'shop', store: memoryStore(), logic, logger: () => {} })
    const running = await createConsole(system as never, { port: 0, token: TOKEN, viewerToken: VIEWER })
    return new ActorWorld(browser, system, running)
  }

  /** A desk with two things bought, that waits for its money: record 4. What it ignores is in no record. */
  async payingDesk(id: string): Promise<void> {
    await this.system.spawn('desk', { id })
    const ref = this.system.actor('desk', id)
    for (const event of [
      { type: 'ADD', sku: 'tea', count: 2, gift: false },
      { type: 'ADD', sku: 'cup', count: 1, gift: true },
      { type: 'NOPE' },
      { type: 'PAY', amount: 25 },
    ])
      await ref.deliver(event as never)
  }

  /** The page of who has this token, at a view. */
  async page(view: string, token = TOKEN): Promise<Page> {
    const origin = `http://127.0.0.1:${this.#running.port}`
    const known = this.#pages.get(token)
    const { page } = known ?? (await this.#opened(origin, token))
    await page.goto(`${origin}/${view}${known === undefined ? `#token=${token}` : ''}`)
    await page.locator('main').waitFor()
    return page
  }

  async #opened(origin: string, token: string): Promise<WatchedPage> {
    const watched = await openPage(this.#browser, origin, { permissions: ['clipboard-read', 'clipboard-write'] })
    this.#pages.set(token, watched)
    return watched
  }

  /** What any page did since that was last asked that it must not do. */
  breaches(): string[] {
    return [...this.#pages.values()].flatMap(({ breaches }) => breaches.splice(0))
  }

  async close(): Promise<void> {
    await this.#running.close()
    await this.system.stop()
  }
}
