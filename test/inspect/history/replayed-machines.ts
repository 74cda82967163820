/** Machines whose histories are written as tests; those tests import them from here. */
import { assign, createMachine, fromPromise, sendParent, sendTo, setup } from 'xstate'

interface Order {
  readonly due: Date
  readonly tags: Map<string, unknown>
  readonly items: readonly string[]
  readonly receipt: unknown
}

const orderSetup = setup({
  types: {} as {
    context: Order
    input: Pick<Order, 'due' | 'tags'>
    events: { type: 'ADD'; item: string; note?: unknown } | { type: 'PAY' } | { type: 'CHECK' }
  },
  actors: { charge: fromPromise(async ({ input }: { input: number }) => ({ paid: input, at: new Date(7) })) },
  guards: { isFull: ({ context }) => context.items.length >= 2 },
})

const orderWith = (paid: string) =>
  orderSetup.createMachine({
    id: 'order',
    context: ({ input }) => ({ ...input, items: [], receipt: undefined }),
    initial: 'open',
    states: {
      open: {
        on: {
          ADD: {
            actions: [
              assign({ items: ({ context, event }) => [...context.items, event.item] }),
              sendTo(({ self }) => self, { type: 'CHECK' }),
            ],
          },
          CHECK: { target: 'full', guard: 'isFull' },
          PAY: 'paying',
        },
      },
      full: { on: { PAY: 'paying' } },
      paying: {
        invoke: {
          id: 'charge',
          src: 'charge',
          input: ({ context }) => context.items.length,
          onDone: { target: paid, actions: assign({ receipt: ({ event }) => event.output }) },
        },
      },
      paid: { after: { 1000: 'closed' } },
      elsewhere: {},
      closed: { type: 'final' },
    },
  })

export const order = orderWith('paid')
export const otherOrder = orderWith('elsewhere')

const ticker = createMachine({
  initial: 'a',
  states: {
    a: { after: { 100: { target: 'b', actions: sendParent({ type: 'TICKED' }) } } },
    b: { after: { 100: 'c' } },
    c: { type: 'final' },
  },
})

/** A child inside of it ticks, and ends. */
export const parent = setup({
  types: {} as { context: { ticks: number }; events: { type: 'TICKED' } | { type: 'AGAIN' } },
  actors: { ticker },
}).createMachine({
  id: 'parent',
  context: { ticks: 0 },
  initial: 'ticking',
  states: {
    ticking: {
      invoke: { id: 'ticker', src: 'ticker', onDone: 'idle' },
      initial: 'none',
      states: {
        none: { on: { TICKED: { target: 'some', actions: assign({ ticks: ({ context }) => context.ticks + 1 }) } } },
        some: {},
      },
    },
    idle: { on: { AGAIN: 'ticking' } },
  },
})

/** Went to `b`, and goes to `c` when it was changed. */
export const pickyNow = (isChanged: boolean) =>
  createMachine({
    id: 'picky',
    initial: 'a',
    states: { a: { on: { GO: isChanged ? 'c' : 'b' } }, b: { on: { BACK: 'a' } }, c: { on: { BACK: 'a' } } },
  })

export const pickyToday = pickyNow(true)

/** Keeps whatever it is given. */
export const hostile = createMachine({
  id: 'hostile',
  context: { seen: [] as unknown[] },
  initial: 'a',
  states: { a: {} },
  on: {
    '*': {
      actions: assign({ seen: ({ context, event }) => [...(context as { seen: unknown[] }).seen, { ...event }] }),
    },
  },
})

/** Fails by an assigner, by a guard, and by an action. */
export const fragile = createMachine({
  id: 'fragile',
  context: { steps: 0 },
  on: {
    STEP: { actions: assign({ steps: ({ context }) => context.steps + 1 }) },
    BREAK: {
      actions: assign(({ event }) => {
        throw new Error(`it's ${event.how} "apart"`)
      }),
    },
    LEAK: {
      guard: () => {
        throw new Error('Bearer abcdefghijklmnop')
      },
    },
    BURN: {
      actions: () => {
        throw new Error('an action')
      },
    },
  },
})
