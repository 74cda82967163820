import { type KeyboardEvent, memo } from 'react'
import type { ToldChart, ToldChartTransition } from '../../control/protocol/chart.js'
import { LABEL, labelOf, short } from './chart-lines.js'
import { type ArrowLook, arrowText } from './chart-looks.js'
import { linePath, roundedPath, tipPath } from './chart-path.js'
import { Badge } from './chart-state.js'

interface Props extends ArrowLook {
  readonly arrow: ToldChartTransition
}

/** The line of one transition. */
export const ChartArrow = memo(function ChartArrow({ arrow, tone, heat, event, takes }: Props) {
  const { points } = arrow
  return (
    <g
      className="chart-arrow"
      data-tone={tone}
      data-enabled={event === '' ? undefined : takes}
      style={{ '--heat': heat }}
    >
      <path className="chart-stroke" d={linePath(points)} />
      <path className="chart-tip" d={tipPath(points)} />
    </g>
  )
})

/** The same line once more, above the others: a light runs along it when it has just been taken. */
export function TakenArrow({ arrow: { points } }: { readonly arrow: ToldChartTransition }) {
  return (
    <g className="chart-taken">
      <path className="chart-glow" d={roundedPath(points)} />
      <path className="chart-run" d={linePath(points)} pathLength={1} />
      <path className="chart-tip" d={tipPath(points, 1.35)} />
    </g>
  )
}

interface LabelProps extends Props {
  readonly onEvent?: ((type: string) => void) | undefined
}

/** What stands on the line. It is a button where its event can be sent. */
export const ChartLabel = memo(function ChartLabel({ arrow, onEvent, ...look }: LabelProps) {
  const { tone, event, takes, badge, refused } = look
  const { label } = arrow
  const send = event === '' || onEvent === undefined ? undefined : () => onEvent(event)
  const box = { x: label.x - 5, y: label.y - 3, width: label.width + 10, height: label.height + 6 }
  return (
    <g
      className="chart-label"
      data-tone={tone}
      data-enabled={send && takes}
      style={{ '--heat': look.heat }}
      {...asButton(arrow, look, send)}
    >
      <title>{short(arrowText(arrow), 1_000)}</title>
      <rect className="chart-pill" {...box} rx={Math.min(11, box.height / 2)} />
      <Words arrow={arrow} />
      {badge !== '' && <Badge x={label.x + label.width} y={label.y - 4} text={badge} />}
      {refused > 0 && <Badge x={label.x + 16} y={label.y - 4} text={`✕${refused}`} kind="refused" />}
    </g>
  )
})

function asButton(arrow: ToldChartTransition, { event, takes }: ArrowLook, send: (() => void) | undefined) {
  if (send === undefined) return {}
  const no = takes === 'no' ? '; its guard refuses it as it stands' : ''
  // What is written comes first, so that it can be said to a computer that listens.
  const { trigger, actions } = labelOf(arrow)
  const written = [...trigger, ...actions].join(' ')
  return {
    role: 'button',
    tabIndex: 0,
    'aria-label': short(`${written}: sends ${event}, from ${arrow.source} to ${arrow.target}${no}`, 1_000),
    onClick: send,
    onKeyDown: (press: KeyboardEvent) => {
      if (press.key !== 'Enter' && press.key !== ' ') return
      press.preventDefault()
      send()
    },
  }
}

function Words({ arrow }: { readonly arrow: ToldChartTransition }) {
  const { trigger, actions } = labelOf(arrow)
  const middle = arrow.label.x + arrow.label.width / 2
  return [...trigger, ...actions].map((line, index) => (
    <text
      // biome-ignore lint/suspicious/noArrayIndexKey: the lines of a label never change, and may be equal
      key={index}
      className={index < trigger.length ? 'chart-trigger' : 'chart-action'}
      x={middle}
      y={arrow.label.y + LABEL.size + index * LABEL.lineHeight}
      fontSize={LABEL.size}
      textAnchor="middle"
    >
      {line}
    </text>
  ))
}

/** Where a state with states inside begins: a dot and its arrow. */
export const ChartInitial = memo(function ChartInitial({
  initial: { dot, points },
}: {
  initial: ToldChart['initials'][number]
}) {
  return (
    <g className="chart-arrow" data-tone="initial">
      <circle className="chart-dot" cx={dot.x + dot.width / 2} cy={dot.y + dot.height / 2} r={dot.width / 2} />
      <path className="chart-stroke" d={linePath(points)} />
      <path className="chart-tip" d={tipPath(points)} />
    </g>
  )
})
