/** The ticker: counts the headlines and gives each to the reporter whose beat it is. */
import { type ActorRef, assign, type Snapshot, sendTo, setup } from 'xstate'
import type { Headline } from './outside.js'
import type { Assignment } from './reporter.js'

type ReporterRef = ActorRef<Snapshot<unknown>, Assignment>

export const tickerMachine = setup({
  types: { context: {} as { readonly headlines: number }, events: {} as Headline },
}).createMachine({
  id: 'ticker',
  version: '1',
  context: { headlines: 0 },
  initial: 'running',
  states: {
    running: {
      on: {
        HEADLINE: {
          actions: [
            assign({ headlines: ({ context }) => context.headlines + 1 }),
            sendTo(
              ({ system, event }) => system.get(event.beat) as ReporterRef,
              ({ event: { text } }) => ({ type: 'ASSIGN', text }),
            ),
          ],
        },
      },
    },
  },
})
