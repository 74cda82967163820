/** What `supervisor({...})` takes, checked at the door. */
import { z } from 'zod'
import {
  type ChildSpec,
  type ChildTemplate,
  childSchema,
  classifySchema,
  type Directives,
  directivesSchema,
  intensitySchema,
  type ReadChildSpec,
  type ReadChildTemplate,
  readChildSpec,
  templateSchema,
} from './child-spec.js'
import type { Classify } from './failure-class.js'
import { readWith, refusal } from './refusal.js'
import type { Intensity } from './restart-window.js'
import { STRATEGIES, type Strategy } from './strategy.js'

/** Whether a supervisor ends when significant children have ended on their own: never, with the first, with the last. */
export type AutoShutdown = 'never' | 'anySignificant' | 'allSignificant'

export interface SupervisorOptions {
  /** Default `oneForOne`. */
  readonly strategy?: Strategy
  /** Default 3 restarts in 5 000 ms: of one child for `oneForOne`, of all of them together otherwise. */
  readonly intensity?: Partial<Intensity>
  /** Default `never`. */
  readonly autoShutdown?: AutoShutdown
  /** Started in this order, stopped in reverse. Default none. */
  readonly children?: readonly ChildSpec[]
  /** For many children of one kind: `startChild` then takes `{ id, input }`. */
  readonly template?: ChildTemplate
  /** Asked before the built-in failure classes. */
  readonly classify?: Classify
  /** What to do by failure class, for children that don't say. Default `DEFAULT_DIRECTIVES`. */
  readonly directives?: Directives
}

/** The options with their defaults. */
export interface ReadSupervisorOptions {
  readonly strategy: Strategy
  readonly intensity: Intensity
  readonly autoShutdown: AutoShutdown
  readonly children: readonly ReadChildSpec[]
  readonly template?: ReadChildTemplate
  readonly classify?: Classify
  readonly directives: Directives
}

export const DEFAULT_STRATEGY: Strategy = 'oneForOne'
export const DEFAULT_AUTO_SHUTDOWN: AutoShutdown = 'never'

const schema = z
  .strictObject({
    strategy: z.enum(STRATEGIES).default(DEFAULT_STRATEGY),
    intensity: intensitySchema.prefault({}),
    autoShutdown: z.enum(['never', 'anySignificant', 'allSignificant']).default(DEFAULT_AUTO_SHUTDOWN),
    children: z.array(childSchema).default([]),
    template: templateSchema.optional(),
    classify: classifySchema.optional(),
    directives: directivesSchema.default({}),
  })
  .superRefine(refuseTwins)
  .superRefine(refuseVainSignificance)

/** The options of `supervisor` with their defaults. Throws `OPTIONS_INVALID` with the path of the field. */
export function readSupervisorOptions(options: unknown): ReadSupervisorOptions {
  return readWith(schema, options, 'supervisor')
}

const NEW_CHILD = 'startChild'

/**
 * What `startChild` was given, with what the template says beside it. A field that is `undefined` is not given. Throws
 * `OPTIONS_INVALID` with the path of the field.
 */
export function readNewChild(given: unknown, { template, autoShutdown }: ReadSupervisorOptions): ReadChildSpec {
  const spec = readChildSpec({ ...template, ...givenFields(given) }, NEW_CHILD)
  if (spec.significant && autoShutdown === 'never') throw refusal(`${NEW_CHILD}.significant`, VAIN)
  return spec
}

/** The fields of a new child's spec. Throws `OPTIONS_INVALID` if there is none. */
export function givenFields(given: unknown): Readonly<Record<string, unknown>> {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw refusal(NEW_CHILD, 'needs a child spec: an object with an id, and all that the template does not say')
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
}

function refuseTwins({ children }: { readonly children: readonly ReadChildSpec[] }, { addIssue }: Refine): void {
  const seen = new Set<string>()
  for (const [index, { id }] of children.entries()) {
    if (seen.has(id)) addIssue({ code: 'custom', path: ['children', index, 'id'], message: `"${id}" is used twice` })
    seen.add(id)
  }
}

const VAIN = 'needs autoShutdown "anySignificant" or "allSignificant"'

/** OTP refuses the combination as well: a child that is marked for nothing was meant for something. */
function refuseVainSignificance(options: ReadSupervisorOptions, { addIssue }: Refine): void {
  if (options.autoShutdown !== 'never') return
  const marked = options.children.findIndex(({ significant }) => significant)
  const path = marked >= 0 ? ['children', marked, 'significant'] : ['template', 'significant']
  if (marked >= 0 || options.template?.significant) addIssue({ code: 'custom', path, message: VAIN })
}

interface Refine {
  readonly addIssue: (issue: {
    readonly code: 'custom'
    readonly path: PropertyKey[]
    readonly message: string
  }) => void
}
