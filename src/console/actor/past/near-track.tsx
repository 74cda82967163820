/**
 * The records around the shown one, each a mark: a change of state is tall, a failure is red. A slider for the keyboard and for
 * who can't see it.
 */
import { type KeyboardEvent, type PointerEvent, type ReactNode, useEffect, useMemo, useRef } from 'react'
import type { JournalRow } from '../../../control/protocol/journal.js'
import { countText } from '../../parts/amounts.js'
import { plainLine } from '../../parts/plain.js'
import { useWidth } from '../../parts/use-width.js'
import type { JournalStore } from './journal-store.js'
import { toneOfRecord } from './records.js'
import { nearStretch, placeOn, recordAt, type Stretch } from './track.js'
import type { Travel } from './use-travel.js'

const HEIGHT = 30
/** Room for one mark, in px. */
const MARK = 7

interface NearTrackProps {
  readonly journal: JournalStore
  readonly travel: Travel
}

export function NearTrack({ journal, travel }: NearTrackProps): ReactNode {
  const ref = useRef<HTMLDivElement>(null)
  const width = useWidth(ref)
  const { first, last } = journal.bounds
  const at = travel.at ?? last
  const drag = useRef<Stretch>(undefined)
  // While it is dragged the track stands still.
  const stretch = drag.current ?? nearStretch(at, { from: first, to: last }, width / MARK)
  const { from, to } = stretch
  useEffect(() => {
    if (width > 0) journal.need(from, to)
  }, [journal, from, to, width])
  const goTo = (press: PointerEvent<HTMLDivElement>): void => {
    const { left, width } = press.currentTarget.getBoundingClientRect()
    travel.go(recordAt((press.clientX - left) / Math.max(1, width), stretch))
  }
  return (
    <div
      ref={ref}
      className="near-track"
      role="slider"
      tabIndex={0}
      aria-label="Record of the journal"
      aria-valuemin={first}
      aria-valuemax={last}
      aria-valuenow={at}
      aria-valuetext={valueText(travel.at, journal.row(at))}
      data-live={travel.at === undefined}
      onKeyDown={(press) => keyed(press, travel, { from: first, to: last })}
      onPointerDown={(press) => {
        press.currentTarget.setPointerCapture(press.pointerId)
        drag.current = stretch
        travel.play(false)
        goTo(press)
      }}
      onPointerMove={(press) => drag.current !== undefined && goTo(press)}
      onPointerUp={() => {
        drag.current = undefined
      }}
      onPointerCancel={() => {
        drag.current = undefined
      }}
    >
      {width > 0 && <Marks journal={journal} stretch={stretch} width={width} at={travel.at} />}
    </div>
  )
}

interface MarksProps {
  readonly journal: JournalStore
  readonly stretch: Stretch
  readonly width: number
  readonly at: number | undefined
}

function Marks({ journal, stretch: { from, to }, width, at }: MarksProps): ReactNode {
  const version = journal.version()
  // biome-ignore lint/correctness/useExhaustiveDependencies: the rows of a journal change with its version.
  const marks = useMemo(() => {
    const room = width / (to - from + 1)
    return Array.from({ length: to - from + 1 }, (_, index) => {
      const row = journal.row(from + index)
      // biome-ignore lint/suspicious/noArrayIndexKey: a mark is known by its record.
      return <Mark key={from + index} row={row} x={index * room} room={room} />
    })
  }, [journal, version, from, to, width])
  const x = at === undefined ? undefined : placeOn(at, { from, to }) * width
  return (
    <svg width={width} height={HEIGHT} aria-hidden="true">
      <path className="near-line" d={`M0 ${HEIGHT - 5.5}H${width}`} />
      {marks}
      {x !== undefined && (
        <g className="near-hand" transform={`translate(${x} 0)`}>
          <path d={`M0 2V${HEIGHT - 1}`} />
          <circle cx={0} cy={5} r={4.5} />
        </g>
      )}
    </svg>
  )
}

const HIGH = { failure: 20, error: 20, move: 16, plain: 7 } as const

function Mark({
  row,
  x,
  room,
}: {
  readonly row: JournalRow | undefined
  readonly x: number
  readonly room: number
}): ReactNode {
  const tone = row === undefined ? 'plain' : toneOfRecord(row)
  const wide = Math.min(5, Math.max(1.5, room - 2))
  const high = HIGH[tone]
  return (
    <rect
      className="near-mark"
      data-tone={row === undefined ? 'unknown' : tone}
      x={x + (room - wide) / 2}
      y={HEIGHT - 5.5 - high}
      width={wide}
      height={high}
      rx={1.5}
    />
  )
}

function valueText(at: number | undefined, row: JournalRow | undefined): string {
  if (at === undefined) return 'now'
  if (row === undefined) return `record ${countText(at)}`
  return plainLine(
    `record ${countText(at)}, ${row.event.type}${row.state === undefined ? '' : `, ${row.state}`}${row.error === undefined ? '' : `, failed: ${row.error}`}`,
    300,
  )
}

function keyed(press: KeyboardEvent, travel: Travel, { from, to }: Stretch): void {
  const at = travel.at ?? to
  const act = {
    PageUp: () => travel.go(at - 50),
    PageDown: () => travel.go(at + 50),
    Home: () => travel.go(from),
    End: () => travel.go(to),
  }[press.key]
  if (act === undefined) return
  press.preventDefault()
  press.stopPropagation()
  act()
}
