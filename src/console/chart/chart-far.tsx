/** Names of the states of a chart that is seen from afar: as large as their boxes allow, so that a large chart stays a map. */
import { memo, useMemo } from 'react'
import { short } from './chart-lines.js'
import type { ChartModel } from './chart-model.js'
import { farNames } from './far-names.js'

interface Props {
  readonly model: ChartModel
  readonly active: ReadonlySet<string>
  readonly k: number
  readonly hidden: ReadonlySet<string>
}

export const ChartFar = memo(function ChartFar({ model, active, k, hidden }: Props) {
  const names = useMemo(() => farNames(model, hidden, k), [model, hidden, k])
  return (
    <g className="chart-far">
      {names.map(({ state: { id, name }, isOuter, size, x, y }) => (
        <text
          key={id}
          className="chart-title"
          data-active={active.has(id) && !isOuter}
          x={x}
          y={y}
          fontSize={size}
          textAnchor={isOuter ? 'start' : 'middle'}
        >
          {short(name, 60)}
        </text>
      ))}
    </g>
  )
})
