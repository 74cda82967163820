/**
 * Policies as data: what they look like, and the door through which they come in.
 *
 * A policy is plain JSON, so that it can be stored, shown, compared and audited; whatever is in it can be evaluated in
 * bounded time. What is wrong with one is said with the path of the field.
 */
import { z } from 'zod'
import { RosciusError } from '../../core/errors.js'
import { parseArgumentPath } from './argument-path.js'
import { compilePattern } from './pattern.js'
import { APPROVAL_LEVELS, OWN_RULES, POLICY_EFFECTS, type Policy, type PolicyInput, RISKS } from './policy.js'
import { firstProblem } from './problem.js'
import { isScope } from './scopes.js'

const MAX_LIST = 100
const text = z.string().trim().min(1).max(500)

/** One or several of them. */
const listOf = <T extends z.ZodType>(item: T): z.ZodType<z.output<T>[] | undefined> =>
  z.preprocess(
    (value) => (value === undefined || Array.isArray(value) ? value : [value]),
    z.array(item).min(1).max(MAX_LIST).optional(),
  )

const scope = z.custom<string>(isScope, 'must be a scope such as read:files')

const argument = z
  .strictObject({
    at: z.string().max(200).superRefine(said(parseArgumentPath)),
    matches: z
      .string()
      .max(500)
      .superRefine(said((source) => compilePattern(source)))
      .optional(),
    ignoreCase: z.boolean().optional(),
    oneOf: z
      .array(z.union([z.string(), z.number(), z.boolean(), z.null()]))
      .min(1)
      .max(1_000)
      .optional(),
    above: z.number().optional(),
  })
  .refine(
    ({ matches, oneOf, above }) => [matches, oneOf, above].filter((one) => one !== undefined).length === 1,
    'needs exactly one of matches, oneOf and above',
  )
  .refine(({ matches, ignoreCase }) => ignoreCase === undefined || matches !== undefined, {
    path: ['ignoreCase'],
    message: 'goes with matches only',
  })

const rule = z
  .strictObject({
    id: text.refine((id) => !OWN_RULES.some((own) => own === id), 'is a name of the policy itself'),
    when: z.strictObject({
      tool: listOf(text),
      risk: listOf(z.enum(RISKS)),
      scope: listOf(scope),
      path: listOf(text),
      costUsdAbove: z.number().min(0).optional(),
      argument: listOf(argument),
    }),
    effect: z.enum(POLICY_EFFECTS),
    level: z.enum(APPROVAL_LEVELS).optional(),
    reason: text,
  })
  .refine(({ effect, level }) => level === undefined || effect === 'requireApproval', {
    path: ['level'],
    message: 'goes with requireApproval only',
  })
  .transform((read) => ({ ...read, level: read.level ?? ('action' as const) }))

const policySchema = z.strictObject({
  name: text,
  version: text,
  rules: z.array(rule).max(1_000).superRefine(uniqueIds).default([]),
  default: z.enum(POLICY_EFFECTS).default('deny'),
  allowedTools: z.array(text).max(1_000).optional(),
  maxTokensPerWorkflow: z.number().int().min(0).optional(),
  humanInTheLoop: z.enum(RISKS).optional(),
})

/** Refuses what `parse` throws at, with its words. */
function said(parse: (source: string) => unknown) {
  return (source: string, context: z.RefinementCtx): void => {
    try {
      parse(source)
    } catch (error) {
      context.addIssue({ code: 'custom', message: (error as SyntaxError).message })
    }
  }
}

function uniqueIds(rules: readonly { readonly id: string }[], context: z.RefinementCtx): void {
  for (const [index, { id }] of rules.entries())
    if (rules.findIndex((other) => other.id === id) < index)
      context.addIssue({ code: 'custom', path: [index, 'id'], message: `there is another rule "${id}"` })
}

/**
 * The policy that `policy` describes, complete. Throws `OPTIONS_INVALID` with the path of the field, in the message and as
 * `details.field`.
 *
 * @example
 * ```ts
 * import { definePolicy } from 'roscius'
 *
 * const policy = definePolicy({
 *   name: 'reporting',
 *   version: '1',
 *   rules: [
 *     { id: 'reads', when: { risk: 'read' }, effect: 'allow', reason: 'Reading is free.' },
 *     {
 *       id: 'own-report',
 *       when: { tool: 'writeFile', argument: { at: '$.path', matches: '^report/[a-z]+\\.md$' } },
 *       effect: 'requireApproval',
 *       reason: 'Reports go to customers.',
 *     },
 *   ],
 * })
 * ```
 */
export function definePolicy(policy: PolicyInput): Policy {
  const result = policySchema.safeParse(policy)
  if (result.success) return result.data
  const { field, problem } = firstProblem(result.error)
  throw new RosciusError('OPTIONS_INVALID', `definePolicy: ${field}: ${problem}`, { details: { field } })
}

/** What a system goes by that was given no policy: everything is allowed but what is dangerous, which a person approves. */
export const defaultPolicy: Policy = definePolicy({
  name: 'default',
  version: '1',
  default: 'allow',
  humanInTheLoop: 'danger',
})
