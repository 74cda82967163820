/**
 * Whether both sides remember the same past. Envelopes are numbered from 1, for each pair of stores and lane; 0 is none.
 *
 * 1. What a peer has confirmed as stored it can't lose but with its store: offering less, it was rolled back.
 * 2. Nor can it have sent less than arrived here: it would give numbers again that are taken.
 * 3. It can't confirm what it was never sent: then this side was rolled back, or the peer lies.
 * 4. One lane in which they don't is enough.
 */

/** One number for each lane: high, normal, low priority. */
type Lanes = readonly [number, number, number]

export interface Positions {
  /** Of the envelopes from here to there: the newest number, and the newest that the peer confirmed as stored before. */
  readonly ours: { readonly sent: Lanes; readonly confirmed: Lanes; readonly received: Lanes }
  /** What the peer offers: the newest of ours that it has handled and, where it says so, the newest of its own. */
  readonly theirs: { readonly received: Lanes; readonly sent?: Lanes }
}

export type PositionRefusal = 'PEER_ROLLED_BACK' | 'POSITION_IMPOSSIBLE'

/** Why the link can't be resumed; undefined if it can. */
export function judgePositions(positions: Positions): PositionRefusal | undefined {
  for (const lane of [0, 1, 2] as const) {
    const refusal = judgeLane(positions, lane)
    if (refusal !== undefined) return refusal
  }
  return undefined
}

function judgeLane({ ours, theirs }: Positions, lane: 0 | 1 | 2): PositionRefusal | undefined {
  if (theirs.received[lane] < ours.confirmed[lane]) return 'PEER_ROLLED_BACK'
  if (theirs.sent !== undefined && theirs.sent[lane] < ours.received[lane]) return 'PEER_ROLLED_BACK'
  if (theirs.received[lane] > ours.sent[lane]) return 'POSITION_IMPOSSIBLE'
  return undefined
}
