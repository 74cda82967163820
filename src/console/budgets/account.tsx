/** One account: a bar for each thing that is counted, how fast it goes, and how long it lasts; then the accounts below. */
import type { ReactNode } from 'react'
import type { ToldBudget } from '../../control/protocol/lists.js'
import { ActorLink } from '../parts/actor-link.js'
import { amountText, durationText, rateText, wordsOf } from '../parts/amounts.js'
import { Badge } from '../parts/badge.js'
import { Button } from '../parts/button.js'
import { Meter } from '../parts/meter.js'
import { plainLine } from '../parts/plain.js'

interface AccountProps {
  readonly budget: ToldBudget
  readonly depth: number
  /** Absent for who may not. */
  readonly onRaise: ((budget: ToldBudget) => void) | undefined
}

type Line = ToldBudget['lines'][number]

export function Account({ budget, depth, onRaise }: AccountProps): ReactNode {
  const { path, lines, below, onExhausted, wall } = budget
  const isSpent = lines.some(isUsedUp)
  const canRaise = lines.some(({ limit }) => limit !== undefined)
  return (
    <li className="account">
      <div className="panel account-card">
        <header className="account-head">
          <ActorLink path={path} />
          {isSpent && <Badge tone="bad">spent</Badge>}
          {onExhausted !== undefined && (
            <span className="faint">
              when spent: {Object.hasOwn(ENDS, onExhausted) ? ENDS[onExhausted] : plainLine(onExhausted, 60)}
            </span>
          )}
          {onRaise !== undefined && canRaise && (
            <Button isSmall icon="plus" onClick={() => onRaise(budget)}>
              Raise…
            </Button>
          )}
        </header>
        <div className="account-lines">
          {lines.map((line) => (
            <BudgetLine key={line.dimension} line={line} />
          ))}
          {wall.limitMs !== undefined && <WallLine usedMs={wall.usedMs} limitMs={wall.limitMs} />}
          {lines.length === 0 && wall.limitMs === undefined && <p className="faint">Nothing spent so far.</p>}
        </div>
      </div>
      {below.length > 0 && (
        <ul className="accounts accounts-below">
          {below.map((each) => (
            <Account key={each.path} budget={each} depth={depth + 1} onRaise={onRaise} />
          ))}
        </ul>
      )}
    </li>
  )
}

const ENDS: Readonly<Record<string, string>> = {
  stop: 'it ends',
  pauseAndAsk: 'it asks a person',
  degrade: 'it uses its fallback',
}

function isUsedUp({ limit, left }: Line): boolean {
  return limit !== undefined && (left ?? limit) <= 0
}

function BudgetLine({ line }: { readonly line: Line }): ReactNode {
  const { dimension, limit, settled, open, overdraft, left, burnPerMinute, lastsMs } = line
  const name = wordsOf(plainLine(dimension, 60))
  const text = (amount: number): string => amountText(dimension, amount)
  return (
    <div className="budget-line">
      <span className="budget-name">{name}</span>
      <span className="budget-meter">
        {limit !== undefined && (
          <Meter
            used={limit === 0 ? 1 : settled / limit}
            open={limit === 0 ? 0 : open / limit}
            label={`${text(settled)} of ${text(limit)} ${name} used, ${text(open)} reserved`}
          />
        )}
      </span>
      <span className="budget-used">
        <strong>{text(settled)}</strong>
        {limit !== undefined && <span className="faint"> of {text(limit)}</span>}
        {open > 0 && <span className="faint"> + {text(open)} reserved</span>}
        {overdraft > 0 && <span className="budget-over"> {text(overdraft)} over</span>}
      </span>
      <span className="budget-left">
        {limit === undefined ? <span className="faint">no limit</span> : `${text(Math.max(left ?? 0, 0))} left`}
      </span>
      <span className="budget-burn faint">
        {burnPerMinute > 0 ? `${burnText(dimension, burnPerMinute)} /min` : 'at rest'}
      </span>
      <span className={lastsMs !== undefined && lastsMs < 600_000 ? 'budget-lasts budget-soon' : 'budget-lasts faint'}>
        {lastsMs === undefined ? '' : `lasts ${durationText(lastsMs)}`}
      </span>
    </div>
  )
}

function WallLine({ usedMs, limitMs }: { readonly usedMs: number; readonly limitMs: number }): ReactNode {
  return (
    <div className="budget-line">
      <span className="budget-name">time</span>
      <span className="budget-meter">
        <Meter used={usedMs / limitMs} label={`${durationText(usedMs)} of ${durationText(limitMs)} over`} />
      </span>
      <span className="budget-used">
        <strong>{durationText(usedMs)}</strong> <span className="faint">of {durationText(limitMs)}</span>
      </span>
      <span className="budget-left">{durationText(Math.max(limitMs - usedMs, 0))} left</span>
    </div>
  )
}

function burnText(dimension: string, perMinute: number): string {
  return /usd$/i.test(dimension) ? amountText(dimension, perMinute) : rateText(perMinute)
}
