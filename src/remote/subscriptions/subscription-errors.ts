/**
 * Why another node ended a subscription, as observers are told.
 */
import { formatAddress } from '../../core/address.js'
import { RosciusError } from '../../core/errors.js'
import type { ProtocolCode } from '../protocol/protocol-error.js'

const REASONS: Partial<Record<ProtocolCode, string>> = {
  PERMISSION_DENIED: 'this node may not observe it. Allow it there, in the permissions of this peer',
  RATE_EXCEEDED: 'this node observes as many actors there as it may. End other subscriptions first',
  FRAME_TOO_LARGE: 'its snapshot has more bytes than a frame may have. Keep less in its context, or raise the limit',
  FRAME_LIMIT: 'its snapshot holds more than a frame may hold. Keep less in its context, or raise the limits',
  UNREADABLE: 'its state could not be read, or holds what can not be sent. That node knows more',
}

/** `details.code` is the code of the protocol, `details.peer` the node. */
export function subscriptionEnded(node: string, path: string, code: ProtocolCode): RosciusError {
  const address = formatAddress(node, path)
  const reason = REASONS[code] ?? 'it gave no other reason than the code'
  const message = `${address}: node "${node}" does not show this actor any more (${code}): ${reason}.`
  return new RosciusError('PEER_REFUSED', message, { address, details: { peer: node, code } })
}
