/**
 * What a policy says of a call: a pure function of the policy and the call.
 *
 * 1. The policy's own limits come first, then the first rule that matches, then the default; last, `humanInTheLoop` turns
 *    what would be allowed into a question.
 * 2. A rule of which it can't be told whether it matches is taken both ways, and the stricter outcome counts. So nobody gets
 *    more by being unclear.
 * 3. It ends after a bounded number of steps, whatever the policy and the arguments; what would need more is unclear (2).
 */
import { ruleMatches } from './conditions.js'
import { nameMatches } from './glob.js'
import {
  type AlsoAsking,
  APPROVAL_LEVELS,
  type ApprovalLevel,
  POLICY_EFFECTS,
  type Policy,
  type PolicyEffect,
  type PolicyRequest,
  RISKS,
  type Verdict,
} from './policy.js'

/** Steps of matching that one evaluation may take: some tens of ms at most. */
const MAX_EFFORT = 3_000_000

/**
 * What `policy` says of the call.
 *
 * @example
 * ```ts
 * import { defaultPolicy, evaluate } from 'roscius'
 *
 * const call = { tool: 'deleteAll', risk: 'danger', scopes: [], path: 'audit', input: {} } as const
 * console.log(evaluate(defaultPolicy, call).effect)
 * ```
 */
export function evaluate(policy: Policy, request: PolicyRequest): Verdict {
  const verdict =
    allowedTools(policy, request) ?? maxTokensPerWorkflow(policy, request) ?? rulesAndDefault(policy, request)
  return humanInTheLoop(policy, request, verdict)
}

/** What several policies say together, and which of them has the last word. */
export interface JointVerdict {
  readonly policy: Policy
  readonly verdict: Verdict
}

/**
 * What `policies` say together: the strictest verdict, and of two questions the one whose approval reaches less far. Of those
 * that are equally strict, the first. If several ask, the others are named in `also`: who has agreed to what one of them asks
 * has not agreed to what another does. At least one policy is needed.
 */
export function evaluateAll(policies: readonly [Policy, ...Policy[]], request: PolicyRequest): JointVerdict {
  const [first, ...others] = policies.map((policy) => ({ policy, verdict: evaluate(policy, request) }))
  const verdicts = [first as JointVerdict, ...others]
  const joint = verdicts.reduce((one, other) => (strictness(other.verdict) > strictness(one.verdict) ? other : one))
  if (joint.verdict.effect !== 'requireApproval') return joint
  const also = verdicts.filter((one) => one !== joint && one.verdict.effect === 'requireApproval').map(alsoAsking)
  return also.length === 0 ? joint : { ...joint, verdict: { ...joint.verdict, also } }
}

function alsoAsking({ policy: { name, version }, verdict: { rule, reason } }: JointVerdict): AlsoAsking {
  return { policy: { name, version }, rule, reason }
}

function strictness({ effect, level }: Verdict): number {
  return (
    POLICY_EFFECTS.indexOf(effect) * APPROVAL_LEVELS.length + (effect === 'requireApproval' ? narrowness(level) : 0)
  )
}

/** The less an approval covers, the higher. */
function narrowness(level: ApprovalLevel): number {
  return APPROVAL_LEVELS.length - 1 - APPROVAL_LEVELS.indexOf(level)
}

function allowedTools({ allowedTools: allowed }: Policy, { tool }: PolicyRequest): Verdict | undefined {
  if (allowed === undefined || allowed.some((pattern) => nameMatches(pattern, tool))) return undefined
  return verdictOf('deny', 'allowedTools', `The tool ${tool} is not among those that are allowed.`)
}

function maxTokensPerWorkflow(
  { maxTokensPerWorkflow: limit }: Policy,
  { workflowTokens: used }: PolicyRequest,
): Verdict | undefined {
  if (limit === undefined || (used !== undefined && used < limit)) return undefined
  const why = used === undefined ? 'it is not known how many were used' : `${used} were used`
  return verdictOf('deny', 'maxTokensPerWorkflow', `The workflow may use ${limit} tokens, and ${why}.`)
}

function rulesAndDefault(policy: Policy, request: PolicyRequest): Verdict {
  const effort = { left: MAX_EFFORT }
  let unclear: Verdict | undefined
  for (const rule of policy.rules) {
    const answer = ruleMatches(rule, request, effort)
    if (answer === 'no') continue
    const verdict = { ...verdictOf(rule.effect, rule.id, rule.reason, rule.level), isCertain: answer === 'yes' }
    if (answer === 'yes') return stricter(unclear, verdict)
    if (rule.effect !== 'allow') unclear = stricter(unclear, verdict)
  }
  return stricter(unclear, verdictOf(policy.default, 'default', 'No rule of the policy is about this call.'))
}

/** The stricter one; of two that are equally strict the first. */
function stricter(first: Verdict | undefined, second: Verdict): Verdict {
  if (first === undefined) return second
  return POLICY_EFFECTS.indexOf(second.effect) > POLICY_EFFECTS.indexOf(first.effect) ? second : first
}

function humanInTheLoop({ humanInTheLoop: from }: Policy, { risk }: PolicyRequest, verdict: Verdict): Verdict {
  if (from === undefined || verdict.effect !== 'allow' || RISKS.indexOf(risk) < RISKS.indexOf(from)) return verdict
  return verdictOf('requireApproval', 'humanInTheLoop', `A person decides about calls of the risk ${risk}.`)
}

function verdictOf(effect: PolicyEffect, rule: string, reason: string, level: ApprovalLevel = 'action'): Verdict {
  return { effect, rule, reason, level, isCertain: true }
}
