/** What kind of failure an error of a brain or a tool is, told by its fields: it may have been stored and read again. */

import { type AgentPolicy, type ApprovalDemand, agentPolicySchema } from './options.js'

interface Fields {
  readonly name?: unknown
  readonly code?: unknown
  readonly failureClass?: unknown
  readonly status?: unknown
  readonly statusCode?: unknown
  readonly message?: unknown
  readonly details?: unknown
  readonly cause?: unknown
}

const MAX_DEPTH = 3
/** The same again can't work. */
const PERMANENT: readonly unknown[] = [400, 401, 403, 404, 405, 410, 422]
const PERMANENT_CODES: readonly unknown[] = ['NO_DECISION', 'OPTIONS_INVALID']

/** The budget is spent: nothing was done. */
export function isBudgetError(error: unknown): boolean {
  return chainOf(error).some(({ failureClass, code }) => failureClass === 'budget' || code === 'BUDGET_EXHAUSTED')
}

/** A crash left open whether it happened, and it must not happen twice. */
export function isOutcomeUnknown(error: unknown): boolean {
  return chainOf(error).some(({ code }) => code === 'OUTCOME_UNKNOWN')
}

/** A person has to be asked first; `details.approvalId` may say under which id. */
export function isApprovalRequired(error: unknown): boolean {
  return chainOf(error).some(({ code }) => code === 'APPROVAL_REQUIRED')
}

export function isPermanent(error: unknown): boolean {
  return chainOf(error).some(
    ({ failureClass, status, statusCode, code }) =>
      failureClass === 'permanent' || PERMANENT.includes(status ?? statusCode) || PERMANENT_CODES.includes(code),
  )
}

/** The id under which the gate has asked, if it has. */
export function approvalIdOf(error: unknown): string | undefined {
  for (const { details } of chainOf(error)) {
    const id = isObject(details) ? Reflect.get(details, 'approvalId') : undefined
    if (typeof id === 'string') return id
  }
  return undefined
}

/** Who demands the approval, if the gate has said it. */
export function demandOf(error: unknown): ApprovalDemand | undefined {
  for (const { details } of chainOf(error)) {
    const demand = isObject(details) ? Reflect.get(details, 'demand') : undefined
    if (isObject(demand)) return demand as ApprovalDemand
  }
  return undefined
}

/** What the spent budget says is to be done; undefined if it leaves that to the agent. */
export function onExhaustedOf(error: unknown): AgentPolicy['onExhausted'] | undefined {
  for (const { details } of chainOf(error)) {
    const said = isObject(details) ? Reflect.get(details, 'onExhausted') : undefined
    const read = agentPolicySchema.shape.onExhausted.unwrap().safeParse(said)
    if (read.success) return read.data
  }
  return undefined
}

/** An error as a brain, a person or a record reads it. */
export interface ToldError {
  readonly message: string
  readonly code?: string
}

export function told(error: unknown): ToldError {
  const [first] = chainOf(error)
  const message = typeof first?.message === 'string' && first.message !== '' ? first.message : String(error)
  return typeof first?.code === 'string' ? { message, code: first.code } : { message }
}

/** The error and what caused it, so far down as one looks. */
function chainOf(error: unknown): Fields[] {
  const chain: Fields[] = []
  for (let current = error; isObject(current) && chain.length <= MAX_DEPTH; current = current.cause) chain.push(current)
  return chain
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null
}
