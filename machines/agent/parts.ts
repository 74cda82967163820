/**
 * Parts of the agent for statecharts of your own: what bounds a loop, as guards and as functions for `assign`.
 *
 * Boundary: they need no more of a context than they read: `limits` and `used` for most, `seen` for repetition, `depth`.
 */
import { usageSchema } from '../brain.js'
import { readOptions } from '../options-invalid.js'
import { callKey } from './decisions.js'
import {
  isCommand,
  isOverBudget,
  isUnclear,
  notLooping,
  withinBudget,
  withinDepth,
  withinToolCalls,
  withinTurns,
} from './guards.js'
import { type AgentLimitsInput, agentLimitsSchema, type Limited, NOTHING_USED, withUsage } from './limits.js'
import { fingerprint, forgetCounts, type SeenCall, withCall } from './repetition.js'

/** The part of a context that the guards and updates read. */
export interface Bounded extends Limited {
  readonly seen: readonly SeenCall[]
  /** How deep below the first agent it is. */
  readonly depth: number
}

interface Of<TContext> {
  readonly context: TContext
  readonly event: { readonly type: string }
}

/**
 * Guards by name for `setup({ guards })`. `withinDeadline` is not among them: it is a state, with an `after`, that `stateIn`
 * asks about.
 */
export const agentGuards = {
  withinTurns,
  withinBudget,
  withinToolCalls,
  withinDepth,
  notLooping,
  isCommand,
  isOverBudget,
  isUnclear,
}

/** What changes in a context: `assign((args) => agentUpdates.countTurn(args))`. */
export const agentUpdates = {
  countTurn: ({ context: { used } }: Of<Limited>) => ({ used: { ...used, turns: used.turns + 1 } }),
  countToolCall: ({ context: { used } }: Of<Limited>) => ({ used: { ...used, toolCalls: used.toolCalls + 1 } }),
  countDelegation: ({ context: { used } }: Of<Limited>) => ({ used: { ...used, delegations: used.delegations + 1 } }),
  /** A model was asked, and this is what it says that cost; what can't be read costs nothing here. */
  countUsage: ({ context: { used } }: Of<Limited>, usage: unknown) => ({
    used: { ...withUsage(used, usageSchema.safeParse(usage).data), modelCalls: used.modelCalls + 1 },
  }),
  /** A decision was carried out, with this result: what `notLooping` goes by. */
  noteResult: ({ context: { seen } }: Of<Bounded>, decision: { readonly type: string }, result: unknown) => {
    const key = callKey(decision)
    return { seen: key === undefined ? [...seen] : withCall(seen, key, fingerprint(result)) }
  },
  /** There is something new to know: what was done before may be worth doing again. */
  noteNews: ({ context: { seen } }: Of<Bounded>) => ({ seen: forgetCounts(seen) }),
}

/**
 * What a bounded context begins with. Throws `OPTIONS_INVALID`, with the path of the field.
 *
 * @example
 * ```ts
 * import { agentGuards, agentUpdates, type Bounded, bounded } from 'roscius/machines'
 * import { assign, setup } from 'xstate'
 *
 * const researcher = setup({
 *   types: { context: {} as Bounded & { findings: string[] } },
 *   guards: { withinTurns: agentGuards.withinTurns },
 *   actions: { countTurn: assign((args) => agentUpdates.countTurn(args)) },
 * }).createMachine({
 *   context: { ...bounded({ turns: 5 }), findings: [] },
 *   initial: 'reading',
 *   states: {
 *     reading: { always: [{ guard: 'withinTurns', target: 'writing', actions: 'countTurn' }, { target: 'finished' }] },
 *     writing: { after: { 1000: 'reading' } },
 *     finished: { type: 'final' },
 *   },
 * })
 * console.log(researcher.id)
 * ```
 */
export function bounded(limits: AgentLimitsInput = {}, { depth = 0 }: { readonly depth?: number } = {}): Bounded {
  return { limits: readOptions('bounded', agentLimitsSchema, limits), used: NOTHING_USED, seen: [], depth }
}
