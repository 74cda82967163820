/** What `system.figures()` answers: how busy a node is, and whether anything stalls. */
import type { RosciusError } from './errors.js'

export interface SystemFigures {
  /** Turns, events handled and batches written since the node was opened. */
  readonly turns: number
  readonly units: number
  readonly commits: number
  /** How long the store took for its last batch, and for those of the last minute on average and at most, in ms. */
  readonly commitMs: { readonly last: number; readonly mean: number; readonly max: number }
  /** How long the store takes already for the batch in flight, in ms; 0 if there is none. */
  readonly inFlightMs: number
  /**
   * Age of the oldest mail in the mailbox of an actor that could handle it, in ms; 0 if there is none. An actor that is paused or
   * waits for its restart does not count. Mail is timed by the turn before which it came: a thread that is blocked shows in the
   * delay of the event loop, not here.
   */
  readonly oldestMailMs: number
  /** What waits in all mailboxes. */
  readonly mailWaiting: number
  readonly actorsInMemory: number
  /** Delays in memory: those due within a minute or two, and all of volatile actors. */
  readonly timersArmed: number
  /** Promises, callbacks and observables that run, or are to start with the next commit. */
  readonly effectsRunning: number
  /** Why the node has stopped by itself; undefined if it runs, or was stopped. */
  readonly halted: RosciusError | undefined
}
