/**
 * The times that an association is told, which skip what it need not know: while a peer is heard regularly, neither ticks nor
 * heartbeats go to its machine, and a thousand idle links cost a thousand comparisons.
 *
 * The failure detector looks at differences only (`machines/association/detector.ts`), so a span is left out by telling all
 * later times that much earlier.
 */
export class ToldTime {
  private skippedMs = 0
  private lastMs: number | undefined

  /** What `ms` is called towards the association. Never before what it was told last. */
  at(ms: number): number {
    this.lastMs = Math.max(this.lastMs ?? Number.NEGATIVE_INFINITY, ms - this.skippedMs)
    return this.lastMs
  }

  /** Leaves out all between what was told last and `ms`. */
  skipTo(ms: number): void {
    if (this.lastMs !== undefined) this.skippedMs = Math.max(this.skippedMs, ms - this.lastMs)
  }
}
