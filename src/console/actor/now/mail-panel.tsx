/** Events that wait, oldest first: in the mailbox, or deferred. */
import type { ReactNode } from 'react'
import type { EventLine } from '../../../control/protocol/common.js'
import { countText } from '../../parts/amounts.js'
import { Panel } from '../../parts/panel.js'
import { plainLine } from '../../parts/plain.js'

interface MailPanelProps {
  readonly title: string
  /** The first of them. */
  readonly events: readonly EventLine[]
  readonly total: number
  readonly about?: string | undefined
}

export function MailPanel({ title, events, total, about }: MailPanelProps): ReactNode {
  const more = total - events.length
  if (events.length === 0 && more <= 0) return null
  return (
    <Panel title={title} note={countText(Math.max(total, events.length))} isFlush>
      {about !== undefined && <p className="now-about">{about}</p>}
      <ol className="now-list">
        {events.map(({ type, fields }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: what waits has a place and no name.
          <li key={index}>
            <span className="mono now-name">{plainLine(type, 200)}</span>
            {fields !== undefined && <span className="mono now-fields">{plainLine(fields)}</span>}
          </li>
        ))}
      </ol>
      {more > 0 && <p className="now-none">and {countText(more)} more</p>}
    </Panel>
  )
}
