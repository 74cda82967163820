/** What a link knows. All of it is data, so that it can be stored, shown and compared. */
import { z } from 'zod'
import { optionsInvalid, readOptions } from '../options-invalid.js'
import { NO_PULSE, type Pulse } from './detector.js'
import type { KnownIdentity } from './identity.js'
import type { CallSituation } from './judge-call.js'
import type { LinkFault } from './refusals.js'

const identitySchema = z.strictObject({ storeId: z.string().min(1), incarnation: z.number().int().nonnegative() })

export const associationInputSchema = z.strictObject({
  /** This node's name. */
  node: z.string().min(1),
  /** The peer's name. */
  peer: z.string().min(1),
  /** What to dial. Default: none; the peer's call is awaited. */
  address: z.string().min(1).optional(),
  /** Who the peer was when it was last up, as the node has stored it. Default: it is met for the first time. */
  known: identitySchema.optional(),
  /** Stores that the peer had before that one, oldest first. Default: none. */
  retired: z.array(z.string().min(1)).optional(),
})

/** Whose link it is, and what the node has stored of the peer. */
export type AssociationInput = z.input<typeof associationInputSchema>

export interface AssociationContext extends KnownIdentity, CallSituation {
  readonly address: string | undefined
  /** Dials so far. */
  readonly attempt: number
  /** Failures in a row, since the link was last up for `stableMs`. */
  readonly streak: number
  /**
   * When the link came to the state that it is in (`idle`, `linked`, …), by the node's monotonic clock as it was last told, in
   * ms. Undefined before the first tick.
   */
  readonly sinceMs: number | undefined
  /** The wait that is on, or was last, in ms. */
  readonly waitMs: number
  /** Why the link is not up; the last reason while it is. */
  readonly fault: LinkFault | undefined
  /** An operator has said that this peer is to be taken as it is: until the link is up. */
  readonly isReset: boolean
  readonly pulse: Pulse
  /** Smoothed round trip time, in ms (RFC 6298). */
  readonly rttMs: number | undefined
}

/** Throws `OPTIONS_INVALID`, with the path of the field. */
export function initialContext(input: AssociationInput): AssociationContext {
  const { node, peer, address, known, retired = [] } = readOptions('association', associationInputSchema, input)
  if (node === peer) throw optionsInvalid('association', 'peer', 'is the node itself')
  return {
    node,
    peer,
    address,
    known,
    retired,
    held: undefined,
    blocked: undefined,
    attempt: 0,
    streak: 0,
    sinceMs: undefined,
    waitMs: 0,
    fault: undefined,
    isReset: false,
    pulse: NO_PULSE,
    rttMs: undefined,
  }
}
