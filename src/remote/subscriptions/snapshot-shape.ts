/**
 * The door for snapshots, in both directions: what a peer sends as one, and what this node is about to send.
 *
 * Anything that a logic persists is let through; a `status` is all that telling an end from a change depends on.
 */
import { z } from 'zod'
import { malformed, type ProtocolError } from '../protocol/protocol-error.js'

const statuses = ['active', 'done', 'error', 'stopped'] as const

const snapshotSchema = z.looseObject({ status: z.enum(statuses) })

/** A persisted snapshot as it came over the wire; a machine's has its `tags` with it. */
export interface WireSnapshot {
  readonly status: (typeof statuses)[number]
  readonly output?: unknown
  readonly error?: unknown
  readonly [field: string]: unknown
}

/** Throws `FRAME_MALFORMED` with the path of the field. */
export function snapshotOf(value: unknown): WireSnapshot {
  const { success, data, error } = snapshotSchema.safeParse(value)
  if (!success) throw refusal(error)
  return data
}

function refusal(error: z.ZodError): ProtocolError {
  const at = ['snapshot.snapshot', ...(error.issues[0]?.path ?? [])].map(String).join('.')
  return malformed('a snapshot with a status of XState is expected', at)
}

const stateValueSchema: z.ZodType = z.lazy(() => z.union([z.string(), z.record(z.string(), stateValueSchema)]))

/** Whether it is a machine's: other logic may have fields of these names, with something else in them. */
export function isOfMachine(snapshot: WireSnapshot): boolean {
  return 'context' in snapshot && stateValueSchema.safeParse(snapshot.value).success
}
