/**
 * Whether a call may be made: its arguments, then the caller's scopes, then the policy. Pure, and nothing is run; so it can
 * be asked in a guard before anything happens, and again at the gate.
 */
import { evaluateAll } from '../policy/evaluate.js'
import type { Policy, PolicyRequest, Verdict } from '../policy/policy.js'
import { missingScopes } from '../policy/scopes.js'
import type { Tool } from './tool.js'
import { failedAnswer, invalidAnswer, type ToolAnswer, type ToolError, wordsOf } from './tool-answer.js'

/** Who calls, and under what rules. */
export interface Caller {
  /** The path of the agent's actor. */
  readonly path: string
  /** What it was granted. */
  readonly scopes: readonly string[]
  /** One, or several that all must be kept to. */
  readonly policy: Policy | readonly [Policy, ...Policy[]]
  /** What the call may cost at most, in US dollars; left out if nobody knows. */
  readonly costUsd?: number
  /** How many tokens the workflow has used so far. */
  readonly workflowTokens?: number
}

export type CallJudgement =
  | {
      readonly outcome: 'allowed' | 'approvalRequired'
      /** The arguments as the tool gets them. */
      readonly input: unknown
      /** What the policy was asked. */
      readonly request: PolicyRequest
      readonly verdict: Verdict
      /** The policy whose verdict it is. */
      readonly policy: Policy
    }
  | {
      readonly outcome: 'refused'
      readonly error: ToolError
      /** Absent if it never came to the policy. */
      readonly verdict?: Verdict
      readonly policy?: Policy
    }

/** Whether this caller may call the tool with this input. Never throws. */
export function judgeCall(tool: Tool, input: unknown, caller: Caller): CallJudgement {
  const read = readInput(tool, input)
  if (!read.ok) return refusal(read)
  const missing = missingScopes(caller.scopes, tool.scopes)
  if (missing.length > 0) return refusal(scopeMissing(tool, missing))
  const request = requestOf(tool, read.output, caller)
  const { policy, verdict } = evaluateAll(policiesOf(caller), request)
  if (verdict.effect === 'deny') return { ...refusal(denied(tool, verdict)), verdict, policy }
  const outcome = verdict.effect === 'allow' ? 'allowed' : 'approvalRequired'
  return { outcome, input: read.output, request, verdict, policy }
}

function policiesOf({ policy }: Caller): readonly [Policy, ...Policy[]] {
  return 'rules' in policy ? [policy] : policy
}

function readInput(tool: Tool, input: unknown): ToolAnswer {
  try {
    const result = tool.input.safeParse(input)
    return result.success ? { ok: true, output: result.data } : invalidAnswer('INPUT_INVALID', result.error)
  } catch (error) {
    // A check of the user's own threw.
    return failedAnswer('INPUT_INVALID', `It could not be checked: ${wordsOf(error)}`, '')
  }
}

function requestOf(
  { name, risk, scopes }: Tool,
  input: unknown,
  { path, costUsd, workflowTokens }: Caller,
): PolicyRequest {
  return { tool: name, risk, scopes, path, input, costUsd, workflowTokens }
}

function refusal(answer: ToolAnswer): { outcome: 'refused'; error: ToolError } {
  if (answer.ok) throw new TypeError('An answer that is no refusal.')
  return { outcome: 'refused', error: answer.error }
}

function scopeMissing({ name }: Tool, missing: readonly string[]): ToolAnswer<never> {
  return failedAnswer('SCOPE_MISSING', `${name} needs ${missing.join(', ')}, which was not granted.`)
}

function denied({ name }: Tool, { rule, reason }: Verdict): ToolAnswer<never> {
  return failedAnswer('POLICY_DENIED', `${name} is denied by ${rule}: ${reason}`)
}
