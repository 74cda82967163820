/** The actors of a running system. It looks at itself from the moment it is asked: what takes a while to see is added here. */
import type { ControlClient } from '../../control/client/control-client.js'
import type { ActorPage, ActorQuery, ActorRow } from '../../control/protocol/actors.js'
import type { ToldBudget } from '../../control/protocol/lists.js'
import type { ActorSource } from '../sources/actor-source.js'
import { usedByPath } from '../stored/used-budgets.js'

const MOST = 10_000

export function runningSource(system: ControlClient): ActorSource {
  return {
    from: 'system',
    actors: (query) => actorsOf(system, query),
    actor: async (path) => {
      const [actor, budgets] = [await system.actor({ path }), await budgetsOf(system)]
      return { ...actor, row: withBudget(actor.row, usedByPath(budgets)) }
    },
    value: (query) => system.value(query),
    journal: (query) => system.journal(query),
    explanation: (query) => system.explanation(query),
    deadLetters: (query) => system.deadLetters(query),
    budgets: () => budgetsOf(system),
  }
}

async function budgetsOf(system: ControlClient): Promise<ToldBudget[]> {
  return (await system.budgets()).budgets
}

async function actorsOf(system: ControlClient, query: ActorQuery): Promise<ActorPage> {
  const used = usedByPath(await budgetsOf(system))
  const { trouble, sort, offset, limit } = query
  const asked = { ...query, trouble: trouble === undefined ? undefined : String(trouble) }
  if (sort !== 'budget') {
    const page = await system.actors(asked)
    return { ...page, rows: page.rows.map((row) => withBudget(row, used)) }
  }
  // The system may not know yet who has a budget.
  const page = await system.actors({ ...asked, sort: 'path', offset: 0, limit: MOST })
  const rows = page.rows.map((row) => withBudget(row, used)).sort((a, b) => shareOf(b) - shareOf(a))
  return { ...page, rows: rows.slice(offset, offset + limit) }
}

const shareOf = ({ budget }: ActorRow): number => budget?.used ?? -1

function withBudget(row: ActorRow, used: ReadonlyMap<string, ActorRow['budget']>): ActorRow {
  const budget = used.get(row.path)
  return budget === undefined ? row : { ...row, budget }
}
