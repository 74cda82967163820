/** What was clicked, with all that is known of it, and the way to the actor at that moment. */
import type { ReactNode } from 'react'
import { Link } from '../app/link.js'
import { ActorLink, Sender } from '../parts/actor-link.js'
import { exactClockText, many, spanText } from '../parts/amounts.js'
import { Button } from '../parts/button.js'
import { eventName } from '../parts/event-name.js'
import { type Fact, Facts } from '../parts/facts.js'
import { Panel } from '../parts/panel.js'
import { plain, plainLine } from '../parts/plain.js'
import { StateLine } from '../parts/state-line.js'
import type { Drawn } from './drawing.js'
import { isOfJournal } from './timeline-feed.js'

interface ChosenProps {
  readonly drawn: Drawn
  readonly onClose: () => void
}

export function Chosen({ drawn, onClose }: ChosenProps): ReactNode {
  return (
    <Panel
      title={titleOf(drawn)}
      className="chosen"
      actions={
        <>
          {drawn.kind === 'unit' && (
            <Link
              className="button button-small button-primary"
              to={{ view: 'actor', path: drawn.path, at: drawn.seqNr }}
            >
              Open this moment
            </Link>
          )}
          <Button kind="quiet" icon="close" label="Back to the latest (Esc)" isSmall onClick={onClose} />
        </>
      }
    >
      <Facts facts={factsOf(drawn)} />
    </Panel>
  )
}

function titleOf(drawn: Drawn): string {
  switch (drawn.kind) {
    case 'unit':
      return eventName(drawn.event.type)
    case 'run':
      return `Effect ${plainLine(drawn.first.src, 80)}`
    case 'commit':
      return `Commit ${drawn.commit}`
    case 'notice':
      return plainLine(drawn.type, 80)
  }
}

function factsOf(drawn: Drawn): readonly Fact[] {
  switch (drawn.kind) {
    case 'unit':
      return [
        ['Actor', <ActorLink key="actor" path={drawn.path} at={drawn.seqNr} />],
        ['At', `${exactClockText(drawn.atMs)}${isOfJournal(drawn) ? '' : `, took ${spanText(drawn.ms)}`}`],
        ['Fields', drawn.event.fields && <code>{plain(drawn.event.fields)}</code>],
        ['From', <Sender key="from" from={drawn.from} />],
        ['Caused by', drawn.cause && <ActorLink path={drawn.cause.path} at={drawn.cause.seqNr} />],
        ['Outcome', drawn.outcome],
        ['Known from', isOfJournal(drawn) ? 'its journal: nobody looked when it happened' : undefined],
        ['State after', <StateLine key="state" state={drawn.state} isWhole />],
        ['Sent', drawn.sent.length > 0 && <Sent sent={drawn.sent} />],
        ['Durable by', isOfJournal(drawn) ? undefined : `commit ${drawn.commit}, in turn ${drawn.turn}`],
      ]
    case 'run':
      return [
        ['Actor', <ActorLink key="actor" path={drawn.path} />],
        ['Began', exactClockText(drawn.startMs)],
        [
          'Status',
          drawn.endMs === undefined ? 'runs' : `${drawn.last.status} after ${spanText(drawn.endMs - drawn.startMs)}`,
        ],
        ['Attempt', String(drawn.first.attempt)],
        ['Id', <code key="id">{plainLine(drawn.first.id, 200)}</code>],
      ]
    case 'commit':
      return [
        ['At', `${exactClockText(drawn.atMs)}, took ${spanText(drawn.ms)}`],
        ['Holds', `${many(drawn.units, 'unit')}, ${many(drawn.operations, 'operation')}`],
        ['Synced', drawn.isSynced ? 'yes: it survives a power cut' : 'no: only relaxed or volatile actors are in it'],
      ]
    case 'notice':
      return [
        ['At', exactClockText(drawn.atMs)],
        ['Actor', drawn.path && <ActorLink path={drawn.path} />],
        ['What', plain(drawn.text)],
      ]
  }
}

function Sent({ sent }: { readonly sent: readonly { readonly to: string; readonly type: string }[] }): ReactNode {
  return (
    <ul>
      {sent.slice(0, 20).map(({ to, type }, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: what was sent has no name, and does not change.
        <li key={i}>
          <code>{plainLine(type, 80)}</code> to <Sender from={to} />
        </li>
      ))}
      {sent.length > 20 && <li className="faint">and {sent.length - 20} more</li>}
    </ul>
  )
}
