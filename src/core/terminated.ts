import type { AnyActorLogic, EventObject } from 'xstate'
import type { RosciusRef } from './actor-ref.js'

/**
 * How a watched actor ended.
 *
 * - `done`: it reached its final state.
 * - `stopped`: it was stopped, by itself, with its parent, or before it was deleted.
 * - `failed`: it threw, and supervision has given it up.
 * - `lost`: nobody saw its end, and nothing is kept of it: it was volatile and went with its process, its records had been
 *   deleted when it was watched, its node has another store than before, this node may not watch it, or it never existed.
 * - `nodeDown`: nothing has been heard of the node it lives on for as long as the failure detector waits
 *   (`links.downAfterMs`). It may still run there.
 */
export type TerminatedReason = 'done' | 'stopped' | 'failed' | 'lost' | 'nodeDown'

/** What the watcher of an actor gets, once, when that actor has ended. `TLogic` only types `ref`. */
export interface TerminatedEvent<TLogic extends AnyActorLogic = AnyActorLogic> extends EventObject {
  readonly type: 'terminated'
  /** The actor that has ended; a later actor of its path answers to the same ref. */
  readonly ref: RosciusRef<TLogic>
  /** `roscius://node/path` of that actor. */
  readonly address: string
  readonly reason: TerminatedReason
  /** Its output, if the reason is `done`. */
  readonly output?: unknown
  /** What it failed with, if the reason is `failed`. */
  readonly error?: unknown
}
