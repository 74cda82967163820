/** What one line of the benchmark says: a figure, its baseline from the same run, and whether their ratio meets the goal. */
export interface Row extends RowSpec {
  /** Null, like baseline and ratio, when the row couldn't be measured here: then `note` says why. */
  readonly value: number | null
  readonly baseline: number | null
  /** `value / baseline`, each the median of its rounds; of a paired row the median of the rounds' ratios. */
  readonly ratio: number | null
  /** Whether the ratio meets the goal; null when the row is only reported, or not measured. */
  readonly met: boolean | null
}

export interface RowSpec {
  readonly id: string
  readonly unit: string
  readonly better: 'higher' | 'lower'
  /** The ratio to reach (`higher`) or to stay under (`lower`); null when the row is only reported. */
  readonly goal: number | null
  readonly note?: string
}

/** The row for the figures of all rounds. */
export function rowOf(spec: RowSpec, subject: readonly number[], baseline: readonly number[]): Row {
  return compared(spec, subject, baseline, median(subject) / median(baseline))
}

/**
 * The row whose ratio is the median of the rounds' own ratios: of two sides that are nearly alike, and were measured one right
 * after the other. What the machine does for longer than a round falls out of it.
 */
export function pairedRow(spec: RowSpec, subject: readonly number[], baseline: readonly number[]): Row {
  return compared(spec, subject, baseline, median(ratiosOf(subject, baseline)))
}

export function ratiosOf(subject: readonly number[], baseline: readonly number[]): readonly number[] {
  return subject.map((figure, round) => figure / (baseline[round] ?? Number.NaN))
}

function compared(spec: RowSpec, subject: readonly number[], baseline: readonly number[], ratio: number): Row {
  const [value, base] = [rounded(median(subject)), rounded(median(baseline))]
  return { ...spec, value, baseline: base, ratio: rounded(ratio), met: isMet(spec, ratio) }
}

/** The row of what this machine lacks something for; `why` says what. */
export function notMeasured(spec: RowSpec, why: string): Row {
  return { ...spec, value: null, baseline: null, ratio: null, met: null, note: why }
}

function isMet({ goal, better }: RowSpec, ratio: number): boolean | null {
  if (goal === null) return null
  return better === 'higher' ? ratio >= goal : ratio <= goal
}

export function median(figures: readonly number[]): number {
  return percentile(figures, 0.5)
}

/** The figure that a `share` (0 to 1) of the figures doesn't exceed, interpolated between neighbours. */
export function percentile(figures: readonly number[], share: number): number {
  const sorted = [...figures].sort((a, b) => a - b)
  const at = (sorted.length - 1) * share
  const below = sorted[Math.floor(at)] ?? Number.NaN
  const above = sorted[Math.ceil(at)] ?? Number.NaN
  return below + (above - below) * (at - Math.floor(at))
}

/** Four significant digits: more would pretend to a precision that no benchmark has. */
function rounded(figure: number): number {
  return Number(figure.toPrecision(4))
}
