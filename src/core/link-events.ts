/** What links to other nodes tell. */
export type LinkEvent =
  /** The link is in another state; `code` where something is wrong. */
  | { readonly type: 'linkChanged'; readonly peer: string; readonly state: string; readonly code?: string }
  /** Nothing has been heard of the node for as long as the failure detector waits. */
  | { readonly type: 'nodeDown'; readonly peer: string }
  | { readonly type: 'nodeUp'; readonly peer: string }
  /** The process of the peer is a new one: its volatile actors are gone. */
  | { readonly type: 'peerRestarted'; readonly peer: string; readonly incarnation: number }
  /** The peer has another store than before: nothing of what it was is left. */
  | { readonly type: 'peerReset'; readonly peer: string; readonly storeId: string }
  /** A connection was refused, or ended for a breach: `by` this node or the peer. */
  | {
      readonly type: 'linkRefused'
      readonly peer: string | undefined
      readonly code: string
      readonly by: 'self' | 'peer'
      /** What was wrong; it holds no secrets, nor what the peer sent. */
      readonly message: string
    }
  /** A peer asked for what it may not do. */
  | { readonly type: 'peerDenied'; readonly peer: string; readonly path: string; readonly what: string }
