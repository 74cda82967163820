/** What a link's machine takes, and what it tells. Times are of the node's monotonic clock, in ms. */
import type { NodeIdentity } from './identity.js'
import type { Call } from './judge-call.js'
import type { LinkFault, RefusalKind } from './refusals.js'

export type AssociationEvent =
  /** The peer may be dialled at this address from now on. */
  | { readonly type: 'PEER_ADDED'; readonly address: string }
  /** It isn't dialled any more. A connection that is up stays up; `CLOSE` ends it. */
  | { readonly type: 'PEER_REMOVED' }
  /** For good. */
  | { readonly type: 'CLOSE' }
  /** By an operator: the peer is taken as it is, whoever it was and whatever it had before. */
  | { readonly type: 'RESET' }
  /** The peer has dialled, and has proved who it is. Taken, or told to `refuseCall`. */
  | ({ readonly type: 'CALLED' } & Call)
  /** A sign of life on `connection`: the answer to a heartbeat. */
  | { readonly type: 'HEARD'; readonly connection: string; readonly atMs: number; readonly rttMs?: number }
  /** Time has passed: sent every `heartbeatMs`, whatever the state. */
  | { readonly type: 'TICKED'; readonly atMs: number }
  /** `connection` has ended. */
  | ({ readonly type: 'LOST'; readonly connection: string } & LinkFault)
  /** The machine's own: its regions tell each other. */
  | { readonly type: 'link.up' }
  | { readonly type: 'link.otherStore' }

/** For logs and metrics: `ref.on('up', …)`. */
export type AssociationEmitted =
  /** `attempt` counts the dials since the machine was started. */
  | { readonly type: 'dialling'; readonly address: string; readonly attempt: number }
  /** The peer has proved who it is. */
  | {
      readonly type: 'connected'
      readonly connection: string
      readonly dialledBy: 'self' | 'peer'
      readonly attempt: number
    }
  | ({
      readonly type: 'up'
      readonly connection: string
      readonly attempt: number
      readonly rttMs: number | undefined
    } & NodeIdentity)
  /** Heartbeats are late. */
  | { readonly type: 'degraded'; readonly connection: string; readonly silentMs: number; readonly phi: number }
  | { readonly type: 'recovered'; readonly connection: string; readonly rttMs: number | undefined }
  /** A dial, a handshake, a resumption or a connection that was up has failed. */
  | ({ readonly type: 'lost'; readonly connection: string | undefined; readonly attempt: number } & LinkFault)
  /** `streak` counts failures in a row. */
  | { readonly type: 'backingOff'; readonly delayMs: number; readonly streak: number }
  /** An operator has to do something. */
  | ({ readonly type: 'refused'; readonly retry: Exclude<RefusalKind, 'never'> } & LinkFault)
  | ({ readonly type: 'callRefused'; readonly connection: string; readonly code: string } & NodeIdentity)
  /** `connection` was given up for `by`. */
  | { readonly type: 'superseded'; readonly connection: string; readonly by: string }
  /** The peer should know better than to call: it is asked for a sign of life at once. */
  | { readonly type: 'probing'; readonly connection: string }
  /** The same store under a new incarnation: its volatile actors are gone. */
  | { readonly type: 'peerRestarted'; readonly storeId: string; readonly from: number; readonly to: number }
  /** Another store under the same name: refs to the old one lead nowhere, numbers start anew. */
  | { readonly type: 'peerReset'; readonly from: string; readonly to: string }
  /** After the first time up, and after each `nodeDown`. */
  | ({ readonly type: 'nodeUp' } & NodeIdentity)
  /** Once for each loss, after `deadlineMs` without a sign of life; also for a peer that was never heard. */
  | { readonly type: 'nodeDown'; readonly silentMs: number }
  | { readonly type: 'reset' }
  | { readonly type: 'closed' }
