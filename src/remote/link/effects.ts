/** The machine of all links of a node, its effects done on the wires of the link in whose system it runs. */
import { fromCallback, fromPromise } from 'xstate'
import type { AssociationEvent } from '../../../machines/association/events.js'
import type { AssociationOptions } from '../../../machines/association/options.js'
import type {
  DialInput,
  HandshakeInput,
  HandshakeOutput,
  HangUpInput,
  ResumeInput,
} from '../../../machines/association/outside.js'
import type { Positions } from '../../../machines/association/positions.js'
import { type AssociationMachine, createAssociationMachine } from '../../../machines/association.js'
import type { LinkWires } from './link-wires.js'

/** What one link does for its machine. */
export interface Effects {
  readonly wires: LinkWires
  /** Is told the end of the connection by `tell`; the answer ends the carrying. */
  carry(input: ResumeInput, tell: (event: AssociationEvent) => void): () => void
}

/** One machine serves all links: `of` knows a link by the system of its actor. */
export function drivenMachine(options: AssociationOptions, of: (system: object) => Effects): AssociationMachine {
  return createAssociationMachine(options).provide({
    actors: {
      dial: fromPromise<{ readonly connection: string }, DialInput>(({ input, signal, system }) =>
        of(system).wires.dial(input.address, signal),
      ),
      handshake: fromPromise<HandshakeOutput, HandshakeInput>(({ input, system }) => of(system).wires.handshake(input)),
      exchange: fromPromise<Positions, ResumeInput>(({ input, system }) => of(system).wires.exchange(input)),
      replay: fromPromise<void, ResumeInput>(({ input, system }) => of(system).wires.resume(input)),
      carry: fromCallback<AssociationEvent, ResumeInput>(({ input, sendBack, system }) =>
        of(system).carry(input, sendBack),
      ),
      hangUp: fromPromise<void, HangUpInput>(({ input, system }) => of(system).wires.hangUp(input)),
    },
    actions: {
      keepOnly: ({ system }, params) => of(system).wires.keepOnly(params),
      refuseCall: ({ system }, params) => of(system).wires.refuseCall(params),
    },
  })
}
