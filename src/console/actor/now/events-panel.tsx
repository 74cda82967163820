/** Events that the actor has a transition for where it is now. */
import type { ReactNode } from 'react'
import type { EnabledEvent } from '../../../control/protocol/actors.js'
import type { Resource } from '../../api/resource.js'
import { Badge } from '../../parts/badge.js'
import { Icon } from '../../parts/icon.js'
import { Panel } from '../../parts/panel.js'
import { plainLine } from '../../parts/plain.js'
import './events-panel.css'

export type Events = Resource<{ readonly events: readonly EnabledEvent[] }>

interface EventsPanelProps {
  readonly events: Events
  /** Undefined where nothing can be sent. */
  readonly onSend: ((type: string) => void) | undefined
  readonly isEnded: boolean
}

export function EventsPanel({ events: { data, problem }, onSend, isEnded }: EventsPanelProps): ReactNode {
  const events = data?.events ?? []
  return (
    <Panel title="Events it takes now" note={events.length > 0 ? events.length : undefined} isFlush>
      {problem !== undefined && data === undefined && <p className="now-none">{plainLine(problem.message)}</p>}
      {data !== undefined && events.length === 0 && (
        <p className="now-none">
          {isEnded
            ? 'It has ended: it takes no more events.'
            : 'None from outside: what moves it on is below, or under Why.'}
        </p>
      )}
      <ul className="event-list">
        {events.map((event) => (
          <li key={event.type}>
            <EventLine event={event} onSend={onSend} />
          </li>
        ))}
      </ul>
    </Panel>
  )
}

function EventLine({
  event,
  onSend,
}: {
  readonly event: EnabledEvent
  readonly onSend: EventsPanelProps['onSend']
}): ReactNode {
  const { type, takes, description } = event
  const words = (
    <span className="event-words">
      <span className="event-type mono">{plainLine(type, 200)}</span>
      {takes === 'no' && (
        <Badge tone="idle" title="Its guard says no as it stands, without fields.">
          guard: no
        </Badge>
      )}
      {takes === 'unknown' && (
        <Badge tone="idle" title="Whether it is taken depends on its fields.">
          depends
        </Badge>
      )}
      {description !== undefined && <span className="event-about">{plainLine(description, 300)}</span>}
    </span>
  )
  // A pattern says which events match, and is none itself.
  if (onSend === undefined) return <div className="event-line">{words}</div>
  return (
    <button type="button" className="event-line" onClick={() => onSend(type)}>
      {words}
      <Icon name="chevron" size={14} />
    </button>
  )
}
