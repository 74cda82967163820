/** What one line of the benchmark says: a figure, its baseline from the same run, and whether their ratio meets the goal. */
export interface Row extends RowSpec {
  /** Null, like baseline and ratio, when the row couldn't be measured here: then `note` says why. */
  readonly value: number | null
  readonly baseline: number | null
  /** `value / baseline`, each the median of its rounds. */
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
  const value = median(subject)
  const base = median(baseline)
  const ratio = value / base
  return { ...spec, value: rounded(value), baseline: rounded(base), ratio: rounded(ratio), met: isMet(spec, ratio) }
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
