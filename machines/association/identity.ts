/**
 * Who the peer is: its store and its incarnation, and which stores it had before.
 *
 * 1. A store that took the place of another is adopted, and said; the numbers between it and this node start anew.
 * 2. A store that was replaced doesn't come back unless an operator says so: two nodes would share a name, or a backup
 *    of an older life was restored.
 */

/** A node's store, and how often it has been started. */
export interface NodeIdentity {
  readonly storeId: string
  /** Raised at every start. */
  readonly incarnation: number
}

export interface KnownIdentity {
  readonly known: NodeIdentity | undefined
  /** Stores that had this name before, oldest first. */
  readonly retired: readonly string[]
}

export type IdentityChange =
  | { readonly kind: 'same' }
  | { readonly kind: 'restarted'; readonly from: number; readonly to: number }
  | { readonly kind: 'reset'; readonly from: string; readonly to: string }

/** Stores that are remembered. */
const RETIRED = 16

/** Why this peer is none to talk to, whatever else there is; undefined if there is no reason. */
export function refusalOf({ known, retired }: KnownIdentity, peer: NodeIdentity): string | undefined {
  if (retired.includes(peer.storeId)) return 'STORE_CHANGED'
  return known?.storeId === peer.storeId && peer.incarnation < known.incarnation ? 'INCARNATION_OLD' : undefined
}

export function changeTo({ known }: KnownIdentity, peer: NodeIdentity): IdentityChange {
  if (known === undefined) return { kind: 'same' }
  if (known.storeId !== peer.storeId) return { kind: 'reset', from: known.storeId, to: peer.storeId }
  if (known.incarnation === peer.incarnation) return { kind: 'same' }
  return { kind: 'restarted', from: known.incarnation, to: peer.incarnation }
}

export function adopt({ known, retired }: KnownIdentity, peer: NodeIdentity): KnownIdentity {
  const isOther = known !== undefined && known.storeId !== peer.storeId
  return { known: peer, retired: isOther ? [...retired, known.storeId].slice(-RETIRED) : retired }
}
