/** One thing of the timeline in words. */
import type { ReactNode } from 'react'
import type { TimelineItem } from '../../control/protocol/live.js'
import { ActorLink } from '../parts/actor-link.js'
import { many, spanText } from '../parts/amounts.js'
import { eventName } from '../parts/event-name.js'
import { plainLine } from '../parts/plain.js'
import { StateLine } from '../parts/state-line.js'
import { noticeParts } from './notice-parts.js'

export function ItemText({ item }: { readonly item: TimelineItem }): ReactNode {
  switch (item.kind) {
    case 'unit':
      return (
        <>
          <ActorLink path={item.path} at={item.seqNr} />{' '}
          <code title={plainLine(item.event.type)}>{eventName(item.event.type)}</code>
          {item.isMove && (
            <>
              {' → '}
              <StateLine state={item.state} />
            </>
          )}
          {item.outcome !== 'handled' && <span className="faint"> {item.outcome}</span>}
        </>
      )
    case 'commit':
      return (
        <span className="faint">
          commit {item.commit}: {many(item.units, 'unit')}, {many(item.operations, 'operation')}, {spanText(item.ms)}
          {!item.isSynced && ', not synced'}
        </span>
      )
    case 'effect':
      return (
        <>
          <ActorLink path={item.path} /> <span className="faint">effect</span> <code>{plainLine(item.src, 80)}</code>{' '}
          {item.status}
          {item.ms !== undefined && <span className="faint"> after {spanText(item.ms)}</span>}
          {item.attempt > 1 && <span className="faint"> (attempt {item.attempt})</span>}
        </>
      )
    case 'notice':
      return (
        <span className={`notice-${item.level}`}>
          <NoticeText path={item.path} text={item.text} />
        </span>
      )
  }
}

function NoticeText({ path, text }: { readonly path: string | undefined; readonly text: string }): ReactNode {
  if (path === undefined) return plainLine(text)
  const parts = noticeParts(text, path)
  return (
    <>
      {parts && plainLine(parts.before)}
      <ActorLink path={path} />
      {parts === undefined ? ` ${plainLine(text)}` : plainLine(parts.after)}
    </>
  )
}
