/** How a connection may be ended: what any transport checks and cuts in the same way. */
import { RosciusError } from '../core/errors.js'
import { refusal } from '../supervision/refusal.js'
import { shownAddress } from './shown-address.js'
import { CloseCode } from './transport.js'

export interface ConnectionEnd {
  readonly code: number
  readonly reason: string
}

/** The bytes of a WebSocket's control frame, less those of the code. */
const MAX_REASON_BYTES = 123

/** The end that was asked for, its reason cut to what fits. Throws `OPTIONS_INVALID`. */
export function endBy(code: number, reason: string): ConnectionEnd {
  if (!isGivenCode(code)) throw refusal('close.code', `${code} is no code that a connection may be closed with`)
  return { code, reason: cut(reason) }
}

export const LOST: ConnectionEnd = { code: CloseCode.lost, reason: '' }

function isGivenCode(code: number): boolean {
  if (!Number.isInteger(code)) return false
  const isStandard = (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014)
  return isStandard || (code >= 3000 && code <= 4999)
}

function cut(reason: string): string {
  const text = reason.toWellFormed()
  if (Buffer.byteLength(text) <= MAX_REASON_BYTES) return text
  const bytes = Buffer.from(text)
  let length = MAX_REASON_BYTES
  while (((bytes[length] as number) & 0xc0) === 0x80) length--
  return bytes.toString('utf8', 0, length)
}

/** The dial that came to nothing. */
export function unreachable(at: string, why: string, cause?: unknown): RosciusError {
  const address = shownAddress(at)
  return new RosciusError('PEER_UNREACHABLE', `Nobody could be reached at ${address}: ${why}.`, {
    details: { address },
    cause,
  })
}

/** Any use of a transport after its end. */
export function transportClosed(): RosciusError {
  return new RosciusError('TRANSPORT_CLOSED', 'The transport was closed: it neither dials nor listens any more.')
}
