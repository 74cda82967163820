/**
 * The node's one structure for waiting timers: which is due next, also among a million.
 *
 * Boundary: it orders numbers. What a timer means, when its time has come and where it is stored is the caller's affair.
 *
 * 1. The caller's own object is the entry (no wrapper, no node, no map beside it): 16 to 32 bytes a timer on top of it.
 * 2. Timers come out by due time; those of the same time in the order in which they were added.
 * 3. A cancelled timer is gone at once, however long it had to wait: arming and cancelling for ever holds no memory.
 * 4. A timer is in at most one queue; while it is, only the queue writes the fields of `QueuedTimer`.
 *
 * A heap of four children a node. The due times stand in an array of floats beside the entries, because comparing
 * children there reads one cache line instead of four objects: with a million timers that is worth a third of the time.
 */

/** What an object carries to be queued; begin with `{ dueMs: 0, order: 0, heapIndex: -1 }`. */
export interface QueuedTimer {
  /** When it is due, in ms on the caller's scale; set by `add`. */
  dueMs: number
  /** Its place among timers of the same due time; set by `add`. */
  order: number
  /** Its place in the heap, -1 while it isn't queued. */
  heapIndex: number
}

const SMALLEST_CAPACITY = 64

/** An ordered set of timers; each operation takes O(log n), and adding or cancelling one that is due late far less. */
export class TimerQueue<T extends QueuedTimer> {
  readonly #heap: T[] = []
  #dueTimes = new Float64Array(SMALLEST_CAPACITY)
  #added = 0

  /** How many timers wait. */
  get size(): number {
    return this.#heap.length
  }

  /** Queues `timer` for `dueMs` (any number but NaN); one that already waits here is moved. Answers the timer. */
  add(timer: T, dueMs: number): T {
    if (this.has(timer)) this.cancel(timer)
    timer.dueMs = dueMs
    timer.order = this.#added++
    const index = this.#heap.push(timer) - 1
    if (index === this.#dueTimes.length) this.#resize(2 * index)
    this.#rise(index, timer)
    return timer
  }

  /** Whether `timer` waits in this queue. */
  has(timer: T): boolean {
    return timer.heapIndex >= 0 && this.#heap[timer.heapIndex] === timer
  }

  /** Takes `timer` out; false when it isn't in this queue (fired, cancelled before, or never added). */
  cancel(timer: T): boolean {
    if (!this.has(timer)) return false
    this.#remove(timer.heapIndex, timer)
    return true
  }

  /** The earliest due time, in ms; undefined when nothing waits. */
  nextDue(): number | undefined {
    return this.#heap.length === 0 ? undefined : this.#dueTimes[0]
  }

  /** Takes out the timers with `dueMs <= nowMs`, at most `limit` of them, in due order. */
  takeDue(nowMs: number, limit = Number.POSITIVE_INFINITY): T[] {
    const due: T[] = []
    while (due.length < limit && this.#heap.length > 0 && this.#dueTimes[0]! <= nowMs) {
      const timer = this.#heap[0]!
      this.#remove(0, timer)
      due.push(timer)
    }
    return due
  }

  /** Every timer that waits, in no particular order. The queue must not change meanwhile. */
  values(): IterableIterator<T> {
    return this.#heap.values()
  }

  #remove(index: number, timer: T): void {
    const heap = this.#heap
    const last = heap.pop()!
    timer.heapIndex = -1
    if (last !== timer) this.#settle(index, last)
    if (heap.length >= SMALLEST_CAPACITY && heap.length < this.#dueTimes.length / 4) this.#resize(2 * heap.length)
  }

  /** Puts `timer` where it belongs, starting from the gap at `index`. */
  #settle(index: number, timer: T): void {
    const parent = (index - 1) >> 2
    if (index > 0 && this.#isBefore(timer, parent)) this.#rise(index, timer)
    else this.#sink(index, timer)
  }

  #isBefore(timer: T, index: number): boolean {
    const due = this.#dueTimes[index]!
    return timer.dueMs < due || (timer.dueMs === due && timer.order < this.#heap[index]!.order)
  }

  #rise(from: number, timer: T): void {
    const heap = this.#heap
    let index = from
    while (index > 0) {
      const parent = (index - 1) >> 2
      if (!this.#isBefore(timer, parent)) break
      this.#place(index, heap[parent]!)
      index = parent
    }
    this.#place(index, timer)
  }

  #sink(from: number, timer: T): void {
    let index = from
    for (let first = 4 * index + 1; first < this.#heap.length; first = 4 * index + 1) {
      const child = this.#earliestFrom(first)
      if (this.#isBefore(timer, child)) break
      this.#place(index, this.#heap[child]!)
      index = child
    }
    this.#place(index, timer)
  }

  /** The index of the earliest of the (up to four) siblings that begin at `first`. */
  #earliestFrom(first: number): number {
    const end = Math.min(first + 4, this.#heap.length)
    const dueTimes = this.#dueTimes
    let earliest = first
    for (let index = first + 1; index < end; index++) {
      const due = dueTimes[index]!
      const least = dueTimes[earliest]!
      if (due > least) continue
      if (due < least || this.#heap[index]!.order < this.#heap[earliest]!.order) earliest = index
    }
    return earliest
  }

  #place(index: number, timer: T): void {
    this.#heap[index] = timer
    this.#dueTimes[index] = timer.dueMs
    timer.heapIndex = index
  }

  #resize(capacity: number): void {
    const dueTimes = new Float64Array(capacity)
    dueTimes.set(this.#dueTimes.subarray(0, Math.min(capacity, this.#heap.length)))
    this.#dueTimes = dueTimes
  }
}
