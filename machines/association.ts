/**
 * The life of one link between two nodes, as a statechart: whichever of them dialled.
 *
 * Boundary: pure. It decides which connection is held and what it is good for. Sockets, frames, proofs and the outbox are
 * actors and actions by name (`machines/association/outside.ts`); time comes as `TICKED`, calls of the peer as `CALLED` once
 * it has proved who it is (before that nobody knows whose link it is).
 *
 * 1. It holds one connection at most, and both sides hold the same: see `association/judge-call.ts`. It is chosen for good
 *    by telling positions on it.
 * 2. A new incarnation of the peer ends what the old one held; an old one is refused. Another store under the same name is
 *    told (`peerReset`) before anything is exchanged with it; a store that was replaced doesn't come back.
 * 3. Nothing is sent again before both sides agree about the past: see `association/positions.ts`. If they don't, the peer
 *    is refused until an operator says `RESET`, whether it is dialled or calls.
 * 4. `nodeDown` is told once for each loss, after `deadlineMs` of silence, and `nodeUp` after it. The link is dialled all the
 *    same. Pauses and clock jumps of this node are no silence of its peer: see `association/detector.ts`.
 * 5. Every wait has an end: a timeout, a tick, or an operator.
 */
import { type AssociationInput, initialContext } from './association/context.js'
import { link } from './association/link.js'
import { type AssociationOptions, readAssociationOptions } from './association/options.js'
import { detector, identity } from './association/peer.js'
import { associationSetup } from './association/setup.js'

/**
 * The machine of a link; one serves all links of a node, each with its own input `{ node, peer, address?, known?, retired? }`.
 * Its actors and actions have to be provided. Its final state is `closed`. Throws `OPTIONS_INVALID`, with the path of the
 * field; a bad input makes the actor fail with it.
 *
 * @example
 * ```ts
 * import { createAssociationMachine } from 'roscius/machines'
 * import { createActor, fromPromise } from 'xstate'
 *
 * const machine = createAssociationMachine({ deadlineMs: 5_000 }).provide({
 *   actors: { dial: fromPromise(async ({ input }) => Promise.reject(new Error(`Nobody is at ${input.address}.`))) },
 *   actions: { keepOnly: () => undefined, refuseCall: () => undefined },
 * })
 * const link = createActor(machine, { input: { node: 'a', peer: 'b', address: 'ws://localhost:4000' } })
 * link.on('backingOff', ({ delayMs }) => console.log(`again in ${delayMs} ms`))
 * link.start().send({ type: 'CLOSE' })
 * ```
 */
export function createAssociationMachine(options: AssociationOptions = {}) {
  const association = associationSetup(readAssociationOptions(options))
  return association.createMachine({
    id: 'association',
    context: ({ input }: { input: AssociationInput }) => initialContext(input),
    initial: 'active',
    states: {
      active: {
        type: 'parallel',
        on: { CLOSE: [{ guard: 'isHeld', target: 'closing' }, { target: 'closed' }] },
        states: { link: link(association), detector: detector(association), identity: identity(association) },
      },
      closing: {
        entry: {
          type: 'keepOnly',
          params: ({ context }) => ({
            connection: context.held?.connection,
            code: 'CLOSING',
            reason: 'The link is closed.',
          }),
        },
        invoke: {
          id: 'hangUp',
          src: 'hangUp',
          input: ({ context }) => ({ connection: context.held?.connection }),
          onDone: 'closed',
          onError: 'closed',
        },
        after: { closeTimeout: 'closed' },
        on: {
          CALLED: {
            actions: { type: 'refuseCall', params: ({ event: { connection } }) => ({ connection, code: 'CLOSING' }) },
          },
        },
      },
      closed: {
        type: 'final',
        entry: [
          { type: 'keepOnly', params: { connection: undefined, code: 'CLOSING', reason: 'The link is closed.' } },
          'tellClosed',
        ],
      },
    },
  })
}

export type AssociationMachine = ReturnType<typeof createAssociationMachine>
