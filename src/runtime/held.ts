/**
 * What a turn wants done in the outside world: held until the batch that contains the turn is durable, then released in
 * the order in which it came up (design §3, I2).
 */
export interface Held {
  release(): void
}

/** A promise, callback, observable or other started logic, from the unit that starts it until it settles or is stopped. */
export interface EffectHandle {
  /** The effect's identity: the session of its child, the same over restarts of the process (I4). */
  readonly effectId: string
  readonly attempt: number
  /** `settles`: a promise; `settled()` waits for it. `stays`: a callback, an observable or logic of the user's own. */
  readonly kind: 'settles' | 'stays'
  status: 'held' | 'running' | 'over'
}
