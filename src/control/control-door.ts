/** What can be done at the door of a running system. */
import { type ApprovalSource, answerAboutApprovals } from './approval-door.js'
import type { ControlRequest } from './control-protocol.js'
import { answerAboutPeers, type PeerSource } from './peer-door.js'

export interface ControlSource {
  readonly approvals: ApprovalSource
  readonly links: PeerSource
}

/** Answers a request. Throws what is to be told to whoever asked. */
export function answerRequest({ approvals, links }: ControlSource, request: ControlRequest): Promise<unknown> {
  switch (request.op) {
    case 'peers':
    case 'resetPeer':
      return answerAboutPeers(links, request)
    default:
      return answerAboutApprovals(approvals, request)
  }
}
