/** How approvals are stored. Positions are part of the record format; fields are only ever added at the end. */
import type { ApprovalState, Settled } from './approval-book.js'
import type { ReadQuestion } from './question.js'

/** What was asked; written once. */
export const questionKey = (id: string): string => `q/${id}`
/** What has become of it. */
export const stateKey = (id: string): string => `s/${id}`

export const idInKey = (key: string): string => key.slice(2)
export const isStateKey = (key: string): boolean => key.startsWith('s/')

type Packed<T> = { [K in keyof T]: T[K] | null }

export function packQuestion(question: ReadQuestion): unknown[] {
  const { path, tool, toolVersion = null, input, risk, what, why, rule = null, policy, level, goal, trace } = question
  const { taskId = null, timeoutMs = null, chain, because = null } = question
  return [
    path,
    tool,
    toolVersion,
    input,
    risk,
    what,
    why,
    rule,
    policy === undefined ? null : [policy.name, policy.version],
    level,
    goal,
    trace.map(({ turn, text }) => [turn, text]),
    taskId,
    timeoutMs,
    chain?.map(({ to, afterMs }) => [to, afterMs]) ?? null,
    because,
  ]
}

type PackedQuestion = [
  path: string,
  tool: string,
  toolVersion: string | null,
  input: unknown,
  risk: ReadQuestion['risk'],
  what: string,
  why: string,
  rule: string | null,
  policy: [name: string, version: string] | null,
  level: ReadQuestion['level'],
  goal: string,
  trace: [turn: number, text: string][],
  taskId: string | null,
  timeoutMs: number | null,
  chain: [to: string, afterMs: number][] | null,
  because: string | null,
]

export function unpackQuestion(id: string, value: unknown): ReadQuestion {
  const packed = value as PackedQuestion
  const [path, tool, toolVersion, input, risk, what, why, rule, policy, level, goal, trace, ...more] = packed
  const [taskId, timeoutMs, chain, because] = more
  return {
    id,
    path,
    tool,
    input,
    risk,
    what,
    why,
    level,
    goal,
    trace: trace.map(([turn, text]) => ({ turn, text })),
    ...present({ toolVersion, rule, taskId, timeoutMs, because }),
    ...(policy && { policy: { name: policy[0], version: policy[1] } }),
    ...(chain && { chain: chain.map(([to, afterMs]) => ({ to, afterMs })) }),
  }
}

type PackedSettled = [status: Settled['status'], by: string | null, reason: string | null, atMs: number]

export function packState(state: ApprovalState): unknown[] {
  const { askedMs, steps, escalated, expiresMs, isVolatile, settled, isNews = false } = state
  const packed = settled && [settled.status, settled.by ?? null, settled.reason ?? null, settled.atMs]
  const stepsPacked = steps.map(({ to, atMs }) => [to, atMs])
  return [askedMs, stepsPacked, escalated, expiresMs, isVolatile, packed ?? null, isNews]
}

export function unpackState(value: unknown): ApprovalState {
  const [askedMs, steps, escalated, expiresMs, isVolatile, settled, isNews] = value as [
    number,
    [string, number][],
    number,
    number,
    boolean,
    PackedSettled | null,
    boolean,
  ]
  const state = { askedMs, steps: steps.map(([to, atMs]) => ({ to, atMs })), escalated, expiresMs, isVolatile }
  return { ...state, ...(settled && { settled: unpackSettled(settled) }), ...(isNews && { isNews }) }
}

function unpackSettled([status, by, reason, atMs]: PackedSettled): Settled {
  return { status, atMs, ...present({ by, reason }) }
}

/** Without the fields that are null. */
function present<T extends object>(fields: Packed<T>): Partial<{ [K in keyof T]: NonNullable<T[K]> }> {
  const entries = Object.entries(fields).filter(([, value]) => value !== null)
  return Object.fromEntries(entries) as Partial<{ [K in keyof T]: NonNullable<T[K]> }>
}
