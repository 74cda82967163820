/**
 * What a suite of injected faults is, for the command `npm run faults` and for the tests that run it in small.
 *
 * A module `test/faults/<name>.suite.ts` that exports `suite: FaultSuite` is found by its file name; nothing else
 * registers it. A suite attacks the invariants I1 to I7 and reports every breach with the seed that repeats it.
 */
export interface FaultSuite {
  /** What the command line calls it: `crash`, `power`, `steps`, `equivalence`. */
  readonly name: string
  /** One line for `npm run faults -- --help`. */
  readonly description: string
  run(options: FaultOptions): Promise<FaultReport>
}

export interface FaultOptions {
  /** How many processes to kill; the suite's own default when absent. */
  readonly kills?: number
  /** How many seeds to try, counting up from `seed`; the suite's own default when absent. */
  readonly seeds?: number
  /** The first seed; a suite draws one and logs it when absent. */
  readonly seed?: number
  /** Takes a line on how far the run is, with its seed. */
  readonly log: (line: string) => void
}

export interface FaultReport {
  /** How many kills, crashes or comparisons were made: a report of none is no success. */
  readonly runs: number
  readonly violations: readonly Violation[]
  /** Figures worth reading: recoveries, repeated effects, events handled. */
  readonly facts?: Readonly<Record<string, number | string>>
}

export interface Violation {
  /** Which promise was broken: `I1` to `I7` of the design, or a word of the suite's own. */
  readonly invariant: string
  /** What was seen and what was expected instead. */
  readonly message: string
  /** Repeats the run: `npm run faults -- <suite> --seed <seed> --seeds 1`. */
  readonly seed: number
}
