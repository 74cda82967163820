/** What an operator tells an actor from outside, whatever its statechart: the words for it. */
import type { RestartFrom } from './supervision-terms.js'

/** Why an actor handles nothing until it is resumed. Kept with the actor, over crashes. */
export interface Pause {
  /** Who has paused it, as given. */
  readonly by: string | undefined
  readonly reason: string | undefined
  /** Since when, wall-clock ms. */
  readonly sinceMs: number
}

/** Who gives an order, and why: for the audit trail, the system's events and, of a pause, `ref.explain()`. */
export interface OrderOptions {
  /** At most 1 000 characters. */
  readonly by?: string
  /** At most 10 000 characters. */
  readonly reason?: string
}

export interface RestartOptions extends OrderOptions {
  /**
   * `lastGood`: from its present state, or from the last before it failed. `initial`: anew, with its original input. Default: as
   * supervision would restart it. Volatile actors and supervisors have no other way than `initial`.
   */
  readonly from?: RestartFrom
}

/** Told when the order is durable. */
export type OperatorEvent =
  | {
      readonly type: 'actorPaused' | 'actorResumed'
      readonly path: string
      readonly by: string | undefined
      readonly reason: string | undefined
    }
  /** It was told to begin again; `childRestarted` says when it goes on. */
  | {
      readonly type: 'actorRestarted'
      readonly path: string
      readonly from: RestartFrom
      readonly by: string | undefined
      readonly reason: string | undefined
    }
