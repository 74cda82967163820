/** Turns, commits and effects as they happen: lanes by actor over time, and the newest ones in words. */
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react'
import type { TimelineItem } from '../../control/protocol/live.js'
import { useConsole } from '../app/console-context.js'
import { useKeys } from '../app/keys.js'
import { usePlace } from '../app/router.js'
import { useTopic } from '../live/live.js'
import { useAgain } from '../live/use-changes.js'
import { countText, spanText } from '../parts/amounts.js'
import { Button } from '../parts/button.js'
import { SearchField } from '../parts/search-field.js'
import { View } from '../parts/view.js'
import { Chosen } from './chosen.js'
import type { Drawn } from './drawing.js'
import { LaneChart } from './lane-chart.js'
import { Latest } from './latest.js'
import { endingWith, moved, opened, stepped, type TimeWindow } from './time-window.js'
import './timeline.css'
import { TimelineFeed } from './timeline-feed.js'

const HISTORY = 2_000

export function Timeline(): ReactNode {
  const { router } = useConsole()
  const { query } = usePlace()
  const path = query.get('path') ?? ''
  const [window, setWindow] = useState<TimeWindow>(() => opened(undefined, 0))
  const feed = useFeed((newestMs) => setWindow(opened(newestMs, Date.now())))
  const [chosen, setChosen] = useState<Drawn>()
  const isLive = window.endMs === undefined
  const toggle = (): void =>
    setWindow(({ spanMs, endMs }) => ({ spanMs, endMs: endMs === undefined ? Date.now() : undefined }))
  const step = (direction: 1 | -1): void => setWindow((before) => stepped(before, direction, Date.now()))
  const move = (share: number): void => setWindow((before) => moved(before, before.spanMs * share, Date.now()))
  useKeys({
    ' ': toggle,
    '+': () => step(-1),
    '=': () => step(-1),
    '-': () => step(1),
    ArrowLeft: () => move(-0.25),
    ArrowRight: () => move(0.25),
    Escape: () => setChosen(undefined),
  })
  return (
    <View
      title="Timeline"
      name="Timeline"
      about="Each event that an actor handles, the commits that make it durable, and the effects that follow."
      isFull
      actions={
        <>
          <Button icon={isLive ? 'pause' : 'play'} kind={isLive ? 'plain' : 'primary'} onClick={toggle}>
            {isLive ? 'Pause' : 'Go on'}
          </Button>
          <Button icon="minus" label="Show a longer stretch (-)" onClick={() => step(1)} />
          <span className="timeline-span">{spanText(window.spanMs)}</span>
          <Button icon="plus" label="Show a shorter stretch (+)" onClick={() => step(-1)} />
        </>
      }
    >
      <div className="toolbar">
        <SearchField label="Path of actors" value={path} onChange={(path) => router.ask({ path })} />
        <Legend />
      </div>
      <LaneChart
        feed={feed}
        window={window}
        onWindow={setWindow}
        onLast={(atMs) => setWindow(endingWith(atMs, Date.now()))}
        search={path}
        chosen={chosen}
        onChoose={setChosen}
      />
      <div className="timeline-foot">
        {chosen === undefined ? (
          <Latest feed={feed} window={window} search={path} onChoose={setChosen} />
        ) : (
          <Chosen drawn={chosen} onClose={() => setChosen(undefined)} />
        )}
      </div>
      <LostNote feed={feed} />
    </View>
  )
}

/** `onPast`: the past has come, whose newest item is of then. */
function useFeed(onPast: (newestMs: number | undefined) => void): TimelineFeed {
  const { api } = useConsole()
  const feed = useMemo(() => new TimelineFeed(), [])
  const isThere = useRef(true)
  const hasPast = useRef(false)
  const read = (): void => {
    api.get<{ readonly items: readonly TimelineItem[] }>('timeline', { limit: HISTORY }).then(
      ({ items }) => {
        if (!isThere.current) return
        feed.take(items)
        if (!hasPast.current) onPast(feed.items.at(-1)?.atMs)
        hasPast.current = true
      },
      // The live items come all the same.
      () => {},
    )
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: the past is read once, and after a lost connection.
  useEffect(() => {
    isThere.current = true
    read()
    return () => {
      isThere.current = false
    }
  }, [])
  useAgain(read)
  useTopic({ topic: 'timeline' }, (frame) => {
    if (frame.kind === 'items') feed.take(frame.items, frame.lost)
  })
  return feed
}

const MARKS = [
  ['moved', 'new state'],
  ['handled', 'handled'],
  ['ignored', 'ignored'],
  ['deferred', 'deferred'],
  ['effect', 'effect'],
  ['commit', 'commit'],
  ['notice', 'failure'],
] as const

function Legend(): ReactNode {
  return (
    <ul className="timeline-legend">
      {MARKS.map(([mark, name]) => (
        <li key={mark}>
          <span className={`mark mark-${mark}`} /> {name}
        </li>
      ))}
    </ul>
  )
}

/** It is asked now and then: the feed is changed in place. */
function LostNote({ feed }: { readonly feed: TimelineFeed }): ReactNode {
  const [lost, setLost] = useState(0)
  useEffect(() => {
    const timer = setInterval(() => setLost(feed.lost), 1_000)
    return () => clearInterval(timer)
  }, [feed])
  if (lost === 0) return null
  return (
    <p className="faint">
      {countText(lost)} items were left out: more happened than this page can be told. Journals have all of them.
    </p>
  )
}
