/** What came of an agent's task, and what one usually wants of it. */
import type { z } from 'zod'
import type { AgentOutput } from '../../../machines/agent/context.js'
import type { System } from '../../create-system.js'
import type { BudgetLine } from '../../governance/ledger/budget-view.js'
import type { Simulation } from '../simulation/society.js'
import type { Criterion } from './run-scenario.js'

export interface AgentOutcome {
  /** How it ended, with what it has used. */
  readonly result: AgentOutput
  /** Names of the tools that it called, once for each attempt, in order, as far as they are tools of the simulation. */
  readonly called: readonly string[]
  /** Of the nearest account that covers it; empty without a budget. */
  readonly budget: readonly BudgetLine[]
}

/**
 * Waits until the agent at `path` has ended.
 *
 * @example
 * ```ts
 * import type { System } from 'roscius'
 * import { agentOutcome, type Simulation } from 'roscius/testing'
 *
 * export async function drive(system: System, simulation: Simulation) {
 *   await system.spawn('agent', { id: 'a' })
 *   return agentOutcome(system, simulation, 'a')
 * }
 * ```
 */
export async function agentOutcome(system: System, simulation: Simulation, path: string): Promise<AgentOutcome> {
  const result = (await system.actor('', path).result()) as AgentOutput
  const calls = simulation.calls.filter((call) => call.kind === 'tool' && call.what === 'asked' && call.path === path)
  return { result, called: calls.map(({ name }) => name), budget: system.budget(path)?.lines ?? [] }
}

/**
 * Criteria for an `agentOutcome`; each says why it does not hold.
 *
 * @example
 * ```ts
 * import { agentCriteria } from 'roscius/testing'
 * import { z } from 'zod'
 *
 * export const criteria = {
 *   done: agentCriteria.endsAs('done'),
 *   'a list of names': agentCriteria.gives(z.array(z.string())),
 *   careful: agentCriteria.neverCalls('erase', 'pay'),
 *   quick: agentCriteria.turnsAtMost(6),
 *   cheap: agentCriteria.spendsAtMost('tokens', 20_000),
 * }
 * ```
 */
export const agentCriteria = {
  endsAs:
    (status: AgentOutput['status']): Criterion<AgentOutcome> =>
    ({ result }) =>
      result.status === status || `it ended as ${result.status}`,
  /** Its output is as the schema says. */
  gives:
    (schema: z.ZodType): Criterion<AgentOutcome> =>
    ({ result }) => {
      if (result.status !== 'done') return `it ended as ${result.status}`
      const { error } = schema.safeParse(result.output)
      return error === undefined || `${error.issues[0]?.path.join('.')}: ${error.issues[0]?.message}`
    },
  neverCalls:
    (...tools: readonly string[]): Criterion<AgentOutcome> =>
    ({ called }) => {
      const forbidden = called.filter((tool) => tools.includes(tool))
      return forbidden.length === 0 || `it called ${forbidden.join(', ')}`
    },
  turnsAtMost:
    (turns: number): Criterion<AgentOutcome> =>
    ({ result }) =>
      result.used.turns <= turns || `it took ${result.used.turns} turns`,
  /** Of its account in the ledger, or of the nearest above. */
  spendsAtMost:
    (dimension: BudgetLine['dimension'], most: number): Criterion<AgentOutcome> =>
    ({ budget }) => {
      const settled = budget.find((line) => line.dimension === dimension)?.settled ?? 0
      return settled <= most || `it spent ${settled}`
    },
} as const
