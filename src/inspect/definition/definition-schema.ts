/** Definitions that were written down: `roscius viz --format json` writes them, `roscius diff` compares with them. */
import { z } from 'zod'
import type { GuardStructure } from '../../runtime/guard-structure.js'
import type { DefinedAction, DefinedGuard, MachineDefinition, StateDefinition } from './machine-definition.js'

const texts = z.array(z.string()).readonly()

const guardStructure: z.ZodType<GuardStructure> = z.lazy(() =>
  z.discriminatedUnion('kind', [
    z.object({
      kind: z.literal('named'),
      name: z.string(),
      params: z.unknown().optional(),
      means: guardStructure.optional(),
    }),
    z.object({ kind: z.literal('inline'), name: z.string() }),
    z.object({ kind: z.enum(['and', 'or', 'not']), guards: z.array(guardStructure) }),
    z.object({ kind: z.literal('stateIn'), state: z.unknown() }),
  ]),
)

const guard: z.ZodType<DefinedGuard> = z.object({ text: z.string(), structure: guardStructure })

const actions: z.ZodType<readonly DefinedAction[]> = z.array(
  z.object({ type: z.string(), text: z.string(), params: z.unknown().optional() }),
)

const transition = z.object({
  id: z.string(),
  source: z.string(),
  targets: texts,
  kind: z.enum(['event', 'always', 'after', 'done', 'actorDone', 'actorError', 'actorSnapshot']),
  descriptor: z.string(),
  event: z.string(),
  delay: z.union([z.number(), z.string()]).optional(),
  delayMs: z.number().optional(),
  guard: guard.optional(),
  actions,
  reenter: z.boolean(),
  description: z.string().optional(),
  meta: z.unknown().optional(),
})

const state: z.ZodType<StateDefinition> = z.lazy(() =>
  z.object({
    id: z.string(),
    key: z.string(),
    path: texts,
    type: z.enum(['atomic', 'compound', 'parallel', 'final', 'history']),
    description: z.string().optional(),
    tags: texts,
    meta: z.unknown().optional(),
    initial: z.object({ target: z.string(), actions }).optional(),
    history: z.enum(['shallow', 'deep']).optional(),
    historyTargets: texts.optional(),
    entry: actions,
    exit: actions,
    invokes: z.array(
      z.object({
        id: z.string(),
        src: z.string(),
        text: z.string(),
        input: z.unknown().optional(),
        systemId: z.string().optional(),
      }),
    ),
    output: z.unknown().optional(),
    transitions: z.array(transition),
    states: z.array(state),
  }),
)

/** With what is written beside it: `structure` is the machine's `structureHash`, by which stored actors are found. */
export const writtenDefinition: z.ZodType<MachineDefinition & { readonly structure?: string }> = z.object({
  id: z.string(),
  version: z.string().optional(),
  structure: z.string().optional(),
  root: state,
})
