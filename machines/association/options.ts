/** How patient a link is: its timeouts, its backoff, its failure detector. One set serves all links of a node. */
import { z } from 'zod'
import { readOptions } from '../options-invalid.js'

const ms = z.number().positive().max(2_147_483_647)

export const associationOptionsSchema = z
  .strictObject({
    /** How often the node ticks, and asks a peer for a sign of life, in ms. Default 1 000. */
    heartbeatMs: ms.default(1_000),
    /** After so many ms without a sign of life the peer counts as down. Default 10 000. */
    deadlineMs: ms.default(10_000),
    /** The suspicion (phi) from which a link is degraded: 8 is a mistake in 100 million. Default 8. */
    suspectPhi: z.number().positive().default(8),
    /** A silence that is no reason for suspicion, on top of what is usual, in ms. Default 2 000. */
    toleratedPauseMs: z.number().nonnegative().default(2_000),
    /** How long a peer may take to show that its link lives when it calls a second time, in ms. Default 2 000. */
    probeMs: ms.default(2_000),
    /** How long a dial may take, in ms. Default 10 000. */
    connectTimeoutMs: ms.default(10_000),
    /** How long a handshake may take, in ms. Default 10 000. */
    handshakeTimeoutMs: ms.default(10_000),
    /** How long the exchange of positions may take, and then the start of the replay, in ms each. Default 10 000. */
    resumeTimeoutMs: ms.default(10_000),
    /** How long a link that is being closed may take to say so, in ms. Default 5 000. */
    closeTimeoutMs: ms.default(5_000),
    /** The wait before the next dial: `min(maxMs, initialMs × factor^failures) × (1 ± jitter)`. */
    backoff: z
      .strictObject({
        /** Default 200. */
        initialMs: ms.default(200),
        /** Default 2. */
        factor: z.number().min(1).default(2),
        /** Default 5 000: less than a peer may be silent, so that a link which breaks often is not taken for a lost node. */
        maxMs: ms.default(5_000),
        /** Share of a wait, 0 to 1. Default 0.2. */
        jitter: z.number().min(0).max(1).default(0.2),
      })
      .prefault({}),
    /** After so many ms up, the next wait is the first again. Default 30 000. */
    stableMs: ms.default(30_000),
    /** The wait before a peer that refused is dialled again, in ms. Default 300 000. */
    refusedRetryMs: ms.default(300_000),
  })
  .refine(({ deadlineMs, heartbeatMs }) => deadlineMs >= 2 * heartbeatMs, {
    path: ['deadlineMs'],
    message: 'must be at least two heartbeats',
  })

/** Timings of a link; every field has a default. */
export type AssociationOptions = z.input<typeof associationOptionsSchema>
export type AssociationSettings = z.output<typeof associationOptionsSchema>

/** Throws `OPTIONS_INVALID`, with the path of the field. */
export function readAssociationOptions(options: AssociationOptions): AssociationSettings {
  return readOptions('createAssociationMachine', associationOptionsSchema, options)
}
