/** The actors of the recorded conversation. What they do may not change: the recording is replayed to them for ever. */
import { type ReplyRef, type RosciusRef, type TerminatedEvent, unwatch, watch } from 'roscius'
import { assign, emit, sendTo, setup } from 'xstate'
import { refIn } from '../../support/world.js'

/** Lives on the acceptor. */
const counter = setup({
  types: {
    context: {} as { count: number; kept: unknown },
    events: {} as
      | { type: 'ADD'; by: number }
      | { type: 'KEEP'; value: unknown }
      | { type: 'GET'; replyTo: ReplyRef<{ type: 'COUNT'; count: number }> }
      | { type: 'TELL'; to: RosciusRef }
      | { type: 'END' },
    emitted: {} as { type: 'counted'; count: number },
    output: {} as number,
    tags: {} as 'counting',
  },
}).createMachine({
  context: { count: 0, kept: null },
  initial: 'open',
  states: {
    open: {
      tags: 'counting',
      on: {
        ADD: {
          actions: [
            assign({ count: ({ context, event }) => context.count + event.by }),
            emit(({ context }) => ({ type: 'counted', count: context.count })),
          ],
        },
        KEEP: { actions: assign({ kept: ({ event }) => event.value }) },
        GET: {
          actions: sendTo(
            ({ event }) => event.replyTo,
            ({ context }) => ({ type: 'COUNT' as const, count: context.count }),
          ),
        },
        TELL: {
          actions: sendTo(
            ({ event }) => refIn(event, 'to'),
            ({ context }) => ({ type: 'TOLD', count: context.count }),
          ),
        },
        END: 'ended',
      },
    },
    ended: { type: 'final' },
  },
  output: ({ context }) => context.count,
})

/** Lives on the dialler, and watches a counter. */
const boss = setup({
  types: {
    context: {} as { target: RosciusRef; told: readonly unknown[] },
    input: {} as { target: RosciusRef },
    events: {} as
      | TerminatedEvent
      | { type: 'TOLD'; count: number }
      | { type: 'LEAVE' }
      | { type: 'RETURN' }
      | { type: 'WORK' },
  },
}).createMachine({
  context: ({ input }) => ({ target: input.target, told: [] }),
  entry: watch(({ context }) => context.target),
  on: {
    WORK: { actions: sendTo(({ context }) => context.target, { type: 'ADD', by: 1 }) },
    LEAVE: { actions: unwatch(({ context }) => context.target) },
    RETURN: { actions: watch(({ context }) => context.target) },
    TOLD: { actions: assign({ told: ({ context, event }) => [...context.told, event.count] }) },
    terminated: { actions: assign({ told: ({ context, event }) => [...context.told, event.reason] }) },
  },
})

export const logic = { counter, boss }
