import { memo } from 'react'
import type { ToldChartState } from '../../control/protocol/chart.js'
import { LABEL, LINE, linesOf, short, TITLE, titleOf } from './chart-lines.js'
import type { StateLook } from './chart-looks.js'
import { inset } from './chart-path.js'

interface Props extends StateLook {
  readonly state: ToldChartState
  /** Whether there are states inside of it. */
  readonly isOuter: boolean
}

const RADIUS = 10

/** One state of a chart. Drawn anew only if its look changes. */
export const ChartState = memo(function ChartState({ state, isOuter, tone, heat, badge }: Props) {
  const { box, type, description } = state
  const kind = type === 'history' ? 'history' : isOuter ? (state.isRegion ? 'region' : 'group') : type
  return (
    <g
      className="chart-state"
      data-tone={tone}
      data-kind={kind}
      data-level={state.depth % 2}
      data-state={short(state.id)}
      style={{ '--heat': heat }}
    >
      {description !== undefined && <title>{short(description, 1_000)}</title>}
      {type === 'history' ? <History state={state} /> : <Box box={box} isFinal={type === 'final'} />}
      {type !== 'history' && (isOuter ? <Header state={state} /> : <Body state={state} />)}
      {badge !== '' && <Badge x={box.x + box.width} y={box.y} text={badge} />}
    </g>
  )
})

function Box({ box, isFinal }: { readonly box: ToldChartState['box']; readonly isFinal: boolean }) {
  const inner = inset(box, 3.5)
  return (
    <>
      <rect className="chart-box" {...box} rx={RADIUS} />
      {isFinal && <rect className="chart-ring" {...inner} rx={RADIUS - 3} />}
    </>
  )
}

function History({ state: { box, history } }: { readonly state: ToldChartState }) {
  const x = box.x + box.width / 2
  const y = box.y + box.height / 2
  return (
    <>
      <circle className="chart-box" cx={x} cy={y} r={box.width / 2} />
      <text className="chart-title" x={x} y={y + 4} fontSize={LABEL.size} textAnchor="middle">
        {history === 'deep' ? 'H*' : 'H'}
      </text>
    </>
  )
}

/** A state with states inside: its text stands in the upper left corner. */
function Header({ state }: { readonly state: ToldChartState }) {
  const { box } = state
  const y = box.y + 7 + TITLE.size
  return (
    <>
      <text className="chart-title" x={box.x + 14} y={y} fontSize={TITLE.size}>
        {titleOf(state)}
      </text>
      <Lines lines={linesOf(state)} x={box.x + 14} y={y + TITLE.lineHeight + 1} />
    </>
  )
}

/** A state without states inside: its name is centred, what it does stands below a rule. */
function Body({ state }: { readonly state: ToldChartState }) {
  const { box } = state
  const lines = linesOf(state)
  const x = box.x + box.width / 2
  const y = lines.length === 0 ? box.y + box.height / 2 + 5 : box.y + 7 + TITLE.size
  const rule = box.y + 7 + TITLE.lineHeight + 3
  return (
    <>
      <text className="chart-title" x={x} y={y} fontSize={TITLE.size} textAnchor="middle">
        {titleOf(state)}
      </text>
      {lines.length > 0 && <path className="chart-rule" d={`M${box.x + 1} ${rule}h${box.width - 2}`} />}
      <Lines lines={lines} x={box.x + 12} y={rule + 14} />
    </>
  )
}

function Lines({ lines, x, y }: { readonly lines: readonly string[]; readonly x: number; readonly y: number }) {
  return lines.map((line, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the lines of a state never change, and may be equal
    <text key={index} className="chart-line" x={x} y={y + index * LINE.lineHeight} fontSize={LINE.size}>
      {line}
    </text>
  ))
}

/** A count at the corner of a box or a label. */
export function Badge({
  x,
  y,
  text,
  kind = 'count',
}: {
  x: number
  y: number
  text: string
  kind?: 'count' | 'refused'
}) {
  const width = 12 + text.length * 6.6
  return (
    <g className="chart-badge" data-kind={kind} transform={`translate(${x - width + 8} ${y - 9})`}>
      <rect width={width} height={18} rx={9} />
      <text x={width / 2} y={13} fontSize={11} textAnchor="middle">
        {text}
      </text>
    </g>
  )
}
