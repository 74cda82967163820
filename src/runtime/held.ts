/**
 * What a turn wants done in the outside world: held until the batch that contains the turn is durable, then released in
 * the order in which it came up (design §3, I2).
 */
import type { Delivery } from '../core/actor-ref.js'
import type { Waiter } from './envelope.js'

export interface Held {
  release(): void
  /** Called instead if the batch fails: its outcome is then unknown. */
  fail?(error: unknown): void
}

/** Tells whoever waits for an envelope what became of it, once that is durable. */
export class Answer implements Held {
  constructor(
    private readonly waiter: Waiter,
    private readonly delivery: Delivery | undefined,
    /** The answer to a repeated question, or with no delivery the reason why it was refused. */
    private readonly reply: unknown,
  ) {}

  release(): void {
    if (this.delivery === undefined) this.waiter.reject(this.reply)
    else this.waiter.resolve(this.delivery, this.reply)
  }

  fail(error: unknown): void {
    this.waiter.reject(error)
  }
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
