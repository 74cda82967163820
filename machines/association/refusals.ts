/** What goes wrong with a link, and who can mend it. */

/** Why a connection ended, or never was. */
export interface LinkFault {
  /** A code such as `AUTH_FAILED` or `HEARTBEAT_LOST`; `FAILED` where there is none. */
  readonly code: string
  readonly reason: string
  /** Who says so. What a peer says may be put right there. */
  readonly by: 'self' | 'peer'
}

/** `never`: dialled again soon. `slowly`: after `refusedRetryMs`. `untilReset`: not before an operator's `RESET`. */
export type RefusalKind = 'never' | 'slowly' | 'untilReset'

/** Here an operator has to decide what is true: numbers that were given away, or a store that came back. */
const UNTIL_RESET: ReadonlySet<string> = new Set(['PEER_ROLLED_BACK', 'POSITION_IMPOSSIBLE', 'STORE_CHANGED'])
/** A key, a name, a version or a left-over process has to go, here or there; then it works by itself. */
const SLOWLY: ReadonlySet<string> = new Set(['AUTH_FAILED', 'VERSION_UNSUPPORTED', 'NAME_MISMATCH', 'INCARNATION_OLD'])

export function refusalKind({ code, by }: LinkFault): RefusalKind {
  if (UNTIL_RESET.has(code)) return by === 'self' ? 'untilReset' : 'slowly'
  return SLOWLY.has(code) ? 'slowly' : 'never'
}

/** `error` as a fault. Its `code` and `details.by` (`'peer'` if the other side said so) count. */
export function faultOf(error: unknown): LinkFault {
  const code = fieldOf(error, 'code')
  const reason = fieldOf(error, 'message')
  return {
    code: typeof code === 'string' ? code : 'FAILED',
    reason: typeof reason === 'string' ? reason : String(error),
    by: fieldOf(fieldOf(error, 'details'), 'by') === 'peer' ? 'peer' : 'self',
  }
}

function fieldOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined
}
