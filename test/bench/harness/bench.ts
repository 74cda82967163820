import type { Row } from './row.js'

/** A measurement that yields one or more rows; each runs in a process of its own. */
export interface Bench {
  readonly ids: readonly string[]
  run(effort: Effort): Promise<readonly Row[]>
}

export interface Effort {
  /** Fewer rounds and less work a round: a first look within seconds, with wider error. */
  readonly quick: boolean
}
