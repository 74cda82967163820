/**
 * The sequence diagram: a column for each actor, and arrows between them from top to bottom. Only the arrows in sight are
 * in the page, so that a conversation of thousands opens at once.
 */
import { useVirtualizer } from '@tanstack/react-virtual'
import { memo, type ReactNode, useRef } from 'react'
import type { ToldMessage } from '../../control/protocol/lists.js'
import { useConsole } from '../app/console-context.js'
import { ActorLink } from '../parts/actor-link.js'
import { exactClockText } from '../parts/amounts.js'
import { eventName } from '../parts/event-name.js'
import { Icon } from '../parts/icon.js'
import { plainLine } from '../parts/plain.js'
import { useIsNarrow } from '../parts/use-is-narrow.js'
import { useWidth } from '../parts/use-width.js'
import './diagram.css'
import { nameOf, OUTSIDE, type Sequence } from './sequence.js'

const LINE_PX = 40
const TIME_PX = 92
/** As wide as there is room for, within these bounds. */
const MIN_COLUMN_PX = 118
const MAX_COLUMN_PX = 260
/** How far an actor's message to itself goes out. */
const LOOP_PX = 30

export function Diagram({ sequence }: { readonly sequence: Sequence }): ReactNode {
  const { columns, messages } = sequence
  const scroller = useRef<HTMLDivElement>(null)
  const timePx = useIsNarrow() ? 0 : TIME_PX
  const room = (useWidth(scroller) - timePx) / Math.max(columns.length, 1)
  const columnPx = Math.min(Math.max(Math.floor(room), MIN_COLUMN_PX), MAX_COLUMN_PX)
  const width = timePx + columns.length * columnPx
  const places = new Map(columns.map((name, i) => [name, timePx + (i + 0.5) * columnPx]))
  const virtual = useVirtualizer({
    count: messages.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE_PX,
    overscan: 8,
  })
  const height = virtual.getTotalSize() + 16
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys.
    <section ref={scroller} className="diagram" tabIndex={0} aria-label="Sequence of messages">
      <div className="diagram-heads" style={{ width: Math.max(width, 0), paddingLeft: timePx }}>
        {columns.map((name) => (
          <div key={name} className="diagram-head" style={{ width: columnPx }}>
            <span className="cut">{name === OUTSIDE ? <OutsideName /> : <ColumnName name={name} />}</span>
          </div>
        ))}
      </div>
      {/* biome-ignore lint/a11y/noSvgWithoutTitle: the section around it has the name, each arrow its own. */}
      <svg className="diagram-svg" width={width} height={height}>
        {[...places.entries()].map(([name, x]) => (
          <line
            key={name}
            className={name === OUTSIDE ? 'life-line life-outside' : 'life-line'}
            x1={x}
            x2={x}
            y1={0}
            y2={height}
          />
        ))}
        {timePx > 0 &&
          virtual.getVirtualItems().map(({ index, start }) => (
            <text key={index} className="arrow-time" x={12} y={start + LINE_PX - 7}>
              {exactClockText(messages[index]?.atMs ?? 0)}
            </text>
          ))}
        {virtual.getVirtualItems().map(({ index, start }) => {
          const message = messages[index] as ToldMessage
          return (
            <Arrow
              key={index}
              message={message}
              from={places.get(nameOf(message.from)) ?? 0}
              to={places.get(nameOf(message.to)) ?? 0}
              y={start + LINE_PX - 10}
            />
          )
        })}
      </svg>
    </section>
  )
}

function OutsideName(): ReactNode {
  return (
    <span className="faint">
      <Icon name="outside" size={13} /> outside
    </span>
  )
}

function ColumnName({ name }: { readonly name: string }): ReactNode {
  if (name.includes('://'))
    return <span title={plainLine(name)}>{plainLine(name.slice(name.lastIndexOf('/') + 1))}</span>
  return <ActorLink path={name} isShort />
}

interface ArrowProps {
  readonly message: ToldMessage
  readonly from: number
  readonly to: number
  readonly y: number
}

const Arrow = memo(function Arrow({ message, from, to, y }: ArrowProps): ReactNode {
  const { router } = useConsole()
  const { event, record, outcome } = message
  const isSelf = from === to
  const isRight = to >= from
  const left = Math.min(from, to)
  const room = isSelf ? 150 : Math.abs(to - from) - 18
  const type = eventName(event.type)
  const open = (): void => {
    if (record !== undefined) router.go({ view: 'actor', path: record.path, at: record.seqNr })
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: an SVG group can't be a link element that scales with the diagram.
    <g
      className={`arrow ${record === undefined ? 'arrow-lost' : ''} ${outcome === undefined || outcome === 'handled' ? '' : 'arrow-untaken'}`}
      role="link"
      tabIndex={record === undefined ? -1 : 0}
      aria-disabled={record === undefined ? true : undefined}
      onClick={open}
      onKeyDown={(press) => {
        if (press.key === 'Enter') open()
      }}
    >
      <title>{toldOf(message)}</title>
      <rect className="arrow-ground" x={0} y={y - 28} width="100%" height={36} />
      {isSelf ? (
        <path className="arrow-line" d={`M${from} ${y - 10}h${LOOP_PX - 8}a8 5 0 0 1 0 10h-${LOOP_PX - 14}`} />
      ) : (
        <line className="arrow-line" x1={from} x2={isRight ? to - 7 : to + 7} y1={y} y2={y} />
      )}
      <path className="arrow-head" d={isSelf || !isRight ? `M${to + 1} ${y}l8 -4v8z` : `M${to - 1} ${y}l-8 -4v8z`} />
      <circle className="arrow-start" cx={from} cy={isSelf ? y - 10 : y} r="2.5" />
      <text
        className="arrow-type"
        x={isSelf ? from + LOOP_PX + 6 : left + 9 + room / 2}
        y={isSelf ? y - 1 : y - 7}
        textAnchor={isSelf ? 'start' : 'middle'}
      >
        {fitted(type, room)}
      </text>
    </g>
  )
})

/** Its name for screen readers, and what is shown where the pointer rests on it. */
function toldOf({ event, from, to, atMs, outcome }: ToldMessage): string {
  const fields = event.fields === undefined ? '' : `\n${plainLine(event.fields, 600)}`
  const end = outcome === undefined ? '' : `, ${plainLine(outcome, 60)}`
  const way = `from ${plainLine(from ?? 'outside')} to ${plainLine(to)}`
  return `${plainLine(event.type)} ${way}\n${exactClockText(atMs)}${end}${fields}`
}

/** A character is 7 px wide, about. */
function fitted(text: string, px: number): string {
  const room = Math.max(Math.floor(px / 7), 4)
  return text.length <= room ? text : `${text.slice(0, room - 1)}…`
}
