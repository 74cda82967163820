/**
 * Observed actors that have ended, and whose observers have not unsubscribed: their last snapshot can still be asked for
 * (`toPromise` does). Many never unsubscribe, so only the newest are kept.
 */
import type { SnapshotObservers } from './snapshot-observers.js'

const MOST = 64

export class EndedSnapshots {
  readonly #ended = new Set<SnapshotObservers>()

  constructor(private readonly drop: (oldest: SnapshotObservers) => void) {}

  add(observers: SnapshotObservers): void {
    this.#ended.add(observers)
    const [oldest] = this.#ended
    if (this.#ended.size > MOST && oldest !== undefined) this.drop(oldest)
  }

  delete(observers: SnapshotObservers): void {
    this.#ended.delete(observers)
  }
}
