/** One actor in the tree: who it is, how it stands, what it does. Drawn again only if its row is another one. */
import { memo, type ReactNode } from 'react'
import type { ActorRow } from '../../control/protocol/actors.js'
import { Link } from '../app/link.js'
import { countText, rateText, wordsOf } from '../parts/amounts.js'
import { Badge } from '../parts/badge.js'
import { eventName } from '../parts/event-name.js'
import { Icon } from '../parts/icon.js'
import { Meter } from '../parts/meter.js'
import { plainLine } from '../parts/plain.js'
import { StateLine } from '../parts/state-line.js'
import { StatusBadge, StatusDot, shownStatus } from '../parts/status.js'
import type { Folds } from './folds.js'

interface TreeRowProps {
  readonly row: ActorRow
  readonly index: number
  readonly start: number
  readonly height: number
  readonly depth: number
  readonly hasBelow: boolean
  readonly isOpen: boolean
  readonly isMeant: boolean
  readonly isPresent: boolean
  readonly place: number
  readonly of: number
  readonly folds: Folds
}

/** Deeper ones are not moved further to the right. */
const MAX_INDENT = 12

export const TreeRow = memo(function TreeRow(props: TreeRowProps): ReactNode {
  const { row, index, start, height, depth, hasBelow, isOpen, isMeant, isPresent, place, of, folds } = props
  const status = shownStatus(row)
  const id = plainLine(row.id, 120)
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the focus stays on the tree, which names its present line.
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the tree.
    <div
      id={`tree-line-${index}`}
      role="treeitem"
      className={`tree-row ${isMeant ? '' : 'tree-row-between'}`}
      aria-level={depth + 1}
      aria-posinset={place}
      aria-setsize={of}
      aria-expanded={hasBelow ? isOpen : undefined}
      aria-selected={isPresent}
      style={{ transform: `translateY(${start}px)`, height }}
      onClick={() => folds.moveTo(row.path)}
    >
      <span className="tree-actor" style={{ paddingLeft: Math.min(depth, MAX_INDENT) * 18 }}>
        {hasBelow ? (
          <button
            type="button"
            tabIndex={-1}
            className={`tree-fold ${isOpen ? 'tree-fold-open' : ''}`}
            aria-label={`${isOpen ? 'Close' : 'Open'} ${id}`}
            onClick={() => folds.choose(row.path, !isOpen)}
          >
            <Icon name="chevron" size={12} />
          </button>
        ) : (
          <span className="tree-leaf" />
        )}
        <StatusDot status={status} />
        <Link
          to={{ view: 'actor', path: row.path }}
          className="tree-id cut"
          tabIndex={-1}
          title={plainLine(row.path, 2_000)}
        >
          {id}
        </Link>
        <span className="tree-logic-name cut">{plainLine(row.logic, 80)}</span>
        {status === 'active' ? <span className="hidden">active</span> : <StatusBadge status={status} />}
        {row.approvals > 0 && (
          <Badge tone="note">{row.approvals === 1 ? 'approval' : `${row.approvals} approvals`}</Badge>
        )}
      </span>
      <span className="tree-state cut">
        {row.error !== undefined && status !== 'active' ? (
          <span className="tree-error" title={plainLine(row.error)}>
            {plainLine(row.error)}
          </span>
        ) : (
          <StateLine state={row.state} />
        )}
      </span>
      <span className="tree-last cut mono" title={row.last === undefined ? undefined : plainLine(row.last.type)}>
        {row.last === undefined ? '' : eventName(row.last.type)}
      </span>
      <Amount name="/s" text={row.rate === 0 ? '' : rateText(row.rate)} />
      <Amount name="in mailbox" text={mailText(row)} isStrong={row.mailbox > 0} />
      <Amount
        name={row.restarts === 1 ? 'restart' : 'restarts'}
        text={row.restarts === 0 ? '' : countText(row.restarts)}
        isWarning={row.restarts > 0}
      />
      <span className="tree-budget">
        {row.budget !== undefined && (
          <Meter
            used={row.budget.used}
            label={`${Math.round(row.budget.used * 100)} % of its ${wordsOf(row.budget.dimension)} used`}
          />
        )}
      </span>
    </div>
  )
})

interface AmountProps {
  readonly name: string
  readonly text: string
  readonly isStrong?: boolean
  readonly isWarning?: boolean
}

function Amount({ name, text, isStrong, isWarning }: AmountProps): ReactNode {
  if (text === '') return <span className="number tree-amount" />
  return (
    <span className={`number tree-amount ${isStrong ? 'tree-strong' : ''} ${isWarning ? 'tree-warning' : ''}`}>
      {text}
      <span className="tree-amount-name"> {name}</span>
    </span>
  )
}

/** `12`, `12 + 3 deferred`. */
function mailText({ mailbox, stash }: ActorRow): string {
  const mail = mailbox === 0 ? '' : countText(mailbox)
  return stash === 0 ? mail : `${mail === '' ? '' : `${mail} + `}${countText(stash)} def.`
}
