/**
 * What is doubtful about a policy that is valid: rules that never decide, and rules that allow more than they seem to.
 *
 * 1. A rule is called unreachable only if no call could be judged otherwise without it; a rule that is unreachable for a
 *    subtler reason may stay unmentioned.
 * 2. A rule is taken apart into rules about one tool pattern, one risk, one scope and one path each; it is unreachable if
 *    each of these is covered by an earlier rule.
 */
import { isDeepStrictEqual } from 'node:util'
import { nameCovers, pathCovers } from './glob.js'
import { parsePattern, type Syntax } from './pattern-syntax.js'
import { POLICY_EFFECTS, type Policy, type ReadCondition, type ReadRule, RISKS } from './policy.js'
import { covers } from './scopes.js'

export interface PolicyFinding {
  /** `unreachable`: the rule never decides. `unanchored`: it allows whatever merely contains its pattern. */
  readonly problem: 'unreachable' | 'unanchored'
  readonly rule: string
  /** The path of the field, such as `rules.2`. */
  readonly field: string
  readonly message: string
}

/**
 * What is doubtful about the policy, in the order of its rules. An empty array means that nothing was found.
 *
 * @example
 * ```ts
 * import { definePolicy, reviewPolicy } from 'roscius'
 *
 * const policy = definePolicy({
 *   name: 'p',
 *   version: '1',
 *   rules: [
 *     { id: 'all', when: {}, effect: 'allow', reason: 'We trust it.' },
 *     { id: 'no-danger', when: { risk: 'danger' }, effect: 'deny', reason: 'Too dangerous.' },
 *   ],
 * })
 * console.log(reviewPolicy(policy).map(({ problem, rule }) => `${problem} ${rule}`))
 * ```
 */
export function reviewPolicy(policy: Policy): PolicyFinding[] {
  return policy.rules.flatMap((rule, index) => [...unreachable(policy, rule, index), ...unanchored(rule, index)])
}

function unreachable({ rules, allowedTools }: Policy, rule: ReadRule, index: number): PolicyFinding[] {
  const finding = { problem: 'unreachable', rule: rule.id, field: `rules.${index}` } as const
  if (isOutside(rule.when.tool, allowedTools))
    return [{ ...finding, message: 'It never decides: allowedTools has none of its tools.' }]
  const before = rules.slice(0, index)
  const covering = partsOf(rule.when).map((part) =>
    before.find((earlier) => isBefore(earlier, { ...rule, when: part })),
  )
  if (covering.includes(undefined)) return []
  const names = [...new Set(covering.map((earlier) => earlier?.id))].join(', ')
  return [{ ...finding, message: `It never decides: what it is about is decided before, by ${names}.` }]
}

function isOutside(tools: readonly string[] | undefined, allowed: readonly string[] | undefined): boolean {
  if (tools === undefined || allowed === undefined) return false
  // Two patterns may have a name in common that neither shows.
  return tools.every((tool) => !tool.includes('*') && !allowed.some((pattern) => nameCovers(pattern, tool)))
}

function partsOf(when: ReadCondition): ReadCondition[] {
  const risks = when.risk ?? RISKS
  return each(when.tool).flatMap((tool) =>
    each(when.scope).flatMap((scope) =>
      each(when.path).flatMap((path) => risks.map((risk) => ({ ...when, tool, scope, path, risk: [risk] }))),
    ),
  )
}

function each<T>(list: readonly T[] | undefined): (readonly T[] | undefined)[] {
  return list === undefined ? [undefined] : list.map((item) => [item])
}

/** Whether the earlier rule decides wherever the later one could. */
function isBefore(earlier: ReadRule, later: ReadRule): boolean {
  const [one, other] = [earlier.when, later.when]
  return (
    isCovered(one.tool, other.tool, nameCovers) &&
    isCovered(one.risk, other.risk, (risk, same) => risk === same) &&
    isCovered(one.scope, other.scope, covers) &&
    isCovered(one.path, other.path, pathCovers) &&
    (one.costUsdAbove === undefined || one.costUsdAbove <= (other.costUsdAbove ?? -1)) &&
    isArgumentCovered(earlier, later) &&
    (isAlwaysClear(one) || isMilder(later, earlier))
  )
}

function isCovered<T>(
  covering: readonly T[] | undefined,
  covered: readonly T[] | undefined,
  by: (one: T, other: T) => boolean,
): boolean {
  if (covering === undefined) return true
  return covered?.every((other) => covering.some((one) => by(one, other))) === true
}

/** Every value of a path is asked for by rules that allow, one by the others: the same words mean different things. */
function isArgumentCovered(earlier: ReadRule, later: ReadRule): boolean {
  const [asked, others] = [earlier.when.argument ?? [], later.when.argument ?? []]
  if (asked.length > 0 && earlier.effect === 'allow' && later.effect !== 'allow') return false
  return asked.every((pattern) => others.some((other) => isDeepStrictEqual(pattern, other)))
}

/** A rule that is unclear leaves the word to later ones, if they are stricter. */
function isAlwaysClear({ scope, costUsdAbove, argument }: ReadCondition): boolean {
  return scope === undefined && costUsdAbove === undefined && argument === undefined
}

function isMilder(later: ReadRule, earlier: ReadRule): boolean {
  return earlier.effect !== 'allow' && POLICY_EFFECTS.indexOf(later.effect) <= POLICY_EFFECTS.indexOf(earlier.effect)
}

function unanchored({ id, effect, when }: ReadRule, index: number): PolicyFinding[] {
  if (effect !== 'allow') return []
  return (when.argument ?? []).flatMap(({ at, matches }, place) => {
    if (matches === undefined || isAnchored(parsePattern(matches))) return []
    const field = `rules.${index}.when.argument.${place}.matches`
    const message = `It allows every ${at} that merely contains the pattern: begin it with ^ and end it with $.`
    return [{ problem: 'unanchored', rule: id, field, message } as const]
  })
}

function isAnchored(syntax: Syntax): boolean {
  if (syntax.kind === 'choice') return syntax.items.every(isAnchored)
  if (syntax.kind !== 'sequence') return false
  return isAssertion(syntax.items[0], 'start') && isAssertion(syntax.items.at(-1), 'end')
}

function isAssertion(syntax: Syntax | undefined, what: 'start' | 'end'): boolean {
  return syntax?.kind === 'assert' && syntax.what === what
}
