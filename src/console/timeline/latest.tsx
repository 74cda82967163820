/** The newest things of the stretch of time that is in sight, in words: what the lanes show, for reading and for the keyboard. */
import { type ReactNode, useEffect, useState } from 'react'
import type { TimelineItem } from '../../control/protocol/live.js'
import { exactClockText } from '../parts/amounts.js'
import { Panel } from '../parts/panel.js'
import type { Drawn } from './drawing.js'
import { ItemText } from './item-text.js'
import { firstAt } from './lanes.js'
import type { TimeWindow } from './time-window.js'
import { keyOf, type TimelineFeed } from './timeline-feed.js'

interface LatestProps {
  readonly feed: TimelineFeed
  readonly window: TimeWindow
  readonly search: string
  readonly onChoose: (drawn: Drawn | undefined) => void
}

const SHOWN = 60
const AGAIN_MS = 500

export function Latest({ feed, window, search, onChoose }: LatestProps): ReactNode {
  const [items, setItems] = useState<readonly TimelineItem[]>([])
  useEffect(() => {
    let seen = -1
    const look = (): void => {
      if (seen === feed.version) return
      seen = feed.version
      setItems(newestOf(feed, window, search.toLowerCase()))
    }
    look()
    if (window.endMs !== undefined) return
    const timer = setInterval(look, AGAIN_MS)
    return () => clearInterval(timer)
  }, [feed, window, search])
  return (
    <Panel title={window.endMs === undefined ? 'Latest' : 'Latest before the pause'} isFlush className="latest">
      {items.length === 0 && <p className="latest-none faint">Nothing so far.</p>}
      <ol className="latest-items">
        {items.map((item) => (
          <li key={keyOf(item)}>
            {item.kind === 'effect' ? (
              <time>{exactClockText(item.atMs)}</time>
            ) : (
              <button type="button" className="latest-time" onClick={() => onChoose(item)}>
                {exactClockText(item.atMs)}
              </button>
            )}
            <span className="latest-text">
              <ItemText item={item} />
            </span>
          </li>
        ))}
      </ol>
    </Panel>
  )
}

/** Newest first; commits say nothing here that the lanes do not. */
function newestOf({ items }: TimelineFeed, { endMs }: TimeWindow, search: string): readonly TimelineItem[] {
  const found: TimelineItem[] = []
  for (let i = (endMs === undefined ? items.length : firstAt(items, endMs)) - 1; i >= 0 && found.length < SHOWN; i--) {
    const item = items[i] as TimelineItem
    if (item.kind !== 'commit' && (item.path ?? '').toLowerCase().includes(search)) found.push(item)
  }
  return found
}
