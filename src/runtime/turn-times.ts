/**
 * When turns began, for the age of what waits since then: to 10 ms, or an eighth of the age. Costs a comparison
 * a turn, so that no envelope needs a look at the clock.
 */

/** Turns that begin this soon after a mark have none of their own. */
const STEP_MS = 10
/** More than a year has room in it. */
const MAX_MARKS = 256
/** An age is told to one part in so many. */
const PRECISION = 8

interface Mark {
  readonly turn: number
  readonly ms: number
}

export class TurnTimes {
  #marks: Mark[] = []

  /** A turn begins; they are numbered as they come. */
  note(turn: number, ms: number): void {
    const last = this.#marks.at(-1)
    if (last !== undefined && ms - last.ms < STEP_MS) return
    if (this.#marks.length >= MAX_MARKS) this.#thin(ms)
    this.#marks.push({ turn, ms })
  }

  /** When the turn began, or somewhat earlier; `undefined` if no turn has. */
  startOf(turn: number): number | undefined {
    return (this.#marks.findLast((mark) => mark.turn <= turn) ?? this.#marks[0])?.ms
  }

  /** Of marks that lie as near to each other as nobody asks after so long a time, one stays. */
  #thin(now: number): void {
    const kept: Mark[] = []
    for (const [index, mark] of this.#marks.entries()) {
      const next = this.#marks[index + 1]
      const last = kept.at(-1)
      if (last === undefined || next === undefined || next.ms - last.ms > (now - next.ms) / PRECISION) kept.push(mark)
    }
    this.#marks = kept
  }
}
