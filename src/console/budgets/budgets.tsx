/** What may be spent, what is, and how fast: the accounts as a tree. */
import { type ReactNode, useEffect, useMemo, useState } from 'react'
import type { ToldBudget } from '../../control/protocol/lists.js'
import { useResource } from '../api/resource.js'
import { useConsole, useIsOperator } from '../app/console-context.js'
import { usePlace } from '../app/router.js'
import { useChanges } from '../live/use-changes.js'
import { many } from '../parts/amounts.js'
import { Button } from '../parts/button.js'
import { Empty } from '../parts/empty.js'
import { ErrorPanel } from '../parts/error-panel.js'
import { Loading } from '../parts/loading.js'
import { SearchField } from '../parts/search-field.js'
import { View } from '../parts/view.js'
import { Account } from './account.js'
import './budgets.css'
import { RaiseDialog } from './raise-dialog.js'

/** Burn rates and times left go on without a change being told. */
const AGAIN_MS = 5_000

export function Budgets(): ReactNode {
  const { router } = useConsole()
  const { query } = usePlace()
  const isOperator = useIsOperator()
  const [raising, setRaising] = useState<ToldBudget>()
  const { data, problem, reload } = useResource<{ readonly budgets: readonly ToldBudget[] }>('budgets')
  useChanges(['budgets'], reload)
  useEffect(() => {
    const timer = window.setInterval(reload, AGAIN_MS)
    return () => window.clearInterval(timer)
  }, [reload])
  const path = query.get('path') ?? ''
  const shown = useMemo(() => onlyWith(data?.budgets ?? [], path.toLowerCase()), [data, path])
  return (
    <View
      title="Budgets"
      name="Budgets"
      about="An account covers its actor and all below it. Nothing is spent that does not fit into every account above."
    >
      {problem !== undefined && <ErrorPanel what="The budgets can’t be read." problem={problem} onRetry={reload} />}
      {data === undefined && problem === undefined && <Loading what="Reading the budgets…" />}
      {data !== undefined && data.budgets.length === 0 && <NoBudgets />}
      {data !== undefined && data.budgets.length > 0 && (
        <>
          <div className="toolbar">
            <SearchField label="Path of the actor" value={path} onChange={(path) => router.ask({ path })} />
            <Legend />
          </div>
          {shown.length === 0 && (
            <Empty icon="search" title="No account is like that">
              <p>{many(data.budgets.length, 'account')} are hidden by the search.</p>
              <Button onClick={() => router.ask({ path: '' })}>Show all</Button>
            </Empty>
          )}
          <ul className="accounts">
            {shown.map((budget) => (
              <Account key={budget.path} budget={budget} depth={0} onRaise={isOperator ? setRaising : undefined} />
            ))}
          </ul>
        </>
      )}
      {raising !== undefined && <RaiseDialog budget={raising} onClose={() => setRaising(undefined)} onDone={reload} />}
    </View>
  )
}

function Legend(): ReactNode {
  return (
    <ul className="budget-legend">
      <li>
        <span className="legend-used" /> used
      </li>
      <li>
        <span className="legend-open" /> reserved
      </li>
    </ul>
  )
}

function NoBudgets(): ReactNode {
  return (
    <Empty icon="budgets" title="No actor has a budget">
      <p>Without one an agent may spend as much as it likes. Give it one when it is spawned:</p>
      <pre>{"await system.spawn('agent', { id: 'a1', ...withBudget({ tokens: 50_000, costUsd: 2 }) })"}</pre>
    </Empty>
  )
}

/** Accounts of such a path, with all above and below. */
function onlyWith(budgets: readonly ToldBudget[], text: string): readonly ToldBudget[] {
  if (text === '') return budgets
  return budgets.flatMap((budget) => {
    if (budget.path.toLowerCase().includes(text)) return [budget]
    const below = onlyWith(budget.below, text)
    return below.length === 0 ? [] : [{ ...budget, below }]
  })
}
