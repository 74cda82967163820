/**
 * One attempt of an effect, and how code inside it learns of it. The attempt travels in the async context, so that a
 * timer or a promise that the effect started is still known to be its own (D17).
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { ActorPath } from '../core/address.js'

/** Where a released action or effect reports an error that it did not handle. */
export interface FaultPort {
  /** `child` is the session inside the cell; absent for the cell's own logic. */
  fault(path: ActorPath, child: string | undefined, error: unknown): void
  /** An error of an attempt that is over: reported, changes nothing. */
  lateFault(path: ActorPath, effectId: string, error: unknown): void
}

/** What an effect may know of itself; see `currentEffect()`. */
export interface CurrentEffect {
  /** The same over crashes and restarts: give it to the outside as an idempotency key. */
  readonly effectId: string
  /** Counts from 1. */
  readonly attempt: number
  /** Aborted when the effect is stopped, or fenced because a newer attempt runs. */
  readonly signal: AbortSignal
}

export class EffectRun implements CurrentEffect {
  /** Hidden, so that printing the current effect doesn't print the node. */
  readonly #port: FaultPort
  #controller: AbortController | undefined
  #sends = 0
  #cleanUp: (() => void) | undefined
  isOver = false

  constructor(
    port: FaultPort,
    readonly path: ActorPath,
    readonly child: string | undefined,
    readonly effectId: string,
    readonly attempt: number,
    /** Whether a re-run makes the same sends again, so that their ids can be told from the effect's (D9). */
    private readonly isRepeatable: boolean,
  ) {
    this.#port = port
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController()
    return this.#controller.signal
  }

  /** The dedupe key of the next event that this attempt sends. */
  nextSendKey(): string | undefined {
    return this.isRepeatable ? `${this.effectId}/${this.#sends++}` : undefined
  }

  /** Calls `cleanUp` when the effect has settled or is stopped: for what the runtime started for it. */
  whenSettled(cleanUp: () => void): void {
    this.#cleanUp = cleanUp
  }

  settle(): void {
    this.#cleanUp?.()
    this.#cleanUp = undefined
  }

  /** Nothing that this attempt does counts any more. */
  abort(reason: string): void {
    this.settle()
    this.isOver = true
    this.#controller ??= new AbortController()
    this.#controller.abort(new DOMException(reason, 'AbortError'))
  }

  fail(error: unknown): void {
    if (this.isOver) this.#port.lateFault(this.path, this.effectId, error)
    else this.#port.fault(this.path, this.child, error)
  }

  /** Runs `fn` as part of this attempt; what it throws fails the actor. */
  run(fn: () => unknown): void {
    try {
      storage.run(this, fn)
    } catch (error) {
      this.fail(error)
    }
  }
}

const storage = new AsyncLocalStorage<EffectRun>()

/** Runs `fn` as part of no attempt: a turn that an effect happened to set off is not that effect's doing. */
export function outsideRuns(fn: () => void): void {
  storage.exit(fn)
}

/** The attempt that the running code belongs to, for the runtime. */
export function currentRun(): EffectRun | undefined {
  return storage.getStore()
}

/**
 * The effect that the calling code belongs to: works in `fromPromise` and `fromCallback` creators, in custom actions, and
 * in whatever they start. `undefined` outside a Roscius effect.
 *
 * @example
 * ```ts
 * import { currentEffect } from 'roscius'
 * import { fromPromise } from 'xstate'
 *
 * const charge = fromPromise(async () => {
 *   const effect = currentEffect()
 *   await fetch('https://pay.example', {
 *     method: 'POST',
 *     headers: { 'Idempotency-Key': effect?.effectId ?? '' },
 *     signal: effect?.signal ?? null,
 *   })
 * })
 * ```
 */
export function currentEffect(): CurrentEffect | undefined {
  return storage.getStore()
}
