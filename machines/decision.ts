/**
 * One decision, as a sub-machine for statecharts of your own: it asks a brain, refuses what is not legal and asks again with the
 * reason, waits and tries again when the brain fails, and is done with a decision or with why there is none.
 *
 * Boundary: it carries nothing out. Raise `output.decision.event` in the state that asked.
 */
import { assign, enqueueActions, type PromiseActorLogic, setup } from 'xstate'
import type { z } from 'zod'
import { type ToldError, told } from './agent/failure.js'
import * as guards from './agent/guards.js'
import { agentLimitsSchema, backoffMs } from './agent/limits.js'
import type { Brain, BrainRequest, Decision, Refusal } from './brain.js'
import { judgeDecision } from './judge-decision.js'
import type { EventSchemas } from './legal-events.js'
import { readOptions } from './options-invalid.js'

/** Those limits of an agent that are about one decision, with the same defaults. */
export const decisionLimitsSchema = agentLimitsSchema.pick({
  refusals: true,
  retries: true,
  backoffMs: true,
  maxBackoffMs: true,
  brainMs: true,
})

export type DecisionOutput =
  | { readonly status: 'decided'; readonly decision: Decision; readonly asked: number }
  | {
      readonly status: 'undecided'
      readonly why: 'refused' | 'failed' | 'budget' | 'timeout'
      readonly error?: ToldError
      readonly refused: readonly Refusal[]
      readonly asked: number
    }

/** What a decision machine knows. */
export interface DecisionContext {
  readonly request: BrainRequest
  readonly refused: readonly Refusal[]
  readonly failures: number
  readonly asked: number
  readonly decision?: Decision
  readonly why?: 'refused' | 'failed' | 'budget' | 'timeout'
  readonly error?: ToldError
}

export interface DecisionOptions {
  readonly brain: Brain | PromiseActorLogic<Decision, BrainRequest>
  /** Of the events that can be decided. */
  readonly schemas: EventSchemas
  /** As those of an agent: `refusals` (3), `retries` (4), `backoffMs` (1 000), `maxBackoffMs` (60 000), `brainMs` (120 000). */
  readonly limits?: z.input<typeof decisionLimitsSchema>
}

/**
 * The machine of one decision; its input is the request. Throws `OPTIONS_INVALID`.
 *
 * @example
 * ```ts
 * import { createDecisionMachine } from 'roscius/machines'
 * import { fromRules } from 'roscius/actors'
 * import { z } from 'zod'
 *
 * const decide = createDecisionMachine({
 *   brain: fromRules([{ decide: { event: { type: 'OPEN' }, reason: 'it is hot' } }]),
 *   schemas: { OPEN: { schema: z.object({ type: z.literal('OPEN') }) } },
 * })
 * console.log(decide.id)
 * ```
 */
export function createDecisionMachine({ brain, schemas, limits: given = {} }: DecisionOptions) {
  const limits = readOptions('createDecisionMachine', decisionLimitsSchema, given)
  const judge = ({ request }: DecisionContext, event: object) =>
    judgeDecision(Reflect.get(event, 'output'), { legal: request.legal, schemas })
  const errorOf = (event: object): unknown => Reflect.get(event, 'error')
  return setup({
    types: {} as { context: DecisionContext; input: BrainRequest; output: DecisionOutput },
    actors: { brain: brain as PromiseActorLogic<Decision, BrainRequest> },
    delays: {
      brainTimeout: limits.brainMs,
      backoff: ({ context }) => backoffMs(limits, context.failures),
    },
    guards: {
      isLegal: ({ context, event }) => judge(context, event).isLegal,
      mayAskAgain: ({ context: { refused } }) => guards.mayAskAgain({ context: { limits, refused } }),
      mayRetry: ({ context: { failures }, event }) => guards.mayRetry({ context: { limits, failures }, event }),
      isOverBudget: guards.isOverBudget,
    },
    actions: {
      countAsking: assign({ asked: ({ context }) => context.asked + 1 }),
      countFailure: assign({ failures: ({ context }) => context.failures + 1 }),
      noteDecision: enqueueActions(({ context, event, enqueue }) => {
        const judged = judge(context, event)
        if (judged.isLegal) enqueue.assign({ decision: judged.decision })
      }),
      noteRefusal: assign(({ context, event }) => {
        const judged = judge(context, event)
        if (judged.isLegal) return {}
        return { refused: [...context.refused, { decision: Reflect.get(event, 'output'), reason: judged.reason }] }
      }),
      noteRefused: assign({ why: 'refused' }),
      noteFailed: assign(({ event }) => ({ why: 'failed' as const, error: told(errorOf(event)) })),
      noteBudget: assign(({ event }) => ({ why: 'budget' as const, error: told(errorOf(event)) })),
      noteTimeout: assign({ why: 'timeout' }),
    },
  }).createMachine({
    id: 'decision',
    context: ({ input }) => ({ request: input, refused: [], failures: 0, asked: 0 }),
    initial: 'asking',
    meta: { roscius: { check: { boundingGuards: ['mayAskAgain', 'mayRetry'] } } },
    states: {
      asking: {
        entry: 'countAsking',
        invoke: {
          src: 'brain',
          input: ({ context: { request, refused } }) =>
            refused.length === 0 ? request : { ...request, refused: [...refused] },
          onDone: [
            { guard: 'isLegal', target: 'decided', actions: 'noteDecision' },
            { guard: 'mayAskAgain', target: 'asking', reenter: true, actions: 'noteRefusal' },
            { target: 'undecided', actions: ['noteRefusal', 'noteRefused'] },
          ],
          onError: [
            { guard: 'isOverBudget', target: 'undecided', actions: 'noteBudget' },
            { guard: 'mayRetry', target: 'backingOff', actions: 'countFailure' },
            { target: 'undecided', actions: 'noteFailed' },
          ],
        },
        after: {
          brainTimeout: [
            { guard: 'mayRetry', target: 'backingOff', actions: 'countFailure' },
            { target: 'undecided', actions: 'noteTimeout' },
          ],
        },
      },
      backingOff: { after: { backoff: 'asking' } },
      decided: { type: 'final' },
      undecided: { type: 'final' },
    },
    output: ({ context: { decision, asked, refused, why = 'failed', error } }): DecisionOutput =>
      decision !== undefined
        ? { status: 'decided', decision, asked }
        : { status: 'undecided', why, refused, asked, ...(error === undefined ? {} : { error }) },
  })
}
