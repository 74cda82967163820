/** The records of the journal, newest first; only those in view are there. */
import { useVirtualizer } from '@tanstack/react-virtual'
import { memo, type ReactNode, useEffect, useRef } from 'react'
import type { JournalRow } from '../../../control/protocol/journal.js'
import { asApiError } from '../../api/api-error.js'
import { Link } from '../../app/link.js'
import { countText, exactClockText } from '../../parts/amounts.js'
import { ErrorPanel } from '../../parts/error-panel.js'
import { eventName } from '../../parts/event-name.js'
import { plainLine } from '../../parts/plain.js'
import { StateLine } from '../../parts/state-line.js'
import type { JournalStore } from './journal-store.js'
import { KIND_WORDS, toneOfRecord } from './records.js'
import './journal-list.css'

const ROW_PX = 46

interface JournalListProps {
  readonly path: string
  readonly journal: JournalStore
  readonly at: number | undefined
}

export function JournalList({ path, journal, at }: JournalListProps): ReactNode {
  const scroller = useRef<HTMLElement>(null)
  const { first, last } = journal.bounds
  const virtual = useVirtualizer({
    count: last - first + 1,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 8,
  })
  const items = virtual.getVirtualItems()
  const top = items[0]?.index
  const bottom = items.at(-1)?.index
  useEffect(() => {
    if (top !== undefined && bottom !== undefined) journal.need(last - bottom, last - top)
  }, [journal, last, top, bottom])
  // biome-ignore lint/correctness/useExhaustiveDependencies: it follows the shown record, not the growth of the journal.
  useEffect(() => {
    if (at !== undefined) virtual.scrollToIndex(last - at, { align: 'auto' })
  }, [at])
  return (
    <div className="journal">
      {journal.problem !== undefined && (
        <ErrorPanel what="The journal can’t be read." problem={asApiError(journal.problem)} />
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys. */}
      <section ref={scroller} className="journal-scroll" aria-label="Records, newest first" tabIndex={0}>
        <div role="presentation" className="journal-all" style={{ height: virtual.getTotalSize() }}>
          {items.map(({ index, start }) => (
            <RecordLine
              key={last - index}
              path={path}
              seqNr={last - index}
              row={journal.row(last - index)}
              isShown={at === last - index}
              top={start}
            />
          ))}
        </div>
      </section>
    </div>
  )
}

interface RecordLineProps {
  readonly path: string
  readonly seqNr: number
  readonly row: JournalRow | undefined
  readonly isShown: boolean
  readonly top: number
}

const RecordLine = memo(function RecordLine({ path, seqNr, row, isShown, top }: RecordLineProps) {
  return (
    <div className="journal-row" style={{ transform: `translateY(${top}px)` }}>
      <Link
        to={{ view: 'actor', path, at: seqNr }}
        query={{ tab: 'journal' }}
        className="journal-link"
        data-tone={row === undefined ? 'unknown' : toneOfRecord(row)}
        aria-current={isShown ? 'true' : undefined}
      >
        <span className="journal-nr mono">{countText(seqNr)}</span>
        {row === undefined ? <span className="faint">reading…</span> : <RecordWords row={row} />}
      </Link>
    </div>
  )
})

function RecordWords({ row }: { readonly row: JournalRow }): ReactNode {
  const { event, kind, state, isMove, error, from, atMs } = row
  return (
    <>
      <span className="journal-words">
        <span className="journal-first">
          <span className="journal-type mono" title={plainLine(event.type, 200)}>
            {eventName(event.type)}
          </span>
          {event.fields !== undefined && <span className="journal-fields mono">{plainLine(event.fields, 200)}</span>}
        </span>
        <span className="journal-second">
          <span title={KIND_WORDS[kind]}>{kind}</span>
          {from !== undefined && <span className="cut journal-from">from {plainLine(from, 120)}</span>}
          {isMove && <StateLine state={state} />}
          {error !== undefined && <span className="journal-error cut">{plainLine(error, 200)}</span>}
        </span>
      </span>
      <time className="journal-time mono">{exactClockText(atMs)}</time>
    </>
  )
}
