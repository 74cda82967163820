/** Accounts as trees, how fast they are used, and their limits raised. */
import { type ActorPath, parentOf } from '../../core/address.js'
import type { BudgetView } from '../../governance/ledger/budget-view.js'
import { refusal } from '../../supervision/refusal.js'
import type { ToldBudget } from '../protocol/lists.js'
import { checkedPath } from './actor-of.js'
import { BurnRates } from './burn-rates.js'
import type { Answers, Desk } from './desk.js'

export function budgetAnswers(desk: Desk): Pick<Answers, 'budgets' | 'raiseBudget'> {
  const { system, clock } = desk
  const rates = new BurnRates(clock)
  return {
    budgets: async () => {
      const views = await topAccounts(desk)
      rates.see(views)
      return { budgets: views.map((view) => told(view, rates)) }
    },
    raiseBudget: async ({ path, more }) => {
      if (Object.keys(more).length === 0) throw refusal('body.more', 'must name a limit')
      await system.raiseBudget(checkedPath(path), more)
      return told(system.budget(checkedPath(path)) as BudgetView, rates)
    },
  }
}

/** Every account that has none above it. An actor below one that is known is not asked about: there may be thousands. */
export async function topAccounts({ system }: Pick<Desk, 'system'>): Promise<readonly BudgetView[]> {
  const tops = new Map<string, BudgetView>()
  for await (const { path } of system.actors()) {
    if (isCovered(path, tops)) continue
    const view = system.budget(path)
    if (view !== undefined) tops.set(view.path, view)
  }
  return [...tops.values()].filter(({ path }) => !isCovered(parentOf(path), tops))
}

function isCovered(path: ActorPath | undefined, tops: ReadonlyMap<ActorPath, unknown>): boolean {
  for (let at = path; at !== undefined; at = parentOf(at)) if (tops.has(at)) return true
  return false
}

function told(view: BudgetView, rates: BurnRates): ToldBudget {
  return {
    path: view.path,
    onExhausted: view.onExhausted,
    wall: { ...view.wall },
    lines: view.lines.map((line) => {
      const burnPerMinute = rates.of(view.path, line.dimension)
      const lastsMs = line.left === undefined || burnPerMinute <= 0 ? undefined : (line.left / burnPerMinute) * 60_000
      return { ...line, burnPerMinute, lastsMs }
    }),
    below: view.below.map((below) => told(below, rates)),
  }
}
