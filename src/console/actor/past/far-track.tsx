/** The whole of a long journal in one line: where one is in it, and what is known of it. For the pointer; keys have the near track. */
import { type PointerEvent, type ReactNode, useMemo, useRef } from 'react'
import { useWidth } from '../../parts/use-width.js'
import { type JournalStore, PAGE } from './journal-store.js'
import { toneOfRecord } from './records.js'
import { placeOn, recordAt, type Stretch } from './track.js'
import type { Travel } from './use-travel.js'

const HEIGHT = 14

interface FarTrackProps {
  readonly journal: JournalStore
  readonly travel: Travel
}

export function FarTrack({ journal, travel }: FarTrackProps): ReactNode {
  const ref = useRef<HTMLDivElement>(null)
  const width = useWidth(ref)
  const isDown = useRef(false)
  const { first, last } = journal.bounds
  const whole = { from: first, to: last }
  const at = travel.at ?? last
  const goTo = (press: PointerEvent<HTMLDivElement>): void => {
    const { left, width } = press.currentTarget.getBoundingClientRect()
    travel.go(recordAt((press.clientX - left) / Math.max(1, width), whole))
  }
  return (
    <div
      ref={ref}
      className="far-track"
      aria-hidden="true"
      onPointerDown={(press) => {
        press.currentTarget.setPointerCapture(press.pointerId)
        isDown.current = true
        travel.play(false)
        goTo(press)
      }}
      onPointerMove={(press) => isDown.current && goTo(press)}
      onPointerUp={() => {
        isDown.current = false
      }}
    >
      {width > 0 && (
        <svg width={width} height={HEIGHT} aria-hidden="true">
          <Known journal={journal} whole={whole} width={width} />
          <path className="near-hand" d={`M${placeOn(at, whole) * width} 0V${HEIGHT}`} />
        </svg>
      )}
    </div>
  )
}

/** What was fetched, by columns of one px: failures over changes of state over the rest. */
function Known({
  journal,
  whole,
  width,
}: {
  readonly journal: JournalStore
  readonly whole: Stretch
  readonly width: number
}): ReactNode {
  const version = journal.version()
  // biome-ignore lint/correctness/useExhaustiveDependencies: the rows of a journal change with its version.
  const paths = useMemo(() => columns(journal, whole, width), [journal, version, whole.from, whole.to, width])
  return (
    <>
      {paths.pages.map(({ x, wide }) => (
        <rect key={x} className="far-known" x={x} y={4} width={Math.max(1, wide)} height={HEIGHT - 8} />
      ))}
      <path className="far-moves" d={paths.moves} />
      <path className="far-failures" d={paths.failures} />
    </>
  )
}

function columns(journal: JournalStore, whole: Stretch, width: number) {
  const moves = new Set<number>()
  const failures = new Set<number>()
  const pages: { x: number; wide: number }[] = []
  const scale = width / (whole.to - whole.from + 1)
  for (const page of journal.pages) {
    pages.push({ x: (page * PAGE - whole.from) * scale, wide: PAGE * scale })
    for (const row of journal.rowsOfPage(page)) {
      const tone = toneOfRecord(row)
      const x = Math.floor(placeOn(row.seqNr, whole) * width)
      if (tone === 'failure' || tone === 'error') failures.add(x)
      else if (tone === 'move') moves.add(x)
    }
  }
  const lines = (xs: ReadonlySet<number>, from: number): string =>
    [...xs].map((x) => `M${x + 0.5} ${from}V${HEIGHT - from}`).join('')
  return { pages, moves: lines(moves, 3), failures: lines(failures, 0) }
}
