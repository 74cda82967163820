/** The account of the actor, if it has one of its own. */
import type { ReactNode } from 'react'
import type { ToldBudget } from '../../../control/protocol/lists.js'
import { Link } from '../../app/link.js'
import { amountText, durationText, wordsOf } from '../../parts/amounts.js'
import { Meter } from '../../parts/meter.js'
import { Panel } from '../../parts/panel.js'
import { plainLine } from '../../parts/plain.js'
import { useFollowing } from '../use-following.js'

interface BudgetPanelProps {
  readonly path: string
  readonly version: unknown
}

export function BudgetPanel({ path, version }: BudgetPanelProps): ReactNode {
  const { data } = useFollowing<{ readonly budgets: readonly ToldBudget[] }>('budgets', {}, version, 3_000)
  const budget = accountOf(data?.budgets ?? [], path)
  if (budget === undefined) return null
  const { lines, wall } = budget
  return (
    <Panel title="Budget" actions={<Link to={{ view: 'budgets' }}>All budgets</Link>}>
      <ul className="about-budget">
        {lines.map((line) => (
          <BudgetLine key={line.dimension} line={line} />
        ))}
        {wall.limitMs !== undefined && (
          <li>
            <span>time</span>
            <Meter
              used={wall.usedMs / wall.limitMs}
              label={`${durationText(wall.usedMs)} of ${durationText(wall.limitMs)} used`}
            />
            <span className="number">
              {durationText(wall.usedMs)} of {durationText(wall.limitMs)}
            </span>
          </li>
        )}
      </ul>
    </Panel>
  )
}

function BudgetLine({
  line: { dimension, limit, settled, open, lastsMs },
}: {
  readonly line: ToldBudget['lines'][number]
}): ReactNode {
  const used = amountText(dimension, settled)
  const name = plainLine(wordsOf(dimension), 60)
  if (limit === undefined)
    return (
      <li>
        <span>{name}</span>
        <span className="faint">no limit</span>
        <span className="number">{used}</span>
      </li>
    )
  const text = `${used} of ${amountText(dimension, limit)}`
  const share = limit === 0 ? 1 : settled / limit
  return (
    <li>
      <span>{name}</span>
      <Meter used={share} open={limit === 0 ? 0 : open / limit} label={`${text} of ${name} used`} />
      <span className="number">{text}</span>
      {lastsMs !== undefined && share < 1 && (
        <span className="about-lasts faint">lasts {durationText(lastsMs)} at this rate</span>
      )}
    </li>
  )
}

/** The account of this very actor. */
function accountOf(budgets: readonly ToldBudget[], path: string): ToldBudget | undefined {
  for (const budget of budgets) {
    const found = budget.path === path ? budget : accountOf(budget.below, path)
    if (found !== undefined) return found
  }
  return undefined
}
