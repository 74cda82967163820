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
  /** The highest numbers that ever left, as far as this side knows: at most `sent`. */
  readonly left: Lanes
  readonly confirmed: Lanes
  readonly received: Lanes
}

/** What a peer's `welcome` claims: behind `received` the outbox goes on; `sent` is absent where it doesn't count. */
export interface TheirPositions {
  readonly received: Lanes
  readonly sent?: Lanes
}

/**
 * A peer that adopts gives its own numbers up: it goes on behind what was received here, and forgets that it received more
 * than was sent from here.
 */
export function theirPositions(
  { received, sent, adopts }: Pick<WelcomeFrame, 'received' | 'sent' | 'adopts'>,
  ours: Pick<OwnPositions, 'sent'>,
): TheirPositions {
  if (adopts !== true) return { received, sent }
  return { received: perLane((lane) => Math.min(received[lane], ours.sent[lane])) }
}

/**
 * What a side that has told `adopts` counts as received, when it has heard the peer's `welcome`: no more than the peer says to
 * have sent.
 */
export function adoptedReceived(
  { received }: Pick<OwnPositions, 'received'>,
  { sent, adopts }: Pick<WelcomeFrame, 'sent' | 'adopts'>,
): Lanes {
  // If both adopt, the peer goes on behind what it was told of here: nothing of that may be forgotten.
  return adopts === true ? received : perLane((lane) => Math.min(received[lane], sent[lane]))
}
