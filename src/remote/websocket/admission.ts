/**
 * Which upgrade requests are let in. Pure.
 *
 * 1. A browser says with `Origin` whose page it acts for: refused unless that one is listed. Other programs send none.
 * 2. `Host` is what the caller believes to have dialled. A name that this node does not go by means that somebody points a
 *    name of his own here (DNS rebinding): refused. An IP address can't be rebound, so any is taken; a port is not looked at,
 *    because it may be mapped.
 */
import type { IncomingHttpHeaders } from 'node:http'
import { isIP } from 'node:net'

export interface AdmissionRules {
  /** Allowed values of `Origin`, in lower case. */
  readonly origins: readonly string[]
  /** Names that this node goes by besides `localhost` and IP addresses, in lower case. */
  readonly hosts: readonly string[]
}

export interface Rejection {
  readonly status: number
  readonly reason: 'badHost' | 'badOrigin'
}

/** Why the request is refused, or undefined. */
export function rejectionOf(headers: IncomingHttpHeaders, rules: AdmissionRules): Rejection | undefined {
  if (headers.origin !== undefined && !rules.origins.includes(headers.origin.toLowerCase())) {
    return { status: 403, reason: 'badOrigin' }
  }
  const host = hostName(headers.host)
  if (host === undefined || !isOurs(host, rules.hosts)) {
    return { status: 421, reason: 'badHost' }
  }
  return undefined
}

function isOurs(host: string, hosts: readonly string[]): boolean {
  return host === 'localhost' || isIP(host) !== 0 || hosts.includes(host)
}

/** The name or address in a `Host` header, without port, brackets and the root's dot. */
function hostName(header: string | undefined): string | undefined {
  const parts = /^(?:\[([0-9a-f:.]+)\]|([^:[\]/@\s]+))(?::\d{1,5})?$/i.exec(header ?? '')
  return (parts?.[1] ?? parts?.[2])?.toLowerCase().replace(/\.$/, '')
}
