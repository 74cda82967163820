/** Links that lose patience quickly, so that a run of seconds sees all that a link can go through. */
import type { LinkOptions } from '../../../src/remote/options/link-options.js'

export const HASTY_LINKS: LinkOptions = {
  heartbeatMs: 100,
  downAfterMs: 1_200,
  toleratedPauseMs: 200,
  probeMs: 200,
  connectTimeoutMs: 400,
  handshakeTimeoutMs: 400,
  resumeTimeoutMs: 400,
  closeTimeoutMs: 200,
  backoff: { initialMs: 20, maxMs: 400 },
  stableMs: 2_000,
  refusedRetryMs: 1_000,
}

/** For processes that share a machine with others, and may have to wait for their turn. */
export const PATIENT_LINKS: LinkOptions = {
  ...HASTY_LINKS,
  downAfterMs: 3_000,
  toleratedPauseMs: 1_000,
  probeMs: 1_000,
  connectTimeoutMs: 2_000,
  handshakeTimeoutMs: 2_000,
  resumeTimeoutMs: 2_000,
}

export const SHARED_KEYS = [{ id: 'k1', secret: new Uint8Array(32).fill(7) }]
