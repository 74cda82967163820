import { assign, setup } from 'xstate'

/** A machine with a guard of each kind: before another candidate, alone, on the way out, and without an event. */
export const order = setup({
  types: { context: {} as { n: number }, events: {} as { type: string; n?: number } },
  guards: {
    isLarge: ({ event }) => (event.n ?? 0) > 10,
    isFull: ({ context }) => context.n >= 3,
    never: () => false,
  },
}).createMachine({
  id: 'order',
  initial: 'open',
  context: { n: 0 },
  states: {
    open: {
      initial: 'empty',
      states: {
        empty: { on: { ADD: { target: 'some', actions: assign({ n: ({ context }) => context.n + 1 }) } } },
        some: {
          always: { guard: 'isFull', target: '#order.full' },
          on: {
            ADD: { actions: assign({ n: ({ context }) => context.n + 1 }) },
            PAY: [{ guard: 'isLarge', target: '#order.large' }, { target: '#order.paid' }],
            ASK: { guard: 'never', target: 'empty' },
          },
        },
      },
      on: { ASK: { guard: 'isLarge', target: 'large' }, CLOSE: 'closed' },
    },
    full: { on: { PAY: 'paid' } },
    large: {},
    paid: { type: 'final' },
    closed: { type: 'final' },
  },
})
