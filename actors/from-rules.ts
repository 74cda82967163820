/**
 * A brain out of rules: deterministic, free, needs no key. The default of the examples, and the last resort of a fallback.
 *
 * 1. The first rule that matches decides, of those whose decision is legal now and was not refused before.
 * 2. It looks at nothing but the request: the same request gives the same decision.
 */
import { z } from 'zod'
import { canonical } from '../machines/agent/repetition.js'
import { type BrainRequest, type Decision, decisionSchema, observationSchema } from '../machines/brain.js'
import { brainError } from './brain-error.js'
import { type DefinedBrain, defineBrain } from './define-brain.js'

const conditionSchema = z.strictObject({
  /** The turn. */
  turn: z.number().int().nonnegative().optional(),
  /** An event that is legal now. */
  legal: z.string().min(1).optional(),
  /** The kind of the newest observation; `none` if there is none. */
  observed: z.union([observationSchema.shape.kind, z.literal('none')]).optional(),
  /** What the newest observation's text contains, in any case of letters. */
  says: z.string().min(1).optional(),
  /** What the goal contains, in any case of letters. */
  goal: z.string().min(1).optional(),
})

const ruleSchema = z.strictObject({
  name: z.string().min(1).optional(),
  when: z
    .union([conditionSchema, z.custom<(request: BrainRequest) => boolean>((it) => typeof it === 'function')])
    .optional(),
  decide: z.union([decisionSchema, z.custom<(request: BrainRequest) => Decision>((it) => typeof it === 'function')]),
})

/** When a rule applies, as data: all that is said must hold. */
export type RuleCondition = z.input<typeof conditionSchema>

export interface BrainRule {
  /** For messages. */
  readonly name?: string
  /** Default: always. */
  readonly when?: RuleCondition | ((request: BrainRequest) => boolean)
  readonly decide: Decision | ((request: BrainRequest) => Decision)
}

/**
 * A brain that decides by the first rule that matches. It rejects with `NO_DECISION` when none does, and throws
 * `OPTIONS_INVALID`, with the path of the field, for rules that can't be read.
 *
 * @example
 * ```ts
 * import { fromRules } from 'roscius/actors'
 *
 * const desk = fromRules([
 *   { when: { observed: 'person' }, decide: ({ observations }) => ({
 *     event: { type: 'FINISH', output: observations.at(-1)?.text },
 *     reason: 'somebody knew',
 *   }) },
 *   { decide: { event: { type: 'ASK_PERSON', question: 'What time is it?' }, reason: 'there is no clock' } },
 * ])
 * console.log(typeof desk.decide)
 * ```
 */
export function fromRules(rules: readonly BrainRule[]): DefinedBrain {
  const read = z.array(ruleSchema).min(1).safeParse(rules)
  if (!read.success) throw invalidRules(read.error)
  return defineBrain(async (request) => {
    for (const rule of rules) {
      if (!applies(rule.when, request)) continue
      const decision = typeof rule.decide === 'function' ? rule.decide(request) : rule.decide
      if (isOpen(decision, request)) return decision
    }
    throw brainError('NO_DECISION', 'No rule decides here: add one without a condition at the end.', {
      state: request.state,
      turn: request.turn,
    })
  })
}

function applies(when: BrainRule['when'], request: BrainRequest): boolean {
  if (when === undefined) return true
  if (typeof when === 'function') return when(request)
  const { turn, legal, observed, says, goal } = when
  const newest = request.observations.at(-1)
  return (
    (turn === undefined || request.turn === turn) &&
    (legal === undefined || request.legal.some(({ type }) => type === legal)) &&
    (observed === undefined || observed === (newest?.kind ?? 'none')) &&
    (says === undefined || contains(newest?.text ?? '', says)) &&
    (goal === undefined || contains(request.goal, goal))
  )
}

function contains(text: string, part: string): boolean {
  return text.toLowerCase().includes(part.toLowerCase())
}

function isOpen({ event }: Decision, { legal, refused = [] }: BrainRequest): boolean {
  const isLegal = legal.some(({ type }) => type === event.type)
  const same = canonical(event)
  return isLegal && !refused.some(({ decision }) => canonical((decision as Partial<Decision>)?.event) === same)
}

function invalidRules(error: z.ZodError): Error {
  const issue = error.issues[0]!
  const field = ['rules', ...issue.path].map(String).join('.')
  return brainError('OPTIONS_INVALID', `fromRules: ${field}: ${issue.message}`, { field })
}
