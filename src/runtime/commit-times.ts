/** How long the store takes for its batches: the last, those of the last minute, and the one in flight. */
import type { Clock } from '../core/clock.js'

const BUCKET_MS = 5_000
const BUCKETS = 12

interface Bucket {
  /** Which stretch of time it is about: they are numbered from the clock's origin. */
  number: number
  count: number
  sumMs: number
  maxMs: number
}

export class CommitTimes {
  lastMs = 0
  #startedMs: number | undefined
  readonly #buckets: Bucket[] = []

  constructor(private readonly clock: Pick<Clock, 'monotonic'>) {}

  /** A batch goes to the store. */
  begin(): void {
    this.#startedMs = this.clock.monotonic()
  }

  /** It is durable, or has failed. Answers how long that took. */
  end(): number {
    const now = this.clock.monotonic()
    const ms = now - (this.#startedMs ?? now)
    this.#startedMs = undefined
    this.lastMs = ms
    this.#note(Math.floor(now / BUCKET_MS), ms)
    return ms
  }

  #note(number: number, ms: number): void {
    const at = number % BUCKETS
    let bucket = this.#buckets[at]
    if (bucket?.number !== number) {
      bucket = { number, count: 0, sumMs: 0, maxMs: 0 }
      this.#buckets[at] = bucket
    }
    bucket.count++
    bucket.sumMs += ms
    bucket.maxMs = Math.max(bucket.maxMs, ms)
  }

  /** How long the batch in flight takes already; 0 if there is none. */
  get inFlightMs(): number {
    return this.#startedMs === undefined ? 0 : this.clock.monotonic() - this.#startedMs
  }

  /** Of the batches of the last minute; all 0 if there were none. */
  get lastMinute(): { readonly meanMs: number; readonly maxMs: number } {
    const oldest = Math.floor(this.clock.monotonic() / BUCKET_MS) - BUCKETS
    let [count, sumMs, maxMs] = [0, 0, 0]
    for (const bucket of Object.values(this.#buckets)) {
      if (bucket.number <= oldest) continue
      count += bucket.count
      sumMs += bucket.sumMs
      maxMs = Math.max(maxMs, bucket.maxMs)
    }
    return { meanMs: count === 0 ? 0 : sumMs / count, maxMs }
  }
}
