/** The whole chart, small, in a corner: where the reader is in it. For the pointer only; the keyboard pans and zooms itself. */
import { memo, type PointerEvent, useRef } from 'react'
import type { ToldChart } from '../../control/protocol/chart.js'
import type { Box, Point } from './chart-path.js'

const WIDEST = 190
const HIGHEST = 120

interface Props {
  readonly chart: ToldChart
  readonly active: ReadonlySet<string>
  readonly view: Box
  readonly onMove: (at: Point) => void
}

export function Minimap({ chart, active, view, onMove }: Props) {
  const isDown = useRef(false)
  const scale = Math.min(WIDEST / chart.width, HIGHEST / chart.height)
  const move = ({ currentTarget, clientX, clientY }: PointerEvent<SVGSVGElement>): void => {
    const { left, top } = currentTarget.getBoundingClientRect()
    onMove({ x: (clientX - left) / scale, y: (clientY - top) / scale })
  }
  return (
    <svg
      className="chart-minimap"
      aria-hidden="true"
      width={chart.width * scale}
      height={chart.height * scale}
      viewBox={`0 0 ${chart.width} ${chart.height}`}
      onPointerDown={(press) => {
        press.stopPropagation()
        isDown.current = true
        press.currentTarget.setPointerCapture(press.pointerId)
        move(press)
      }}
      onPointerMove={(press) => isDown.current && move(press)}
      onPointerUp={() => {
        isDown.current = false
      }}
    >
      <Boxes chart={chart} active={active} />
      <rect className="minimap-view" {...view} strokeWidth={1.5 / scale} />
    </svg>
  )
}

const Boxes = memo(function Boxes({ chart, active }: Pick<Props, 'chart' | 'active'>) {
  return chart.states
    .filter(({ type }) => type !== 'history')
    .map(({ id, box }) => <rect key={id} className="minimap-state" data-active={active.has(id)} {...box} rx={14} />)
})
