/** What goes on in the actor: which events it takes, what it waits for, what waits for it. */
import type { ReactNode } from 'react'
import type { ActorDetail } from '../../../control/protocol/actors.js'
import { Panel } from '../../parts/panel.js'
import { plainLine } from '../../parts/plain.js'
import { StateLine } from '../../parts/state-line.js'
import { EffectsPanel } from './effects-panel.js'
import { type Events, EventsPanel } from './events-panel.js'
import { MailPanel } from './mail-panel.js'
import { TimersPanel } from './timers-panel.js'
import './now-tab.css'

interface NowTabProps {
  readonly actor: ActorDetail
  readonly events: Events
  readonly onSend: ((type: string) => void) | undefined
}

export function NowTab({ actor, events, onSend }: NowTabProps): ReactNode {
  const { row, timers, effects, stash, mailbox, inner } = actor
  const isEnded = row.status === 'done' || row.status === 'stopped' || row.status === 'failed'
  return (
    <div className="now-tab">
      <EventsPanel events={events} onSend={onSend} isEnded={isEnded} />
      <TimersPanel timers={timers} isPaused={row.isPaused} />
      <EffectsPanel effects={effects} />
      <MailPanel
        title="Mailbox"
        events={mailbox}
        total={row.mailbox}
        about={row.isPaused ? 'It is paused: these wait until it is resumed.' : undefined}
      />
      <MailPanel title="Deferred" events={stash} total={row.stash} about="Kept in order until a state takes them." />
      {inner.length > 0 && (
        <Panel title="Machines inside" note={inner.length} isFlush>
          <ul className="now-list">
            {inner.map(({ id, src, state }) => (
              <li key={id}>
                <span className="mono now-name">{plainLine(id, 200)}</span>
                <span className="faint">{plainLine(src, 100)}</span>
                <StateLine state={state} />
              </li>
            ))}
          </ul>
        </Panel>
      )}
    </div>
  )
}
