/** What is said about approvals. Arguments that are too long are cut, and it is said that they are. */
import { z } from 'zod'
import { errorSchema } from './common.js'

export const MAX_LISTED = 1_000

const risk = z.enum(['read', 'write', 'danger'])
const status = z.enum(['pending', 'approved', 'denied', 'expired', 'withdrawn'])
const id = z.string().min(1).max(1_000)

export const approvalQuery = z.strictObject({
  /** Default `pending`. */
  status: z.union([status, z.literal('any')]).optional(),
  /** Asked by this actor, or one below it. */
  path: z.string().min(1).max(10_000).optional(),
  risk: risk.optional(),
})

/** `id`: itself, or the eight digits that stand for it. */
export const approvalIdQuery = z.strictObject({ id })

export const decisionRequest = z.strictObject({
  decision: z.enum(['approve', 'deny']),
  ids: z.array(id).min(1).max(MAX_LISTED),
  /** Of a no: what the agent is told. */
  reason: z.string().max(2_000).optional(),
})

/** An approval on the wire: its arguments are JSON, or the beginning of their JSON as a text. */
export const toldApproval = z.object({
  id,
  code: z.string(),
  path: z.string(),
  tool: z.string(),
  toolVersion: z.string().optional(),
  input: z.unknown(),
  /** How many characters of JSON the arguments have, where they are cut. */
  inputCut: z.number().optional(),
  risk,
  what: z.string(),
  why: z.string(),
  rule: z.string().optional(),
  because: z.string().optional(),
  policy: z.object({ name: z.string(), version: z.string() }).optional(),
  level: z.enum(['task', 'step', 'action']),
  goal: z.string(),
  trace: z.array(z.object({ turn: z.number(), text: z.string() })),
  taskId: z.string().optional(),
  status,
  askedMs: z.number(),
  expiresMs: z.number(),
  escalatedTo: z.string().optional(),
  settled: z.object({ by: z.string().optional(), reason: z.string().optional(), atMs: z.number() }).optional(),
})

/** `isAll`: whether there are no more than these. */
export const approvalList = z.object({ approvals: z.array(toldApproval), isAll: z.boolean() })

/** In the order of the ids: each is decided by itself. */
export const decisionOutcomes = z.array(
  z.discriminatedUnion('ok', [
    z.object({ id, ok: z.literal(true), approval: toldApproval }),
    z.object({ id, ok: z.literal(false), error: errorSchema }),
  ]),
)

export type ApprovalQuery = z.output<typeof approvalQuery>
export type DecisionRequest = z.output<typeof decisionRequest>
export type ToldApproval = z.output<typeof toldApproval>
export type ApprovalList = z.output<typeof approvalList>
export type ToldOutcome = z.output<typeof decisionOutcomes>[number]
