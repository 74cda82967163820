/**
 * The three rows of envelopes from one store to another, by priority. Each has numbers of its own: order holds within a lane,
 * and what is urgent passes what is not.
 */

/** By their number on the wire. */
export const LANES = ['high', 'normal', 'low'] as const

/** The number of a lane: 0 high, 1 normal, 2 low. */
export type Lane = 0 | 1 | 2

/** One count for each lane: high, normal, low. */
export type Lanes = readonly [number, number, number]

/** Where two stores stand that have never met. */
export const NO_LANES: Lanes = [0, 0, 0]

export function perLane(countOf: (lane: Lane) => number): Lanes {
  return [countOf(0), countOf(1), countOf(2)]
}
