/**
 * One attempt of an effect, and how code inside it learns of it. The attempt travels in the async context, so that a
 * timer or a promise that the effect started is still known to be its own (D17).
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { AnyActorLogic } from 'xstate'
import type { RosciusRef } from '../core/actor-ref.js'
import type { ActorPath } from '../core/address.js'
import type { Clock } from '../core/clock.js'
import type { SystemEvent } from '../core/events.js'
import type { RecordRef } from '../core/inspection.js'
import type { Random } from '../core/random.js'
import type { Lineage } from './envelope.js'
import { Watchdog, type WatchdogPort } from './watchdog.js'

/** Where a released action or effect reports what came of it. */
export interface RunPort extends WatchdogPort {
  /** What holds the thread for this long is reported. */
  readonly blockedMs: number
  /** An error that nobody handled. `child` is the session inside the cell; absent for the cell's own logic. */
  fault(path: ActorPath, child: string | undefined, error: unknown, cause: RecordRef | undefined): void
  /** An error of an attempt that is over: reported, changes nothing. */
  lateFault(path: ActorPath, effectId: string, error: unknown): void
  report(event: SystemEvent): void
  extension(name: string): object | undefined
  readonly clock: Clock
  readonly random: Random
  refAt(path: ActorPath): object
}

/** What an effect may know of itself; see `currentEffect()`. */
export interface CurrentEffect {
  /** The same over crashes and restarts: give it to the outside as an idempotency key. */
  readonly effectId: string
  /** Counts from 1. */
  readonly attempt: number
  /** Aborted when the effect is stopped, or fenced because a newer attempt runs. */
  readonly signal: AbortSignal
  /** The actor whose effect this is. */
  readonly path: ActorPath
  /** The system's clock: waits that go through it stand still where the test's clock does. */
  readonly clock: Clock
  /** The system's chance: seeded where the test's is. */
  readonly random: Random
  /** Says that the effect makes progress. Needed only where its logic was given a `heartbeatMs`. */
  heartbeat(): void
  /** Another actor of the system, by its path; whether or not it is there. */
  actor(path: string): RosciusRef<AnyActorLogic>
}

export class EffectRun implements CurrentEffect {
  /** Hidden, so that printing the current effect doesn't print the node. */
  readonly #port: RunPort
  #controller: AbortController | undefined
  #sends = 0
  #cleanUp: (() => void) | undefined
  #watchdog: Watchdog | undefined
  #returned: Promise<void> | undefined
  #isFenced = false
  isOver = false
  /** When it began, in wall-clock ms; undefined until then. */
  startedMs: number | undefined = undefined
  /** Of what has led to it: goes on to what it sends and to what it answers. A crash forgets it. */
  lineage: Lineage | undefined = undefined
  /** The record that began it. */
  cause: RecordRef | undefined = undefined
  /** It has answered, or has been stopped. */
  hasSettled = false

  constructor(
    port: RunPort,
    readonly path: ActorPath,
    readonly child: string | undefined,
    readonly effectId: string,
    readonly attempt: number,
    /** Whether a re-run makes the same sends again, so that their ids can be told from the effect's (D9). */
    private readonly isRepeatable: boolean,
    private readonly kind: 'effect' | 'action' = 'action',
  ) {
    this.#port = port
  }

  get clock(): Clock {
    return this.#port.clock
  }

  get random(): Random {
    return this.#port.random
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController()
    return this.#controller.signal
  }

  /** The dedupe key of the next event that this attempt sends. */
  nextSendKey(): string | undefined {
    return this.isRepeatable ? `${this.effectId}/${this.#sends++}` : undefined
  }

  /** Calls `onSilence` when there was no heartbeat for `limitMs`; it answers whether to go on watching. */
  limitSilence(limitMs: number, onSilence: (silentMs: number) => boolean): void {
    this.#watchdog = new Watchdog(this.#port, limitMs, onSilence)
  }

  heartbeat(): void {
    this.#watchdog?.note()
  }

  /** Calls `cleanUp` when the effect has settled or is stopped: for what the runtime started for it. */
  whenSettled(cleanUp: () => void): void {
    this.#cleanUp = cleanUp
  }

  /** The promise of this attempt: until it has settled, some of the attempt may run, whether or not that still counts. */
  follow(promise: Promise<unknown>): void {
    const back = (): void => {
      this.#returned = undefined
    }
    this.#returned = promise.then(back, back)
  }

  /** Resolves when its promise has settled; undefined if it has, or there is none. */
  get returned(): Promise<void> | undefined {
    return this.#returned
  }

  /** Whether what it sends is to be dropped: a newer attempt sends the same, or it has been ended and has cleaned up. */
  get isReplaced(): boolean {
    return this.isOver && (this.isRepeatable || this.#isFenced)
  }

  /** It has cleaned up: nothing that it still does counts. */
  fence(): void {
    this.#isFenced = true
  }

  settle(): void {
    this.hasSettled = true
    this.#watchdog?.stop()
    this.#watchdog = undefined
    this.#cleanUp?.()
    this.#cleanUp = undefined
  }

  /** Nothing that this attempt does counts any more. */
  abort(reason: string | Error): void {
    this.settle()
    this.isOver = true
    this.#controller ??= new AbortController()
    this.#controller.abort(typeof reason === 'string' ? new DOMException(reason, 'AbortError') : reason)
  }

  actor(path: string): RosciusRef<AnyActorLogic> {
    return this.#port.refAt(path) as RosciusRef<AnyActorLogic>
  }

  /** An extension of its node. */
  extension(name: string): object | undefined {
    return this.#port.extension(name)
  }

  fail(error: unknown): void {
    if (this.isOver) this.#port.lateFault(this.path, this.effectId, error)
    else this.#port.fault(this.path, this.child, error, this.cause)
  }

  /** Runs `fn` as part of this attempt; what it throws fails the actor, and what holds the thread is reported. */
  run(fn: () => unknown): void {
    const startMs = this.#port.now()
    this.startedMs ??= startMs
    try {
      storage.run(this, fn)
    } catch (error) {
      this.fail(error)
    }
    const ms = this.#port.now() - startMs
    if (ms >= this.#port.blockedMs) this.#reportBlock(ms)
  }

  #reportBlock(ms: number): void {
    const { path, effectId, kind } = this
    this.#port.report({ type: 'threadBlocked', path, ms, during: kind, effectId })
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
