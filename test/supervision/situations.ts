import type { SupervisionSpec } from '../../src/supervision/child-spec.js'
import { EMPTY_HISTORY, type Situation } from '../../src/supervision/directive.js'
import { DEFAULT_INTENSITY } from '../../src/supervision/restart-window.js'

const SPEC: SupervisionSpec = {
  restart: 'permanent',
  restartFrom: 'lastGood',
  shutdownMs: 5_000,
  backoff: undefined,
  significant: false,
  directives: {},
  maxDeliveries: 3,
}

/** A durable permanent child that failed with a bug on a timer for the first time, but for what is given. */
export function situation({
  spec,
  ...rest
}: Partial<Omit<Situation, 'spec'>> & { readonly spec?: Partial<SupervisionSpec> } = {}): Situation {
  return {
    spec: { ...SPEC, ...spec },
    strategy: 'oneForOne',
    intensity: DEFAULT_INTENSITY,
    directives: {},
    reason: 'failed',
    envelope: 'internal',
    deliveries: 0,
    history: EMPTY_HISTORY,
    now: 1_000_000,
    chance: 0.5,
    isSupervisorEnding: false,
    ...rest,
  }
}
