import type { ReplyRef } from 'roscius'
import { assign, sendTo, setup } from 'xstate'

type Tallied = { readonly type: 'TALLIED' }

export type TallyEvent =
  | { readonly type: 'TALLY'; readonly label: string; readonly replyTo: ReplyRef<Tallied> }
  | { readonly type: 'COUNT'; readonly label: string }

/**
 * Keeps the labels of `TALLY` once, however often they come, as a receiver must whose sender may be lost. `COUNT` comes
 * from effects that may be run again, and is to be counted once all the same.
 */
export const tallyMachine = setup({
  types: {
    context: {} as { labels: readonly string[]; counts: Readonly<Record<string, number>> },
    events: {} as TallyEvent,
  },
}).createMachine({
  context: { labels: [], counts: {} },
  on: {
    COUNT: {
      actions: assign({
        counts: ({ context, event }) => ({ ...context.counts, [event.label]: (context.counts[event.label] ?? 0) + 1 }),
      }),
    },
    TALLY: {
      actions: [
        assign({
          labels: ({ context, event }) =>
            context.labels.includes(event.label) ? context.labels : [...context.labels, event.label].sort(),
        }),
        sendTo(({ event }) => event.replyTo, { type: 'TALLIED' }),
      ],
    },
  },
})

/** Volatile: passes on what it is given, and forgets. */
export const relayMachine = setup({
  types: {
    events: {} as Omit<TallyEvent & { readonly type: 'TALLY' }, 'type'> & {
      readonly type: 'RELAY'
      readonly to: ReplyRef<TallyEvent>
    },
  },
}).createMachine({
  on: {
    RELAY: {
      actions: sendTo(
        ({ event }) => event.to,
        ({ event }) => ({ type: 'TALLY', label: event.label, replyTo: event.replyTo }),
      ),
    },
  },
})
