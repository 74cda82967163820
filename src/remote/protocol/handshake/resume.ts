/**
 * Where two stores stand with each other, as their `welcome` frames tell.
 *
 * Both sides keep, by the other's `storeId` and by lane: the highest number given to an envelope for it, the highest that
 * it has confirmed as stored, and the number of the newest envelope from it that was handled. Whether what a peer says can
 * be true is judged by the association of the link (`machines/association/positions.ts`).
 */
import type { WelcomeFrame } from '../frames.js'
import { type Lanes, perLane } from '../lanes.js'

/** What this side keeps about a store. */
export interface OwnPositions {
  readonly sent: Lanes
  readonly confirmed: Lanes
  readonly received: Lanes
}

/** What a peer's `welcome` claims: behind `received` the outbox goes on; `sent` is absent where it doesn't count. */
export interface TheirPositions {
  readonly received: Lanes
  readonly sent?: Lanes
}

type Told = Pick<WelcomeFrame, 'received' | 'sent' | 'adopts'>

/**
 * A peer that adopts gives its own numbers up: it numbers anew behind what was received here, and forgets that it received
 * more than was sent from here.
 */
export function theirPositions({ received, sent, adopts }: Told, ours: OwnPositions): TheirPositions {
  if (adopts !== true) return { received, sent }
  return { received: perLane((lane) => Math.min(received[lane], ours.sent[lane])) }
}

/**
 * The positions of a side that has told `adopts`, when it has heard the peer's `welcome`. What was not confirmed is moved as
 * it is, with its holes: from behind the old `confirmed` to behind the new one.
 */
export function adoptedPositions(ours: OwnPositions, { received, sent, adopts }: Told): OwnPositions {
  return {
    sent: perLane((lane) => received[lane] + ours.sent[lane] - ours.confirmed[lane]),
    confirmed: received,
    // If both adopt, the peer numbers on behind what it was told of here: nothing of that may be forgotten.
    received: adopts === true ? ours.received : perLane((lane) => Math.min(ours.received[lane], sent[lane])),
  }
}
