/** What is said at the door about approvals. Arguments that are too long are cut, and it is said that they are. */
import { z } from 'zod'
import type { Approval } from '../governance/approvals/approval.js'
import { toldErrorSchema } from './told-error.js'

export const MAX_LISTED = 1_000
/** Of the arguments of one approval: in a list, and of one that is shown by itself. */
const LISTED_CHARS = 2_000
const SHOWN_CHARS = 4_000_000

const risk = z.enum(['read', 'write', 'danger'])
const status = z.enum(['pending', 'approved', 'denied', 'expired', 'withdrawn'])
const id = z.string().min(1).max(1_000)

export const approvalRequests = [
  z.strictObject({
    op: z.literal('listApprovals'),
    filter: z.strictObject({
      status: z.union([status, z.literal('any')]).optional(),
      path: z.string().min(1).max(10_000).optional(),
      risk: risk.optional(),
    }),
  }),
  z.strictObject({ op: z.literal('showApproval'), id }),
  z.strictObject({
    op: z.literal('decideApprovals'),
    decision: z.enum(['approve', 'deny']),
    ids: z.array(id).min(1).max(MAX_LISTED),
    by: z.string().min(1).max(200),
    reason: z.string().max(2_000).optional(),
  }),
] as const

export type ApprovalRequestLine = z.output<(typeof approvalRequests)[number]>

/** An approval on the wire: its arguments are JSON, or the beginning of their JSON as a text. */
const told = z.object({
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

export type ToldApproval = z.output<typeof told>

const outcome = z.discriminatedUnion('ok', [
  z.object({ id, ok: z.literal(true), approval: told }),
  z.object({ id, ok: z.literal(false), error: toldErrorSchema }),
])

export type ToldOutcome = z.output<typeof outcome>

export const approvalAnswers = {
  /** `isAll`: whether there are no more than these. */
  listApprovals: z.object({ approvals: z.array(told), isAll: z.boolean() }),
  showApproval: told,
  decideApprovals: z.array(outcome),
} as const

export type ApprovalAnswers = { [K in keyof typeof approvalAnswers]: z.output<(typeof approvalAnswers)[K]> }

/** Short enough for a list: without the trace. */
export function listed(approval: Approval): ToldApproval {
  return { ...inJson(approval, LISTED_CHARS), trace: [] }
}

export function shown(approval: Approval): ToldApproval {
  return inJson(approval, SHOWN_CHARS)
}

function inJson(approval: Approval, maxChars: number): ToldApproval {
  const json = JSON.stringify(approval.input, readable) ?? 'null'
  const { trace, ...rest } = approval
  const all = { ...rest, trace: [...trace] }
  if (json.length <= maxChars) return { ...all, input: JSON.parse(json) }
  return { ...all, input: json.slice(0, maxChars).toWellFormed(), inputCut: json.length }
}

/** What JSON has no word for, as something that a person can read. */
function readable(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value)
  if (value instanceof Map) return { Map: [...value] }
  if (value instanceof Set) return { Set: [...value] }
  if (value instanceof Error) return { Error: value.message }
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString('base64') }
  return value
}
