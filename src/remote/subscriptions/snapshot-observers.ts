/**
 * Those on this node that observe the snapshots of one actor of another node, and the newest one they have.
 *
 * 1. Each observer gets the newest snapshot soon after it has come, whoever was there before it; then every one that comes.
 * 2. The end is told once, after the last snapshot, as XState does: `complete` when it is done or stopped, `error` when it
 *    has failed; then without `next`.
 * 3. The newest snapshot is there before anyone is told of it, and as long as an observer has not unsubscribed.
 */
import type { Observer } from 'xstate'
import type { ActorPath } from '../../core/address.js'
import { callListener } from './listener-call.js'
import type { WireSnapshot } from './snapshot-shape.js'

/** A snapshot as it is told, and what tells it from another. */
export interface ReceivedState {
  readonly seqNr: number
  readonly status: WireSnapshot['status']
  readonly error: unknown
  readonly snapshot: unknown
}

interface Listening {
  readonly observer: Observer<unknown>
  /** It has had a snapshot. */
  isTold: boolean
}

export class SnapshotObservers {
  readonly subject = 'snapshots'
  /** The number of the subscription on the present connection. */
  subscription: number | undefined
  /** Nothing has come since the present connection began. */
  isFirst = true
  hasEnded = false
  readonly #listening = new Set<Listening>()

  constructor(
    readonly path: ActorPath,
    public latest: ReceivedState | undefined,
  ) {}

  get isEmpty(): boolean {
    return this.#listening.size === 0
  }

  get isWanted(): boolean {
    return !this.isEmpty && !this.hasEnded
  }

  /** Answers what takes it away again. */
  add(observer: Observer<unknown>): () => void {
    const listening: Listening = { observer, isTold: false }
    this.#listening.add(listening)
    if (this.latest !== undefined) queueMicrotask(() => this.#catchUp(listening))
    return () => this.#listening.delete(listening)
  }

  receive(state: ReceivedState): void {
    this.latest = state
    this.isFirst = false
    if (state.status !== 'error') for (const listening of [...this.#listening]) this.#tell(listening)
    this.#endBy(state)
  }

  /** What has come is what everybody has. */
  repeat(state: ReceivedState): void {
    this.isFirst = false
    this.#endBy(state)
  }

  end(failure?: { readonly error: unknown }): void {
    if (this.hasEnded) return
    this.hasEnded = true
    for (const listening of [...this.#listening]) {
      const { observer } = listening
      if (!this.#listening.has(listening)) continue
      callListener(() => (failure === undefined ? observer.complete?.() : observer.error?.(failure.error)))
    }
  }

  #endBy({ status, error }: ReceivedState): void {
    if (status !== 'active') this.end(status === 'error' ? { error } : undefined)
  }

  #catchUp(listening: Listening): void {
    // The end of an earlier life is no news.
    if (!listening.isTold && this.latest?.status === 'active') this.#tell(listening)
  }

  #tell(listening: Listening): void {
    // One that was told before it may have taken it away.
    if (!this.#listening.has(listening) || this.latest === undefined) return
    const { snapshot } = this.latest
    listening.isTold = true
    callListener(() => listening.observer.next?.(snapshot))
  }
}
