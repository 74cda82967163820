/**
 * The envelopes that wait for one actor, first in, first out.
 *
 * Boundary: it keeps order and memory. The bound on its depth is decided before an envelope gets here (`overflow.ts`).
 *
 * 1. `push` and `shift` take constant time, without an object an item: a ring that doubles when it is full.
 * 2. What has left is not referenced any more, and a ring that grew large is let go when it is drained.
 * 3. Items put back in front come before all that wait, in the order given.
 */

/** Rings up to this many slots stay when the mailbox is drained, so that a trickle of events allocates nothing. */
const KEPT_SLOTS = 16
const FIRST_SLOTS = 4

export class Mailbox<T> {
  /** The ring; its length is zero or a power of two, so that a mask wraps an index. */
  #slots: (T | undefined)[] = []
  #head = 0
  #size = 0

  /** How many items wait. */
  get size(): number {
    return this.#size
  }

  /** Puts `item` behind all others. */
  push(item: T): void {
    this.#reserve(this.#size + 1)
    this.#slots[this.#slot(this.#size)] = item
    this.#size++
  }

  /** Puts `items` before all others; the first of them is next. For retried events and those that come back from the stash. */
  pushFront(items: readonly T[]): void {
    if (items.length === 0) return
    this.#reserve(this.#size + items.length)
    this.#head = this.#slot(this.#slots.length - items.length)
    this.#size += items.length
    for (let index = 0; index < items.length; index++) this.#slots[this.#slot(index)] = items[index]
  }

  /** The item that is next, which stays; undefined when the mailbox is empty. */
  peek(): T | undefined {
    return this.#size === 0 ? undefined : this.#slots[this.#head]
  }

  /** Takes out the item that is next; undefined when the mailbox is empty. */
  shift(): T | undefined {
    if (this.#size === 0) return undefined
    const item = this.#slots[this.#head]
    this.#slots[this.#head] = undefined
    this.#head = this.#slot(1)
    this.#size--
    if (this.#size === 0 && this.#slots.length > KEPT_SLOTS) this.clear()
    return item
  }

  /** Takes out every item for which `isUnwanted` holds and answers them in order; the others keep theirs. */
  remove(isUnwanted: (item: T) => boolean): T[] {
    const kept: T[] = []
    const removed: T[] = []
    for (const item of this) (isUnwanted(item) ? removed : kept).push(item)
    if (removed.length === 0) return removed
    this.clear()
    this.pushFront(kept)
    return removed
  }

  /** Empties the mailbox and lets its memory go. */
  clear(): void {
    this.#slots = []
    this.#head = 0
    this.#size = 0
  }

  /** What waits, next first. The mailbox must not change meanwhile. */
  *[Symbol.iterator](): IterableIterator<T> {
    for (let index = 0; index < this.#size; index++) yield this.#slots[this.#slot(index)] as T
  }

  #slot(index: number): number {
    return (this.#head + index) & (this.#slots.length - 1)
  }

  /** Makes room for `size` items, moving those that wait to the start of a larger ring when there is none. */
  #reserve(size: number): void {
    if (size <= this.#slots.length) return
    let capacity = Math.max(FIRST_SLOTS, 2 * this.#slots.length)
    while (capacity < size) capacity *= 2
    const slots = new Array<T | undefined>(capacity).fill(undefined)
    for (let index = 0; index < this.#size; index++) slots[index] = this.#slots[this.#slot(index)]
    this.#slots = slots
    this.#head = 0
  }
}
