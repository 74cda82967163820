/** What is said about links: their figures, and that a peer is to be taken as it is. */
import { z } from 'zod'

const amount = z.object({ count: z.number(), bytes: z.number() })

/** `PeerFigures` on the wire. Figures of a newer Roscius pass. */
export const toldPeer = z.looseObject({
  peer: z.string(),
  address: z.string().optional(),
  state: z.string(),
  detector: z.enum(['unheard', 'alive', 'suspicious', 'down']),
  sinceMs: z.number(),
  rttMs: z.number().optional(),
  attempt: z.number(),
  streak: z.number(),
  fault: z.object({ code: z.string(), reason: z.string(), by: z.enum(['self', 'peer']) }).optional(),
  storeId: z.string().optional(),
  incarnation: z.number().optional(),
  connections: z.number(),
  bytesIn: z.number(),
  bytesOut: z.number(),
  framesIn: z.number(),
  framesOut: z.number(),
  outbox: amount,
  inFlight: z.number(),
  resends: z.number(),
  duplicates: z.number(),
})

export const linkList = z.object({ links: z.array(toldPeer) })

export const resetRequest = z.strictObject({
  peer: z.string().min(1).max(1_000),
  reason: z.string().max(2_000).optional(),
})

export const resetAnswer = z.object({ peer: z.string() })

export type ToldPeer = z.output<typeof toldPeer>
