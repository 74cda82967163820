/** Why a connection, or the try to get one, ended: as errors and as frames. */
import type { LinkFault } from '../../../machines/association/refusals.js'
import { isProtocolCode, ProtocolError } from '../protocol/protocol-error.js'

/** What the association's effects reject with: it reads `code` and `details.by`. */
export class LinkFailure extends Error {
  override readonly name = 'LinkFailure'
  readonly code: string
  readonly details: { readonly by: 'self' | 'peer' }

  constructor({ code, reason, by }: LinkFault) {
    super(reason)
    this.code = code
    this.details = { by }
  }
}

export function faultOf({ code, message, details }: ProtocolError): LinkFault {
  return { code, reason: message, by: details.by }
}

/** For the frames `refuse` and `close`. What is this node's own affair is told as a mere end, without its reason. */
export function farewell({ code, reason }: Pick<LinkFault, 'code' | 'reason'>): ProtocolError {
  if (!isProtocolCode(code)) return new ProtocolError('CLOSING', 'The connection is given up.', 'connection')
  return new ProtocolError(code, reason, 'connection')
}

/** Judged at the resumption, where they stop a link until an operator decides; on a link that is up they are mere breaches. */
const OF_RESUMPTION: ReadonlySet<string> = new Set(['PEER_ROLLED_BACK', 'POSITION_IMPOSSIBLE', 'STORE_CHANGED'])

/** What a breach on a link that was resumed is called: the next resumption judges whether both remember the same past. */
export function breachOf(error: ProtocolError): ProtocolError {
  if (!OF_RESUMPTION.has(error.code)) return error
  return new ProtocolError('FRAME_UNEXPECTED', error.message, error.at, { cause: error })
}
