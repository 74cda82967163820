/**
 * The failure detector: how suspicious a silence is, and when it has lasted too long. Pure; all times come with events.
 *
 * 1. Suspicion is phi of Hayashibara, Défago, Yared, Katayama, "The φ Accrual Failure Detector" (SRDS 2004):
 *    `-log10(1 - F(silence))`, F the normal distribution of the intervals so far. F by the logistic approximation that Akka
 *    uses (`PhiAccrualFailureDetector.scala`): `1 / (1 + e^(-y(1.5976 + 0.070566 y²)))`.
 * 2. Suspicion only degrades a link. Down is a matter of a deadline, so that it can be foretold.
 * 3. Times are monotonic, and between two ticks no more than `2 × heartbeatMs` count as silence, and never less than none:
 *    a process that slept, hung, or began its clock anew has missed heartbeats, and not its peers. (Cassandra's
 *    `FailureDetector` holds back after a local pause for the same reason.) An overloaded node is slow to accuse others.
 */
import type { AssociationSettings } from './options.js'

export type DetectorSettings = Pick<
  AssociationSettings,
  'heartbeatMs' | 'deadlineMs' | 'suspectPhi' | 'toleratedPauseMs' | 'probeMs'
>

/** What is known of a peer's heartbeats. */
export interface Pulse {
  /** The newest time that came with an event, in ms of the node's monotonic clock. Undefined before the first. */
  readonly atMs: number | undefined
  /** How long nothing was heard, in ms that count. */
  readonly silentMs: number
  /** How long a probe has been unanswered, in ms that count. */
  readonly probedMs: number | undefined
  /** The last intervals between heartbeats, in ms. */
  readonly intervals: readonly number[]
}

/** Intervals that are kept. */
const SAMPLES = 100
/** Heartbeats that come like clockwork would make every delay suspicious. */
const LEAST_DEVIATION_MS = 100

/** Before anything was heard. */
export const NO_PULSE: Pulse = { atMs: undefined, silentMs: 0, probedMs: undefined, intervals: [] }

/** A link has come up: that is a sign of life. Two intervals are supposed, as Akka does, around the agreed one. */
export function beginPulse({ atMs }: Pulse, { heartbeatMs }: DetectorSettings): Pulse {
  return { ...NO_PULSE, atMs, intervals: [heartbeatMs * 0.75, heartbeatMs * 1.25] }
}

/** Time has passed. */
export function advance(pulse: Pulse, atMs: number, { heartbeatMs }: DetectorSettings): Pulse {
  const passedMs = Math.min(Math.max(0, atMs - (pulse.atMs ?? atMs)), 2 * heartbeatMs)
  const probedMs = pulse.probedMs === undefined ? undefined : pulse.probedMs + passedMs
  return { ...pulse, atMs, silentMs: pulse.silentMs + passedMs, probedMs }
}

/** A heartbeat has come. */
export function hear(pulse: Pulse, atMs: number, settings: DetectorSettings): Pulse {
  const { silentMs, intervals } = advance(pulse, atMs, settings)
  return { atMs, silentMs: 0, probedMs: undefined, intervals: [...intervals, silentMs].slice(-SAMPLES) }
}

/** From now on the peer has `probeMs` to be heard. One that is being probed isn't given more time. */
export function probe(pulse: Pulse): Pulse {
  return { ...pulse, probedMs: pulse.probedMs ?? 0 }
}

/** How suspicious the silence is: 0 not at all, 1 a mistake in 10, 8 in 100 million. */
export function phi({ silentMs, intervals }: Pulse, { toleratedPauseMs }: DetectorSettings): number {
  if (intervals.length === 0) return 0
  const mean = intervals.reduce((sum, each) => sum + each, 0) / intervals.length
  const variance = intervals.reduce((sum, each) => sum + (each - mean) ** 2, 0) / intervals.length
  const y = (silentMs - mean - toleratedPauseMs) / Math.max(LEAST_DEVIATION_MS, Math.sqrt(variance))
  const exponent = y * (1.5976 + 0.070566 * y * y)
  // -log10(e^-x / (1 + e^-x)) = log10(1 + e^x), without the overflow.
  return exponent > 500 ? exponent * Math.LOG10E : Math.log1p(Math.exp(exponent)) * Math.LOG10E
}

export function isLate(pulse: Pulse, settings: DetectorSettings): boolean {
  return phi(pulse, settings) >= settings.suspectPhi
}

/** Whether the peer counts as down. */
export function isDown({ silentMs }: Pulse, { deadlineMs }: DetectorSettings): boolean {
  return silentMs >= deadlineMs
}

/** Whether the connection is given up: its peer is down, or doesn't answer a probe. */
export function isDead(pulse: Pulse, settings: DetectorSettings): boolean {
  return isDown(pulse, settings) || (pulse.probedMs ?? 0) >= settings.probeMs
}
