/** All there is to know before one decides: what, who, why, with which arguments, and what came before. */
import type { ReactNode } from 'react'
import type { ToldApproval } from '../../control/protocol/approvals.js'
import { useResource } from '../api/resource.js'
import { useConsole, useIsOperator } from '../app/console-context.js'
import { useChanges } from '../live/use-changes.js'
import { ActorLink } from '../parts/actor-link.js'
import { Button } from '../parts/button.js'
import { ErrorPanel } from '../parts/error-panel.js'
import { Facts } from '../parts/facts.js'
import { JsonText } from '../parts/json-text.js'
import { Loading } from '../parts/loading.js'
import { plain, plainLine } from '../parts/plain.js'
import { Ago, Clock, Countdown } from '../parts/time.js'
import type { Decision } from './decide-dialog.js'
import { ApprovalStatusBadge, RiskBadge } from './risk-badge.js'

interface ApprovalDetailProps {
  readonly id: string
  /** Without the list beside it. */
  readonly isAlone: boolean
  readonly onDecide: (decision: Decision, approval: ToldApproval) => void
}

const COVERS: Readonly<Record<ToldApproval['level'], string>> = {
  action: 'this one call',
  step: 'every call that the rule asks about in this turn',
  task: 'every call that the rule asks about in this task',
}

export function ApprovalDetail({ id, isAlone, onDecide }: ApprovalDetailProps): ReactNode {
  const { router } = useConsole()
  const { data: approval, problem, reload } = useResource<ToldApproval>('approvals/one', { id })
  useChanges(['approvals'], reload)
  return (
    <article className="panel inbox-detail" aria-label="The approval">
      {isAlone && (
        <Button kind="quiet" icon="back" onClick={() => router.go({ view: 'approvals' })}>
          All approvals
        </Button>
      )}
      {problem !== undefined && <ErrorPanel what="This approval can’t be read." problem={problem} onRetry={reload} />}
      {approval === undefined && problem === undefined && <Loading what="Reading it…" />}
      {approval !== undefined && (
        <>
          <Head approval={approval} />
          <div className="inbox-content">
            <Facts facts={factsOf(approval)} />
            <section>
              <h3>Arguments of {plainLine(approval.tool, 100)}</h3>
              <JsonText value={approval.input} cutFrom={approval.inputCut} label="Arguments" />
            </section>
            <Trace trace={approval.trace} />
          </div>
          {approval.status === 'pending' && <Foot approval={approval} onDecide={onDecide} />}
        </>
      )}
    </article>
  )
}

function Head({ approval }: { readonly approval: ToldApproval }): ReactNode {
  const { what, risk, status, expiresMs, code } = approval
  return (
    <header className="inbox-head">
      <div className="inbox-line">
        <RiskBadge risk={risk} />
        <ApprovalStatusBadge status={status} />
        <span className="mono faint">{plainLine(code, 40)}</span>
        {status === 'pending' && (
          <span className="inbox-expiry">
            Denied <Countdown toMs={expiresMs} over="now" /> if nobody decides
          </span>
        )}
      </div>
      <h2>{plain(what, 2_000)}</h2>
    </header>
  )
}

function factsOf(approval: ToldApproval): readonly (readonly [string, ReactNode])[] {
  const { path, askedMs, why, goal, rule, because, policy, level, toolVersion, tool, taskId, escalatedTo, settled } =
    approval
  return [
    ['Asked by', <ActorLink key="path" path={path} />],
    ['Asked', <Ago key="asked" atMs={askedMs} />],
    ['Why', plain(why)],
    ['Goal', plain(goal)],
    ['Tool', plainLine(toolVersion === undefined ? tool : `${tool} ${toolVersion}`)],
    ['A yes covers', COVERS[level]],
    ['Rule', rule === undefined ? undefined : plain(because === undefined ? rule : `${rule}: ${because}`)],
    ['Policy', policy && plainLine(`${policy.name} ${policy.version}`)],
    ['Task', taskId && plainLine(taskId)],
    ['Escalated to', escalatedTo && plainLine(escalatedTo)],
    ['Settled', settled && <Settled key="settled" settled={settled} status={approval.status} />],
  ]
}

function Settled({
  settled,
  status,
}: {
  readonly settled: NonNullable<ToldApproval['settled']>
  readonly status: string
}): ReactNode {
  return (
    <>
      {status}
      {settled.by !== undefined && ` by ${plainLine(settled.by)}`} at <Clock atMs={settled.atMs} />
      {settled.reason !== undefined && `: ${plain(settled.reason)}`}
    </>
  )
}

function Trace({ trace }: { readonly trace: ToldApproval['trace'] }): ReactNode {
  return (
    <section>
      <h3>What it did so far</h3>
      {trace.length === 0 ? (
        <p className="faint">Nothing: it is the first thing that it wants to do.</p>
      ) : (
        <ol className="inbox-trace">
          {trace.map(({ turn, text }, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a trace only grows at its end.
            <li key={i}>
              <span className="faint">turn {turn}</span> <span>{plain(text, 2_000)}</span>
            </li>
          ))}
        </ol>
      )}
    </section>
  )
}

interface FootProps {
  readonly approval: ToldApproval
  readonly onDecide: (decision: Decision, approval: ToldApproval) => void
}

function Foot({ approval, onDecide }: FootProps): ReactNode {
  const isOperator = useIsOperator()
  const why = isOperator ? undefined : 'Your token is one of a viewer'
  return (
    <footer className="inbox-foot">
      {!isOperator && <span className="faint">You may look, not decide.</span>}
      <Button icon="close" disabled={!isOperator} title={why} onClick={() => onDecide('deny', approval)}>
        Deny… <kbd>d</kbd>
      </Button>
      <Button
        kind="primary"
        icon="check"
        disabled={!isOperator}
        title={why}
        onClick={() => onDecide('approve', approval)}
      >
        Approve… <kbd>a</kbd>
      </Button>
    </footer>
  )
}
