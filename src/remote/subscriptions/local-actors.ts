/**
 * What a publisher needs of this node's actors: to be told that something was committed, and to read the newest of it.
 */
import type { EventObject } from 'xstate'
import type { ActorPath } from '../../core/address.js'
import type { CommittedState } from '../../runtime/committed-state.js'

export type { CommittedState }

export interface LocalActors {
  /**
   * Calls `changed` after each commit that has changed the actor, and `ended` once when it has ended, or at once if it has;
   * nothing after that. `last` is its last state, for those that can't be read any more. An actor that is not there yet is
   * waited for. Answers what stops it.
   */
  observe(path: ActorPath, changed: () => void, ended: (last?: CommittedState) => void): () => void
  /** Calls `handler` with each event that the actor emits, when it is committed. Answers what stops it. */
  on(path: ActorPath, handler: (event: EventObject) => void): () => void
  /** The newest committed state, never one that a crash could take back; undefined for an actor that is not there. */
  persisted(path: ActorPath): CommittedState | undefined
}
