import { type AnyActorRef, type AnyStateMachine, assign, type EventObject, enqueueActions, setup } from 'xstate'
import type { Place } from './build-actions.js'

interface PeerContext {
  readonly got: readonly string[]
  readonly friend: AnyActorRef | undefined
}

type PeerEvent = { type: 'MEET'; from: AnyActorRef } | Nudge | EventObject

interface Nudge extends EventObject {
  readonly type: 'NUDGE'
  readonly event: string
}

/** Makes the peer send an event of this type to its friend. */
export function nudge(event: string): Nudge {
  return { type: 'NUDGE', event }
}

/** The other cell of a run: it remembers what it was sent, and sends to whoever introduced itself when it is nudged. */
export function buildPeer(note: Place['note']): AnyStateMachine {
  const remember = assign<PeerContext, PeerEvent, undefined, PeerEvent, never>({
    got: ({ context, event }) => [...context.got.slice(-5), event.type],
  })
  return setup({
    types: {} as { context: PeerContext; events: PeerEvent },
    actions: { note: ({ event }) => note('peer', event.type) },
  }).createMachine({
    context: { got: [], friend: undefined },
    initial: 'alone',
    states: { alone: { on: { MEET: 'acquainted' } }, acquainted: {} },
    on: {
      MEET: { actions: assign({ friend: ({ event }) => (event as { from: AnyActorRef }).from }) },
      NUDGE: {
        actions: enqueueActions(({ context, event, enqueue }) => {
          const { event: type } = event as { event: string }
          if (context.friend) enqueue.sendTo(context.friend, { type })
        }),
      },
      '*': { actions: [remember, 'note'] },
    },
  })
}
