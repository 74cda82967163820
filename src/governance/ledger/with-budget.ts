import { type Budget, readBudget } from './budget.js'

/** Options of any spawn that open an account. */
export interface BudgetOption {
  readonly 'extra:budget': Budget
}

/**
 * Limits what an actor and all below it may spend: goes into the options of `system.spawn`, `spawnActor`, `startChild`, or a
 * child spec. The limits of the accounts above bind it as well, and nobody below can raise them. Throws `OPTIONS_INVALID`.
 *
 * @example
 * ```ts
 * import { createSystem, memoryStore, withBudget } from 'roscius'
 * import { createMachine } from 'xstate'
 *
 * const agent = createMachine({})
 * await using system = await createSystem({ name: 'desk', store: memoryStore(), logic: { agent } })
 * await system.spawn('agent', { id: 'a', ...withBudget({ tokens: 50_000, costUsd: 2 }) })
 * ```
 */
export function withBudget(budget: Budget): BudgetOption {
  readBudget(budget)
  return { 'extra:budget': budget }
}
