/**
 * How sure one can be of a rate that was measured in `n` trials: the score interval of E. B. Wilson, "Probable inference, the
 * law of succession, and statistical inference", Journal of the American Statistical Association 22 (1927), 209-212. Unlike
 * the textbook interval it holds for few trials and for rates near 0 and 1 (L. D. Brown, T. T. Cai, A. DasGupta, "Interval
 * estimation for a binomial proportion", Statistical Science 16 (2001), 101-133).
 */

/** The quantile of the normal distribution for 95 %, two-sided. */
const Z = 1.959963984540054

export interface Interval {
  readonly low: number
  readonly high: number
}

/** The 95 % interval of a rate of which `passed` out of `n` (at least 1) is known. */
export function wilson(passed: number, n: number): Interval {
  const rate = passed / n
  const scale = 1 + Z ** 2 / n
  const centre = (rate + Z ** 2 / (2 * n)) / scale
  const half = (Z / scale) * Math.sqrt((rate * (1 - rate)) / n + Z ** 2 / (4 * n ** 2))
  return {
    low: passed === 0 ? 0 : Math.max(0, centre - half),
    high: passed === n ? 1 : Math.min(1, centre + half),
  }
}
