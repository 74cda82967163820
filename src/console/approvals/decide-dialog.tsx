/** The last step of a decision: what it is about once more, and a reason for the audit trail. */
import { type ReactNode, useState } from 'react'
import type { DecisionRequest, ToldApproval, ToldOutcome } from '../../control/protocol/approvals.js'
import { useConsole } from '../app/console-context.js'
import { shownPath } from '../parts/actor-link.js'
import { Button } from '../parts/button.js'
import { Dialog } from '../parts/dialog.js'
import { tellOutcomes } from '../parts/outcome-text.js'
import { plainLine } from '../parts/plain.js'
import { ReasonField } from '../parts/reason-field.js'
import { RiskBadge } from './risk-badge.js'

export type Decision = DecisionRequest['decision']

interface DecideDialogProps {
  readonly decision: Decision
  readonly of: readonly ToldApproval[]
  readonly onClose: () => void
  readonly onDone: () => void
}

export function DecideDialog({ decision, of, onClose, onDone }: DecideDialogProps): ReactNode {
  const { api, toasts } = useConsole()
  const [reason, setReason] = useState('')
  const [isBusy, setIsBusy] = useState(false)
  const isYes = decision === 'approve'
  const decide = async (): Promise<void> => {
    setIsBusy(true)
    const said = reason.trim()
    const request: DecisionRequest = { decision, ids: of.map(({ id }) => id), ...(said !== '' && { reason: said }) }
    try {
      tellOutcomes(toasts, await api.post<ToldOutcome[]>('approvals/decide', request), isYes ? 'approved' : 'denied')
      onDone()
      onClose()
    } catch (error) {
      toasts.failed('Nothing was decided.', error)
      setIsBusy(false)
    }
  }
  const verb = isYes ? 'Approve' : 'Deny'
  return (
    <Dialog
      title={of.length === 1 ? `${verb} this call?` : `${verb} ${of.length} calls?`}
      onClose={onClose}
      onSubmit={() => void decide()}
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" kind={isYes ? 'primary' : 'danger'} disabled={isBusy}>
            {of.length === 1 ? verb : `${verb} all ${of.length}`}
          </Button>
        </>
      }
    >
      <ul className="decide-list">
        {of.map(({ id, risk, what, path }) => (
          <li key={id}>
            <RiskBadge risk={risk} />
            <span>
              {plainLine(what, 300)} <span className="faint">{shownPath(path)}</span>
            </span>
          </li>
        ))}
      </ul>
      <ReasonField
        hint="Kept in the audit trail, and told to the agent."
        reason={reason}
        onChange={setReason}
        onKeyDown={(press) => {
          if (press.key !== 'Enter' || press.shiftKey) return
          press.preventDefault()
          if (!isBusy) void decide()
        }}
      />
    </Dialog>
  )
}
