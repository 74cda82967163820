/** The last so many of something, oldest first. */
export class Ring<T> {
  readonly #items: T[] = []
  /** Where the oldest is, once it is full. */
  #start = 0

  constructor(private readonly capacity: number) {}

  get size(): number {
    return this.#items.length
  }

  /** Answers whether the oldest had to go for it. */
  push(item: T): boolean {
    if (this.#items.length < this.capacity) {
      this.#items.push(item)
      return false
    }
    this.#items[this.#start] = item
    this.#start = (this.#start + 1) % this.capacity
    return true
  }

  /** The newest so many. */
  last(count: number): T[] {
    const size = this.#items.length
    const wanted = Math.min(count, size)
    return Array.from({ length: wanted }, (_, index) => this.#items[(this.#start + size - wanted + index) % size] as T)
  }

  /** Takes out all that is in it. */
  drain(): T[] {
    const items = this.last(this.#items.length)
    this.#items.length = 0
    this.#start = 0
    return items
  }
}
