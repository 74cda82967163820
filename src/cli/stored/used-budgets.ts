/** How much of each account is used, in the dimension of which most is. Pure. */
import type { ActorRow } from '../../control/protocol/actors.js'
import type { ToldBudget } from '../../control/protocol/lists.js'

type Used = NonNullable<ActorRow['budget']>

/** Of accounts and all below them; one that limits nothing has none. */
export function usedByPath(
  budgets: readonly ToldBudget[],
  found: Map<string, Used> = new Map(),
): ReadonlyMap<string, Used> {
  for (const budget of budgets) {
    const [most] = usesOf(budget).sort((a, b) => b.used - a.used)
    if (most !== undefined) found.set(budget.path, most)
    usedByPath(budget.below, found)
  }
  return found
}

function usesOf({ lines, wall }: ToldBudget): Used[] {
  const limited = lines.flatMap(({ dimension, limit, settled, open }) =>
    limit === undefined ? [] : [{ dimension, used: share(settled + open, limit) }],
  )
  return wall.limitMs === undefined
    ? limited
    : [...limited, { dimension: 'wallMs', used: share(wall.usedMs, wall.limitMs) }]
}

/** To a thousandth, as the system says it. */
function share(used: number, limit: number): number {
  return limit <= 0 ? 1 : Math.floor((used / limit) * 1_000) / 1_000
}

/** The account of an actor itself. */
export function accountOf(budgets: readonly ToldBudget[], path: string): ToldBudget | undefined {
  for (const budget of budgets) {
    if (budget.path === path) return budget
    if (path.startsWith(`${budget.path}/`)) return accountOf(budget.below, path)
  }
  return undefined
}
