/**
 * Whether a rule matches a call: one line for each kind of condition.
 *
 * 1. There are three answers. `unknown` is the answer where the cost isn't known, where the tool may do more than what the
 *    rule is about, where a value is of a kind that a pattern says nothing about, and where looking would take too long.
 * 2. Where a path leads to several values, a rule that allows needs all of them, and at least one; any other rule needs one.
 */
import { valuesAt } from './argument-path.js'
import { nameMatches, pathMatches } from './glob.js'
import { compilePattern, type Effort, occursIn, type Pattern } from './pattern.js'
import type { ArgumentPattern, PolicyRequest, ReadCondition, ReadRule } from './policy.js'
import { covers, overlaps } from './scopes.js'

export type Answer = 'yes' | 'no' | 'unknown'

interface Looking {
  readonly request: PolicyRequest
  readonly rule: ReadRule
  readonly effort: Effort
}

type Conditions = {
  readonly [Kind in keyof Required<ReadCondition>]: (
    wanted: NonNullable<ReadCondition[Kind]>,
    looking: Looking,
  ) => Answer
}

const CONDITIONS: Conditions = {
  tool: (patterns, { request }) => yesIf(patterns.some((pattern) => nameMatches(pattern, request.tool))),
  risk: (risks, { request }) => yesIf(risks.includes(request.risk)),
  scope: (scopes, { request }) =>
    some(scopes.flatMap((one) => request.scopes.map((scope) => scopeMatches(one, scope)))),
  path: (patterns, { request }) => yesIf(patterns.some((pattern) => pathMatches(pattern, request.path))),
  costUsdAbove: (limit, { request: { costUsd } }) => (costUsd === undefined ? 'unknown' : yesIf(costUsd > limit)),
  argument: (patterns, looking) => all(patterns.map((pattern) => argumentMatches(pattern, looking))),
}

/** Whether the rule matches the request. */
export function ruleMatches(rule: ReadRule, request: PolicyRequest, effort: Effort): Answer {
  const kinds = Object.keys(CONDITIONS) as (keyof ReadCondition)[]
  const looking = { request, rule, effort }
  return all(kinds.map((kind) => (rule.when[kind] === undefined ? 'yes' : holds(kind, rule.when[kind], looking))))
}

function holds<Kind extends keyof ReadCondition>(
  kind: Kind,
  wanted: NonNullable<ReadCondition[Kind]>,
  looking: Looking,
): Answer {
  return CONDITIONS[kind](wanted, looking)
}

/** A tool that needs `write` may write secrets, or something else: whether a rule about `write:secrets` is meant is not known. */
function scopeMatches(asked: string, needed: string): Answer {
  if (covers(asked, needed)) return 'yes'
  return overlaps(asked, needed) ? 'unknown' : 'no'
}

function argumentMatches(pattern: ArgumentPattern, { request, rule, effort }: Looking): Answer {
  const values = valuesAt(pattern.at, request.input, effort)
  if (values === undefined) return 'unknown'
  if (values.length === 0) return 'no'
  const answers = values.map(question(pattern, effort))
  return rule.effect === 'allow' ? all(answers) : some(answers)
}

function question({ matches, ignoreCase, oneOf, above }: ArgumentPattern, effort: Effort): (value: unknown) => Answer {
  if (oneOf !== undefined) return (value) => yesIf(oneOf.some((one) => one === value))
  if (above !== undefined) return (value) => (typeof value === 'number' ? yesIf(value > above) : 'unknown')
  const pattern = compilePattern(matches ?? '', ignoreCase)
  return (value) => textMatches(pattern, value, effort)
}

function textMatches(pattern: Pattern, value: unknown, effort: Effort): Answer {
  if (value === null || value === undefined) return 'no'
  if (typeof value === 'object' || typeof value === 'function') return 'unknown'
  const occurs = occursIn(pattern, String(value), effort)
  return occurs === undefined ? 'unknown' : yesIf(occurs)
}

function yesIf(condition: boolean): Answer {
  return condition ? 'yes' : 'no'
}

function all(answers: readonly Answer[]): Answer {
  if (answers.includes('no')) return 'no'
  return answers.includes('unknown') ? 'unknown' : 'yes'
}

function some(answers: readonly Answer[]): Answer {
  if (answers.includes('yes')) return 'yes'
  return answers.includes('unknown') ? 'unknown' : 'no'
}
