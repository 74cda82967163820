/**
 * What a machine says to the check, in `meta.roscius` of its states and transitions.
 *
 * 1. What can't be read is a finding, and counts for nothing; only danger counts in any case.
 */
import { z } from 'zod'
import { type StateNode, statesOf, type Transition } from './chart.js'
import { type CheckNames, firstProblem, namesSchema, reasonSchema, suppressionSchema } from './check-options.js'

const stateSchema = z
  .strictObject({
    danger: z.boolean().optional(),
    waits: z.literal('forever').optional(),
    reason: reasonSchema.optional(),
    suppress: z.array(suppressionSchema).optional(),
    check: namesSchema.optional(),
  })
  .refine(({ waits, reason }) => waits === undefined || reason !== undefined, {
    path: ['reason'],
    message: "waits: 'forever' needs a reason",
  })

const transitionSchema = z.strictObject({ approval: z.boolean().optional(), danger: z.boolean().optional() })

export type StateDeclaration = z.infer<typeof stateSchema>
export type TransitionDeclaration = z.infer<typeof transitionSchema>

export interface DeclarationProblem {
  readonly state: StateNode
  readonly field: string
  readonly problem: string
}

export interface Declarations {
  readonly names: CheckNames
  readonly of: (state: StateNode) => StateDeclaration
  readonly ofTransition: (transition: Transition) => TransitionDeclaration
  readonly problems: readonly DeclarationProblem[]
}

/** Reads every declaration of a machine. */
export function declarationsOf(root: StateNode): Declarations {
  const problems: DeclarationProblem[] = []
  const states = new Map<StateNode, StateDeclaration>()
  const transitions = new Map<Transition, TransitionDeclaration>()
  for (const state of statesOf(root)) {
    const where = { state, at: 'meta.roscius', problems }
    states.set(state, read(stateSchema, state.meta, where))
    for (const transition of transitionsOf(state)) {
      const at = `${transition.eventType === '' ? 'always' : transition.eventType}: meta.roscius`
      transitions.set(transition, read(transitionSchema, transition.meta, { ...where, at }))
    }
    if (state !== root && states.get(state)?.check !== undefined)
      problems.push({ state, field: 'meta.roscius.check', problem: 'belongs to the root of the machine' })
  }
  return {
    names: states.get(root)?.check ?? {},
    of: (state) => states.get(state) ?? {},
    ofTransition: (transition) => transitions.get(transition) ?? {},
    problems,
  }
}

export function transitionsOf(state: StateNode): Transition[] {
  return [...(state.always ?? []), ...[...state.transitions.values()].flat()]
}

interface Place {
  readonly state: StateNode
  readonly at: string
  readonly problems: DeclarationProblem[]
}

function read<T extends object>(schema: z.ZodType<T>, meta: unknown, { state, at, problems }: Place): Partial<T> {
  const declared = fieldOf(meta, 'roscius')
  if (declared === undefined) return {}
  const result = schema.safeParse(declared)
  if (result.success) return result.data
  const { field, problem } = firstProblem(result.error)
  problems.push({ state, field: [at, field].filter((part) => part !== '').join('.'), problem })
  const danger = fieldOf(declared, 'danger')
  return danger === undefined || danger === false ? {} : ({ danger: true } as Partial<T> & { danger: true })
}

function fieldOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined
}
