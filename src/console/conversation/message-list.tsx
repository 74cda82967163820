/** The messages in words, one below the other. */
import { useVirtualizer } from '@tanstack/react-virtual'
import { type ReactNode, useRef } from 'react'
import type { ToldMessage } from '../../control/protocol/lists.js'
import { ActorLink, Sender } from '../parts/actor-link.js'
import { exactClockText } from '../parts/amounts.js'
import { eventName } from '../parts/event-name.js'
import { plainLine } from '../parts/plain.js'
import './message-list.css'

const LINE_PX = 52

export function MessageList({ messages }: { readonly messages: readonly ToldMessage[] }): ReactNode {
  const scroller = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: messages.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE_PX,
    overscan: 10,
  })
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys.
    <section ref={scroller} className="messages" tabIndex={0} aria-label="Messages">
      <ol style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start }) => (
          <Message key={index} message={messages[index] as ToldMessage} start={start} />
        ))}
      </ol>
    </section>
  )
}

function Message({ message, start }: { readonly message: ToldMessage; readonly start: number }): ReactNode {
  const { from, to, event, atMs, record, outcome } = message
  return (
    <li className="message" style={{ transform: `translateY(${start}px)`, height: LINE_PX }}>
      <span className="cut">
        <code className="message-type" title={plainLine(event.type)}>
          {eventName(event.type)}
        </code>{' '}
        <span className="faint mono">{plainLine(event.fields ?? '', 300)}</span>
      </span>
      <span className="cut">
        <span className="faint">{exactClockText(atMs)}</span> <Sender from={from} /> <span className="faint">to</span>{' '}
        {record === undefined ? <Sender from={to} /> : <ActorLink path={record.path} at={record.seqNr} />}
        {outcome !== undefined && outcome !== 'handled' && (
          <span className="message-outcome"> {plainLine(outcome, 40)}</span>
        )}
      </span>
    </li>
  )
}
