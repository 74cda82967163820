/** The questions in short, and what can be decided for all that are selected. */
import { type ReactNode, useEffect, useRef } from 'react'
import type { ToldApproval } from '../../control/protocol/approvals.js'
import { useIsOperator } from '../app/console-context.js'
import { shownPath } from '../parts/actor-link.js'
import { many } from '../parts/amounts.js'
import { Button } from '../parts/button.js'
import { CheckAll } from '../parts/check-all.js'
import { Panel } from '../parts/panel.js'
import { plainLine } from '../parts/plain.js'
import { Ago, Countdown } from '../parts/time.js'
import type { Selection } from '../parts/use-selection.js'
import type { Decision } from './decide-dialog.js'
import { ApprovalStatusBadge, RiskBadge } from './risk-badge.js'

interface ApprovalListProps {
  readonly approvals: readonly ToldApproval[]
  readonly isAll: boolean
  readonly shown: string | undefined
  readonly selection: Selection
  readonly onOpen: (index: number) => void
  readonly onDecide: (decision: Decision) => void
}

export function ApprovalList({ approvals, isAll, shown, selection, onOpen, onDecide }: ApprovalListProps): ReactNode {
  const isOperator = useIsOperator()
  const count = selection.ids.length
  return (
    <Panel
      className="inbox-list"
      title={
        <span className="inbox-title">
          {isOperator && <CheckAll selection={selection} label="Select all" />}
          {count > 0 ? `${count} selected` : many(approvals.length, 'question')}
          {!isAll && count === 0 && ' or more'}
        </span>
      }
      isFlush
      actions={
        count > 0 && (
          <>
            <Button isSmall icon="check" onClick={() => onDecide('approve')}>
              Approve…
            </Button>
            <Button isSmall icon="close" onClick={() => onDecide('deny')}>
              Deny…
            </Button>
          </>
        )
      }
    >
      <ul className="inbox-entries">
        {approvals.map((approval, index) => (
          <Entry
            key={approval.id}
            approval={approval}
            isShown={approval.id === shown}
            isSelected={selection.has(approval.id)}
            onSelect={isOperator ? () => selection.toggle(approval.id) : undefined}
            onOpen={() => onOpen(index)}
          />
        ))}
      </ul>
    </Panel>
  )
}

interface EntryProps {
  readonly approval: ToldApproval
  readonly isShown: boolean
  readonly isSelected: boolean
  readonly onSelect: (() => void) | undefined
  readonly onOpen: () => void
}

function Entry({ approval, isShown, isSelected, onSelect, onOpen }: EntryProps): ReactNode {
  const { what, path, risk, status, askedMs, expiresMs, code, settled } = approval
  const ref = useRef<HTMLLIElement>(null)
  useEffect(() => {
    if (isShown) ref.current?.scrollIntoView({ block: 'nearest' })
  }, [isShown])
  return (
    <li ref={ref} className={`inbox-entry ${isShown ? 'is-shown' : ''}`}>
      {onSelect !== undefined && (
        <input type="checkbox" aria-label={`Select ${code}`} checked={isSelected} onChange={onSelect} />
      )}
      <button type="button" className="inbox-open" aria-current={isShown ? 'true' : undefined} onClick={onOpen}>
        <span className="inbox-what">{plainLine(what, 200)}</span>
        <span className="inbox-who cut">{shownPath(path)}</span>
        <span className="inbox-line">
          <RiskBadge risk={risk} />
          {status !== 'pending' && <ApprovalStatusBadge status={status} />}
          <span className="faint">
            {settled === undefined ? (
              <>
                asked <Ago atMs={askedMs} /> · denied <Countdown toMs={expiresMs} over="now" />
              </>
            ) : (
              <Ago atMs={settled.atMs} />
            )}
          </span>
        </span>
      </button>
    </li>
  )
}
