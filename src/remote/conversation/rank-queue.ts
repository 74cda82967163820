/** Numbers, of which the smallest is taken first: a binary heap. */
export class RankQueue {
  readonly #heap: number[] = []

  constructor(ranks: Iterable<number>) {
    for (const rank of ranks) this.add(rank)
  }

  add(rank: number): void {
    const heap = this.#heap
    let i = heap.push(rank) - 1
    for (let above = (i - 1) >> 1; i > 0 && heap[above]! > rank; above = (i - 1) >> 1) {
      heap[i] = heap[above]!
      heap[above] = rank
      i = above
    }
  }

  /** `undefined` if there is none. */
  take(): number | undefined {
    const heap = this.#heap
    const first = heap[0]
    const last = heap.pop()
    if (heap.length > 0) this.#sink(last!)
    return first
  }

  /** Puts `rank` in the place of the first. */
  #sink(rank: number): void {
    const heap = this.#heap
    let i = 0
    for (let below = 1; below < heap.length; below = 2 * i + 1) {
      if (below + 1 < heap.length && heap[below + 1]! < heap[below]!) below++
      if (heap[below]! >= rank) break
      heap[i] = heap[below]!
      i = below
    }
    heap[i] = rank
  }
}
