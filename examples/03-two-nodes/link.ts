/** What both nodes say of their link: how they show who they are, and how patient they are. */
import type { RemoteOptions } from 'roscius'

/** The secret that both processes are given in their environment, in base64. */
export const SECRET = 'ROSCIUS_EXAMPLE_SECRET'

export function linkOptions(): Required<Pick<RemoteOptions, 'auth' | 'links'>> {
  const secret = Buffer.from(process.env[SECRET] ?? '', 'base64')
  return {
    auth: { keys: [{ id: 'example', secret }] },
    // Impatient, so that there is something to see: by default a node is given up after 10 s.
    links: { heartbeatMs: 200, downAfterMs: 3_000, backoff: { initialMs: 50, maxMs: 200 } },
  }
}
