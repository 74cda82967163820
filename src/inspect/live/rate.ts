/** Events a second over the last five seconds: five counters of a second each, whatever there is to count. */
const SECONDS = 5

export class Rate {
  readonly #counts: number[] = new Array(SECONDS).fill(0)
  /** The second that is being counted. */
  #second = 0

  add(atMs: number, count = 1): void {
    this.#moveTo(secondOf(atMs))
    const slot = this.#second % SECONDS
    this.#counts[slot] = (this.#counts[slot] ?? 0) + count
  }

  /** To a tenth. */
  perSecond(nowMs: number): number {
    this.#moveTo(secondOf(nowMs))
    const total = this.#counts.reduce((sum, count) => sum + count, 0)
    return Math.round((total / SECONDS) * 10) / 10
  }

  #moveTo(second: number): void {
    if (second <= this.#second) return
    if (second - this.#second >= SECONDS) this.#counts.fill(0)
    else for (let next = this.#second + 1; next <= second; next++) this.#counts[next % SECONDS] = 0
    this.#second = second
  }
}

const secondOf = (ms: number): number => Math.floor(ms / 1_000)
