/** What the suite is to show: Roscius beside the best of the peers with the same promise. */

export interface Goal {
  readonly id: string
  /** What is compared, by the measure's name. */
  readonly measure: string
  /**
   * Peers, of which the best that has kept each step once is the baseline; or another measure of Roscius' own; or nothing, where the
   * figure itself is to be 0.
   */
  readonly against: readonly string[] | { readonly own: string } | 'zero'
  /** The ratio to reach or to stay under; null if it is only told. */
  readonly goal: number | null
  /** Whose figure it is. Default `roscius`. */
  readonly of?: string
}

/** Those that run agents durably, as their whole purpose. */
const ENGINES = ['langgraph', 'restate', 'dbos']
/** Those of them that cross processes. */
const SERVERS = ['restate', 'dbos']
const BY_HAND = ['xstate']
/** With its log: the one that keeps its agents. */
const OTP = ['otp-disk']
/** Whoever has all agents again when the process is started again. */
const LASTING = [...BY_HAND, ...ENGINES, ...OTP]

export const goals: readonly Goal[] = [
  { id: 'peers.step-1', measure: 'step-1.p50', against: ENGINES, goal: 0.25 },
  { id: 'peers.step-1-by-hand', measure: 'step-1.p50', against: BY_HAND, goal: 0.7 },
  { id: 'peers.step-1-tuned', measure: 'step-1.p50', against: ['langgraph-tuned'], goal: null },
  { id: 'peers.step-1-otp', measure: 'step-1.p50', against: OTP, goal: null },
  { id: 'peers.step-1-socket', measure: 'step-1.p50', of: 'roscius-socket', against: SERVERS, goal: null },
  { id: 'peers.step-64', measure: 'step-64.rate', against: ENGINES, goal: 30 },
  { id: 'peers.step-64-by-hand', measure: 'step-64.rate', against: BY_HAND, goal: 5 },
  { id: 'peers.step-64-tuned', measure: 'step-64.rate', against: ['langgraph-tuned'], goal: null },
  { id: 'peers.step-64-otp', measure: 'step-64.rate', against: OTP, goal: null },
  { id: 'peers.step-64-socket', measure: 'step-64.rate', of: 'roscius-socket', against: SERVERS, goal: null },
  { id: 'peers.step-1000', measure: 'step-1000.rate', against: ENGINES, goal: 30 },
  { id: 'peers.step-1000-by-hand', measure: 'step-1000.rate', against: BY_HAND, goal: 5 },
  { id: 'peers.step-1000-tuned', measure: 'step-1000.rate', against: ['langgraph-tuned'], goal: null },
  { id: 'peers.step-1000-otp', measure: 'step-1000.rate', against: OTP, goal: null },
  { id: 'peers.step-1000-socket', measure: 'step-1000.rate', of: 'roscius-socket', against: SERVERS, goal: null },
  { id: 'peers.growing', measure: 'growing.bytes', against: ['langgraph'], goal: 0.02 },
  { id: 'peers.growing-tuned', measure: 'growing.bytes', against: ['langgraph-tuned'], goal: null },
  { id: 'peers.growing-time', measure: 'growing.last', against: { own: 'growing.first' }, goal: 1.5 },
  { id: 'peers.sleep', measure: 'sleep.memory', against: BY_HAND, goal: 0.1 },
  { id: 'peers.sleep-armed', measure: 'sleep.armed', against: LASTING, goal: 1 },
  { id: 'peers.crash-lost', measure: 'crash.lost', against: 'zero', goal: 0 },
  { id: 'peers.crash-twice', measure: 'crash.twice', against: 'zero', goal: 0 },
  { id: 'peers.crash-first', measure: 'crash.first', against: LASTING, goal: 1 },
  { id: 'peers.crash-first-by-hand', measure: 'crash.first', against: BY_HAND, goal: null },
  { id: 'peers.crash-first-otp', measure: 'crash.first', against: OTP, goal: null },
  { id: 'peers.failure', measure: 'failure.p50', against: ['otp'], goal: 1 },
  { id: 'peers.ask', measure: 'remote.ask', against: ['nats'], goal: 0.7 },
]
