/** The names that a check goes by: what counts as a bound, as an approval, as danger. Read by zod at both doors. */
import { z } from 'zod'
import { RosciusError } from '../core/errors.js'
import { SUPPRESSIBLE } from './findings.js'

const names = z.array(z.string().min(1))

export const namesSchema = z.strictObject({
  boundingGuards: names.optional(),
  approvalEvents: names.optional(),
  approvalGuards: names.optional(),
  dangerActions: names.optional(),
  dangerActors: names.optional(),
})

export const reasonSchema = z.string().refine((text) => text.trim() !== '', 'needs a text: say why')
export const suppressionSchema = z.strictObject({ rule: z.enum(SUPPRESSIBLE), reason: reasonSchema })

const optionsSchema = z.strictObject({
  ...namesSchema.shape,
  suppress: z.array(suppressionSchema.extend({ state: z.string().min(1) })).optional(),
})

/** What a check goes by; all names are added to the defaults and to those of the machine's own `meta.roscius.check`. */
export interface CheckOptions {
  /** Guards that bound how often something is done. Default: `withinTurns`, `withinBudget`, `withinDepth`, `withinDeadline`, `notLooping`. */
  readonly boundingGuards?: readonly string[]
  /** Events that grant an approval; a `*` at the end stands for any ending. Default: `APPROVE` and `approved*`. */
  readonly approvalEvents?: readonly string[]
  /** Guards that hold only if there is an approval. Default: `approved`. */
  readonly approvalGuards?: readonly string[]
  /** Names of actions that are dangerous. Default: none. */
  readonly dangerActions?: readonly string[]
  /** Names of actor logic that is dangerous to invoke or spawn. Default: none. */
  readonly dangerActors?: readonly string[]
  /** Findings that are known, of machines that can't say so themselves: the state's path, the rule, and why. */
  readonly suppress?: readonly {
    readonly rule: (typeof SUPPRESSIBLE)[number]
    readonly state: string
    readonly reason: string
  }[]
}

export type CheckNames = z.infer<typeof namesSchema>

const DEFAULTS: Required<CheckNames> = {
  boundingGuards: ['withinTurns', 'withinBudget', 'withinDepth', 'withinDeadline', 'notLooping'],
  approvalEvents: ['APPROVE', 'approved*'],
  approvalGuards: ['approved'],
  dangerActions: [],
  dangerActors: [],
}

/** `options` as they are meant. Throws `OPTIONS_INVALID`, with the path of the field. */
export function readOptions(options: CheckOptions): CheckOptions {
  const result = optionsSchema.safeParse(options)
  if (result.success) return result.data
  const { field, problem } = firstProblem(result.error)
  throw new RosciusError('OPTIONS_INVALID', `checkMachine: ${field}: ${problem}`, { details: { field } })
}

export function firstProblem(error: z.ZodError): { readonly field: string; readonly problem: string } {
  const issue = error.issues[0]!
  const unknown = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined
  const path = [...issue.path, ...(unknown === undefined ? [] : [unknown])]
  return { field: path.map(String).join('.'), problem: unknown === undefined ? issue.message : 'is not a setting' }
}

/** All names that count, as sets. */
export interface KnownNames {
  readonly boundingGuards: ReadonlySet<string>
  readonly approvalEvents: readonly string[]
  readonly approvalGuards: ReadonlySet<string>
  readonly dangerActions: ReadonlySet<string>
  readonly dangerActors: ReadonlySet<string>
}

export function knownNames(...given: readonly (CheckNames | CheckOptions)[]): KnownNames {
  const all = (key: keyof CheckNames): string[] => [DEFAULTS, ...given].flatMap((each) => each[key] ?? [])
  return {
    boundingGuards: new Set(all('boundingGuards')),
    approvalEvents: all('approvalEvents'),
    approvalGuards: new Set(all('approvalGuards')),
    dangerActions: new Set(all('dangerActions')),
    dangerActors: new Set(all('dangerActors')),
  }
}
