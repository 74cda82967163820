/**
 * Emitted events of one subscription that wait for the connection, as encoded frames.
 *
 * 1. It holds no more than its bounds, and all queues of a connection together no more than theirs.
 * 2. What does not fit drives out the oldest of its own queue, never another subscription's. How many were lost is known.
 */

/** Bounds of what waits. */
export interface EmittedBounds {
  /** Events of one subscription. */
  readonly count: number
  /** Bytes of one subscription. */
  readonly bytes: number
  /** Bytes of all subscriptions of a connection. */
  readonly totalBytes: number
}

/** What the queues of a connection hold together. */
export interface EmittedTotal {
  count: number
  bytes: number
  /** Lost since the connection began. */
  dropped: number
}

export class EmittedQueue {
  readonly #frames: Uint8Array[] = []
  #bytes = 0
  #dropped = 0

  constructor(
    private readonly bounds: EmittedBounds,
    private readonly total: EmittedTotal,
  ) {}

  /** Whether there is nothing to send, nor to tell. */
  get isEmpty(): boolean {
    return this.#frames.length === 0 && this.#dropped === 0
  }

  push(frame: Uint8Array): void {
    while (!this.#hasRoomFor(frame) && this.shift() !== undefined) this.lose()
    if (!this.#hasRoomFor(frame)) this.lose()
    else this.#count(frame, 1, () => this.#frames.push(frame))
  }

  /** The oldest. */
  shift(): Uint8Array | undefined {
    const frame = this.#frames[0]
    if (frame !== undefined) this.#count(frame, -1, () => this.#frames.shift())
    return frame
  }

  /** An event is lost. */
  lose(): void {
    this.#dropped++
    this.total.dropped++
  }

  /** How many were lost since this was last asked. They were older than what is queued now. */
  takeDropped(): number {
    const dropped = this.#dropped
    this.#dropped = 0
    return dropped
  }

  clear(): void {
    while (this.shift() !== undefined);
    this.#dropped = 0
  }

  #hasRoomFor({ length }: Uint8Array): boolean {
    const { count, bytes, totalBytes } = this.bounds
    return this.#frames.length < count && this.#bytes + length <= bytes && this.total.bytes + length <= totalBytes
  }

  #count({ length }: Uint8Array, sign: 1 | -1, change: () => void): void {
    change()
    this.#bytes += sign * length
    this.total.bytes += sign * length
    this.total.count += sign
  }
}
