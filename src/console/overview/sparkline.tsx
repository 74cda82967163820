/** A line without a scale: how a figure went in the last minute. It says nothing that the figure beside it does not. */
import type { ReactNode } from 'react'

type Point = readonly [atMs: number, value: number]

const WIDTH = 200
const HEIGHT = 28
/** Where less is known, that is stretched, but not further than this. */
const LEAST_MS = 10_000

export function Sparkline({ points }: { readonly points: readonly Point[] }): ReactNode {
  const last = points.at(-1)
  if (last === undefined || points.length < 2) return null
  const shownMs = Math.max(last[0] - (points[0] as Point)[0], LEAST_MS)
  const top = Math.max(...points.map(([, value]) => value), Number.MIN_VALUE)
  const x = (atMs: number): number => WIDTH - ((last[0] - atMs) / shownMs) * WIDTH
  const y = (value: number): number => HEIGHT - 1 - (value / top) * (HEIGHT - 5)
  const line = points.map(([atMs, value]) => `${x(atMs).toFixed(1)},${y(value).toFixed(1)}`).join(' ')
  const from = x((points[0] as Point)[0]).toFixed(1)
  return (
    <svg className="sparkline" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      <polygon points={`${from},${HEIGHT} ${line} ${WIDTH},${HEIGHT}`} fill="var(--accent)" opacity="0.09" />
      <polyline
        points={line}
        fill="none"
        stroke="var(--accent)"
        strokeWidth="1.3"
        vectorEffect="non-scaling-stroke"
        opacity="0.75"
      />
    </svg>
  )
}
