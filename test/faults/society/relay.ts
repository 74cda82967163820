import type { ReplyRef } from 'roscius'
import { assign, sendTo, setup } from 'xstate'

type Tallied = { readonly type: 'TALLIED' }

export type TallyEvent = { readonly type: 'TALLY'; readonly label: string; readonly replyTo: ReplyRef<Tallied> }

/** Keeps each label once, however often it comes: what a receiver of a sender that may be lost has to do. */
export const tallyMachine = setup({
  types: { context: {} as { labels: readonly string[] }, events: {} as TallyEvent },
}).createMachine({
  context: { labels: [] },
  on: {
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
  types: { events: {} as Omit<TallyEvent, 'type'> & { readonly type: 'RELAY'; readonly to: ReplyRef<TallyEvent> } },
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
