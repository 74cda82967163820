/** One record of the past: what came, what it changed, where it came from and what it led to. */
import type { ReactNode } from 'react'
import type { Moment, ValueChange } from '../../../control/protocol/journal.js'
import { ActorLink, Sender } from '../../parts/actor-link.js'
import { countText, exactClockText } from '../../parts/amounts.js'
import { ErrorPanel } from '../../parts/error-panel.js'
import { eventName } from '../../parts/event-name.js'
import { Facts } from '../../parts/facts.js'
import { Loading } from '../../parts/loading.js'
import { Panel } from '../../parts/panel.js'
import { plain, plainLine } from '../../parts/plain.js'
import { StateLine } from '../../parts/state-line.js'
import { Clock } from '../../parts/time.js'
import { wayText } from '../context/pointer.js'
import { MailPanel } from '../now/mail-panel.js'
import { KIND_WORDS } from './records.js'
import type { ShownMoment } from './use-moment.js'
import './record-tab.css'

export function RecordTab({
  shown: { moment, problem, retry, isCurrent },
}: {
  readonly shown: ShownMoment
}): ReactNode {
  if (problem !== undefined) return <ErrorPanel what="This record can’t be shown." problem={problem} onRetry={retry} />
  if (moment === undefined) return <Loading what="Reading the record…" />
  const { row, changes, causes, caused, timers, effects, stash } = moment
  return (
    <div className="record-tab" aria-busy={!isCurrent}>
      <Panel
        title={
          <span className="mono" title={plainLine(row.event.type)}>
            {eventName(row.event.type)}
          </span>
        }
        note={`record ${countText(row.seqNr)}`}
      >
        <Facts
          facts={[
            ['What', KIND_WORDS[row.kind]],
            [
              'Failed with',
              row.error === undefined ? undefined : (
                <span key="error" className="record-error">
                  {plain(row.error, 2_000)}
                </span>
              ),
            ],
            [
              'Fields',
              row.event.fields === undefined ? undefined : (
                <span key="fields" className="mono">
                  {plain(row.event.fields, 4_000)}
                </span>
              ),
            ],
            [
              'From',
              row.kind === 'event' || row.from !== undefined ? <Sender key="from" from={row.from} /> : undefined,
            ],
            ['State after', row.state === undefined ? undefined : <StateLine key="state" state={row.state} isWhole />],
            [
              'When',
              <span key="when">
                <Clock atMs={row.atMs} /> <span className="faint mono">{exactClockText(row.atMs)}</span>
              </span>,
            ],
          ]}
        />
      </Panel>
      <Changes changes={changes} />
      <Chain title="Where it came from" about="Nearest cause first." records={causes} />
      <Chain title="What it led to" records={caused} />
      {timers.length > 0 && (
        <Panel title="Timers armed then" note={timers.length} isFlush>
          <ul className="now-list">
            {timers.map(({ event, dueMs }) => (
              <li key={`${event} ${dueMs}`}>
                <span className="mono now-name">{eventName(event)}</span>
                <span className="now-end faint">
                  due <Clock atMs={dueMs} />
                </span>
              </li>
            ))}
          </ul>
        </Panel>
      )}
      {effects.length > 0 && (
        <Panel title="Effects running then" note={effects.length} isFlush>
          <ul className="now-list">
            {effects.map(({ id, src }) => (
              <li key={id}>
                <span className="mono now-name">{plainLine(src, 200)}</span>
                {id !== src && <span className="faint">{plainLine(id, 200)}</span>}
              </li>
            ))}
          </ul>
        </Panel>
      )}
      <MailPanel title="Deferred then" events={stash} total={stash.length} />
    </div>
  )
}

function Changes({ changes }: { readonly changes: readonly ValueChange[] }): ReactNode {
  return (
    <Panel title="What it changed" note={changes.length > 0 ? changes.length : undefined} isFlush>
      {changes.length === 0 && <p className="now-none">Nothing.</p>}
      <ul className="change-list">
        {changes.map(({ pointer, change, before, after }) => (
          <li key={`${change} ${pointer}`} data-change={change}>
            <span className="change-way mono">{plainLine(wayText(pointer), 300)}</span>
            {before !== undefined && (
              <del className="mono">
                <span className="hidden">before: </span>
                {plainLine(before, 400)}
              </del>
            )}
            {after !== undefined && (
              <ins className="mono">
                <span className="hidden">after: </span>
                {plainLine(after, 400)}
              </ins>
            )}
          </li>
        ))}
      </ul>
    </Panel>
  )
}

interface ChainProps {
  readonly title: string
  readonly about?: string
  readonly records: Moment['causes']
}

function Chain({ title, about, records }: ChainProps): ReactNode {
  if (records.length === 0) return null
  return (
    <Panel title={title} note={records.length} isFlush>
      {about !== undefined && records.length > 1 && <p className="now-about">{about}</p>}
      <ol className="now-list">
        {records.map(({ path, seqNr, type, atMs }) => (
          <li key={`${path} ${seqNr}`}>
            <span className="mono now-name">{eventName(type)}</span>
            <ActorLink path={path} at={seqNr} />
            <span className="now-end faint mono">{exactClockText(atMs)}</span>
          </li>
        ))}
      </ol>
    </Panel>
  )
}
