/** The inbox of questions to people: what waits at the left, all there is to know of one at the right. */
import { type ReactNode, useState } from 'react'
import type { ToldApproval, ApprovalList as ToldList } from '../../control/protocol/approvals.js'
import { useResource } from '../api/resource.js'
import { useConsole, useIsOperator } from '../app/console-context.js'
import { useKeys } from '../app/keys.js'
import { usePlace } from '../app/router.js'
import { useChanges } from '../live/use-changes.js'
import { shownPath } from '../parts/actor-link.js'
import { Button } from '../parts/button.js'
import { Empty } from '../parts/empty.js'
import { ErrorPanel } from '../parts/error-panel.js'
import { Loading } from '../parts/loading.js'
import { Tabs } from '../parts/tabs.js'
import { useIsNarrow } from '../parts/use-is-narrow.js'
import { useListKeys } from '../parts/use-list-keys.js'
import { useSelection } from '../parts/use-selection.js'
import { View } from '../parts/view.js'
import { ApprovalDetail } from './approval-detail.js'
import { ApprovalList } from './approval-list.js'
import './approvals.css'
import { DecideDialog, type Decision } from './decide-dialog.js'

const STATUSES = [
  { key: 'pending', label: 'Waiting' },
  { key: 'approved', label: 'Approved' },
  { key: 'denied', label: 'Denied' },
  { key: 'any', label: 'All kept' },
] as const

const NONE: readonly ToldApproval[] = []

/** `id`: the one that is shown. */
export function Approvals({ id }: { readonly id: string | undefined }): ReactNode {
  const { router } = useConsole()
  const { query } = usePlace()
  const isNarrow = useIsNarrow()
  const isOperator = useIsOperator()
  const status = query.get('status') ?? 'pending'
  const path = query.get('path') ?? undefined
  const page = useResource<ToldList>('approvals', { status, path })
  useChanges(['approvals'], page.reload)
  const approvals = page.data?.approvals ?? NONE
  const selection = useSelection(approvals.map((each) => each.id))
  const [deciding, setDeciding] = useState<{ readonly decision: Decision; readonly of: readonly ToldApproval[] }>()

  const shown = id ?? (isNarrow ? undefined : approvals[0]?.id)
  const asked = Object.fromEntries(query)
  const open = (index: number): void =>
    router.go({ view: 'approvals', id: approvals[index]?.id }, asked, !isNarrow || id !== undefined)
  const present = approvals.findIndex((each) => each.id === shown)
  useListKeys({
    count: approvals.length,
    present,
    onMove: open,
    onToggle: (index) => selection.toggle((approvals[index] as ToldApproval).id),
  })
  const decide = (decision: Decision): void => {
    const chosen = selection.ids.length > 0 ? selection.ids : shown === undefined ? [] : [shown]
    const of = approvals.filter((each) => chosen.includes(each.id) && each.status === 'pending')
    if (of.length > 0) setDeciding({ decision, of })
  }
  useKeys({ a: () => decide('approve'), d: () => decide('deny') }, isOperator)

  const isListShown = !isNarrow || id === undefined
  return (
    <View
      title="Approvals"
      name="Approvals"
      about="Agents that may not go on without a person’s yes. Whatever nobody decides in time is denied."
      isFull
      actions={
        <Tabs
          label="Which approvals"
          tabs={STATUSES}
          chosen={status as (typeof STATUSES)[number]['key']}
          onChoose={(key) => router.go({ view: 'approvals' }, { ...asked, status: key }, true)}
        />
      }
    >
      {path !== undefined && (
        <div className="toolbar">
          <span>
            Only of <strong>{shownPath(path)}</strong> and those below it
          </span>
          <Button
            isSmall
            kind="quiet"
            icon="close"
            label="Show those of all actors"
            onClick={() => router.ask({ path: '' })}
          />
        </div>
      )}
      {page.problem !== undefined && (
        <ErrorPanel what="The approvals can’t be read." problem={page.problem} onRetry={page.reload} />
      )}
      {page.data === undefined && page.problem === undefined && <Loading what="Reading the approvals…" />}
      {page.data !== undefined && approvals.length === 0 && id === undefined && <NoApprovals status={status} />}
      {(approvals.length > 0 || id !== undefined) && (
        <div className="inbox">
          {isListShown && (
            <ApprovalList
              approvals={approvals}
              isAll={page.data?.isAll ?? true}
              shown={shown}
              selection={selection}
              onOpen={open}
              onDecide={decide}
            />
          )}
          {shown !== undefined && (
            <ApprovalDetail
              key={shown}
              id={shown}
              isAlone={isNarrow}
              onDecide={(decision, approval) => setDeciding({ decision, of: [approval] })}
            />
          )}
        </div>
      )}
      {deciding !== undefined && (
        <DecideDialog
          {...deciding}
          onClose={() => setDeciding(undefined)}
          onDone={() => {
            selection.clear()
            page.reload()
          }}
        />
      )}
    </View>
  )
}

function NoApprovals({ status }: { readonly status: string }): ReactNode {
  if (status !== 'pending')
    return <Empty icon="approvals" title={`No ${status === 'any' ? '' : status} approvals are kept`} />
  return (
    <Empty icon="approvals" title="Nobody waits for you">
      <p>
        When the policy of an agent says that a tool needs a person’s yes, the question appears here with its arguments,
        the goal, and what the agent did so far.
      </p>
    </Empty>
  )
}
