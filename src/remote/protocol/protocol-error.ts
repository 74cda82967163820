/**
 * What can be wrong with what a peer sent, as data: a stable code, a text for people, and where.
 *
 * 1. The text holds no text that the peer sent, no key and no proof: it may be logged and may be sent back.
 * 2. A code means the same on both sides; it is what `refuse` and `close` carry.
 */

/** Stable names of what ends a connection; part of the protocol. `docs/reference/wire-protocol.md` explains each. */
export const PROTOCOL_CODES = [
  'AUTH_FAILED',
  'CLOSING',
  'FRAME_LIMIT',
  'FRAME_MALFORMED',
  'FRAME_TOO_LARGE',
  'FRAME_UNEXPECTED',
  'HEARTBEAT_LOST',
  'INCARNATION_OLD',
  'NAME_MISMATCH',
  'NAME_TAKEN',
  'PEER_ROLLED_BACK',
  'PERMISSION_DENIED',
  'POSITION_IMPOSSIBLE',
  'RATE_EXCEEDED',
  'STORE_CHANGED',
  'SUPERSEDED',
  'UNREADABLE',
  'VERSION_UNSUPPORTED',
] as const

export type ProtocolCode = (typeof PROTOCOL_CODES)[number]

const CODES: ReadonlySet<unknown> = new Set(PROTOCOL_CODES)

export function isProtocolCode(code: unknown): code is ProtocolCode {
  return CODES.has(code)
}

/** A breach of the protocol. Retrying the same bytes can't help; whoever sent them has to change. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError'
  /** `by`: who says so. What a peer says may be put right there. */
  readonly details: { readonly at: string; readonly by: 'self' | 'peer' }

  constructor(
    readonly code: ProtocolCode,
    message: string,
    /** Where in the frame: `byte 17`, or a path such as `batch[3].to`. */
    readonly at: string,
    { by = 'self', ...options }: ErrorOptions & { readonly by?: 'self' | 'peer' } = {},
  ) {
    super(message, options)
    this.details = { at, by }
  }
}

export function malformed(what: string, at: string): ProtocolError {
  return new ProtocolError('FRAME_MALFORMED', `The frame is not readable at ${at}: ${what}.`, at)
}

/** `limit` is a key of the limits, `most` its value. */
export function overLimit(limit: string, most: number, at: string): ProtocolError {
  const message = `The frame exceeds the limit ${limit} of ${most} at ${at}.`
  return new ProtocolError(limit === 'frameBytes' ? 'FRAME_TOO_LARGE' : 'FRAME_LIMIT', message, at)
}
