/** What a node says of itself, and who asks. */
import { z } from 'zod'
import { atMs, roleSchema } from './common.js'

export const sessionSchema = z.object({
  role: roleSchema,
  node: z.string(),
  /** Version of Roscius. */
  version: z.string(),
})

/** A browser shows its token once. */
export const signInRequest = z.strictObject({ token: z.string().max(1_000) })

export const nodeSchema = z.object({
  name: z.string(),
  storeId: z.string(),
  incarnation: z.number(),
  version: z.string(),
  startedMs: atMs,
  nowMs: atMs,
  /** How many actors there are, by status. */
  counts: z.record(z.string(), z.number()),
  /** Names in the logic table; `isMachine` where there is a chart. */
  logic: z.array(z.object({ name: z.string(), version: z.string().optional(), isMachine: z.boolean() })),
  /** Whether it stands still by an error, and which. */
  halted: z.string().optional(),
})

const check = z.object({
  name: z.string(),
  ok: z.boolean(),
  value: z.number(),
  unit: z.string(),
  limit: z.number(),
  what: z.string(),
})

/** `/healthz` and `/readyz`: 200 if all is well, else 503. Without a token only `ok` is told. */
export const healthSchema = z.object({ ok: z.boolean(), checks: z.array(check).optional() })

export type Session = z.output<typeof sessionSchema>
export type NodeInfo = z.output<typeof nodeSchema>
export type Health = z.output<typeof healthSchema>
