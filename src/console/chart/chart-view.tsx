/**
 * A statechart that can be looked around in: zoom, pan and fit by mouse, touch and keyboard; what can be sent is a button on its
 * arrow. The chart itself is drawn once: a new state only recolours.
 */
import { type ReactNode, useEffect, useMemo, useRef } from 'react'
import { useKeys } from '../app/keys.js'
import { ChartFar } from './chart-far.js'
import type { ChartLooks } from './chart-looks.js'
import { type ChartModel, innermost, namesOf } from './chart-model.js'
import { ChartTools } from './chart-tools.js'
import { FAR, tooSmall } from './far-names.js'
import { activeView, firstView, isInView } from './focus.js'
import { Minimap } from './minimap.js'
import { Picture } from './picture.js'
import { useViewport } from './use-viewport.js'
import { isWholeInView, seen } from './viewport.js'
import './chart.css'

interface Props {
  readonly model: ChartModel
  readonly looks: ChartLooks
  /** Ids of active states; undefined where no actor is shown. */
  readonly active?: readonly string[] | undefined
  /** Another value whenever the last transitions are shown anew. */
  readonly beat?: number | undefined
  readonly onEvent?: ((type: string) => void) | undefined
  /** Says under the picture what its colours mean. */
  readonly legend?: ReactNode
}

const NONE: readonly string[] = []

export function ChartView({ model, looks, active = NONE, beat, onEvent, legend }: Props) {
  const { chart } = model
  const frame = useRef<HTMLDivElement>(null)
  const port = useViewport(frame, chart, (screen) => firstView(model, active, screen))
  const { view, screen } = port
  const isFar = view.k < FAR
  const k = steps(view.k)
  const hidden = useMemo(() => tooSmall(model, k), [model, k])
  const on = useMemo(() => new Set(active), [active])
  useFollow(model, active, port)
  useKeys({ '+': port.zoomIn, '=': port.zoomIn, '-': port.zoomOut, '0': port.fit })
  return (
    <div className="chart" data-far={isFar} data-dragging={port.isDragging} ref={frame}>
      <div
        className="chart-frame"
        role="application"
        aria-roledescription="statechart"
        aria-label={`Statechart of ${chart.name}. Arrow keys move it, + and - zoom, 0 shows all of it.`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: an application is interactive: keys move the picture
        tabIndex={0}
        {...port.handlers}
      >
        {/* biome-ignore lint/a11y/noSvgWithoutTitle: a title would hang over all of it; it has a label. */}
        <svg
          className="chart-canvas"
          {...(onEvent === undefined
            ? { 'aria-hidden': true }
            : { role: 'group', 'aria-label': 'Events that can be sent' })}
          style={{ '--k': k }}
        >
          <g transform={`translate(${view.x} ${view.y}) scale(${view.k})`}>
            <Picture model={model} hidden={hidden} looks={looks} beat={beat} onEvent={onEvent} />
            {isFar && <ChartFar model={model} active={on} k={k} hidden={hidden} />}
          </g>
        </svg>
      </div>
      {!isWholeInView(view, chart, screen) && screen.width > 480 && (
        <Minimap chart={chart} active={on} view={seen(view, screen)} onMove={port.centre} />
      )}
      <ChartTools
        port={port}
        onActive={active.length === 0 ? undefined : () => port.follow(activeView(model, active, screen))}
      />
      {legend !== undefined && <div className="chart-legend">{legend}</div>}
      {active !== NONE && <ActiveStates model={model} active={active} />}
    </div>
  )
}

/** Without a reader who has moved the chart, what is active stays in view. */
function useFollow(model: ChartModel, active: readonly string[], port: ReturnType<typeof useViewport>): void {
  const now = useRef(port)
  now.current = port
  useEffect(() => {
    const { isFollowing, view, screen, follow } = now.current
    if (isFollowing() && screen.width > 0 && !isInView(model, active, view, screen))
      follow(activeView(model, active, screen))
  }, [model, active])
}

/** What a screen reader hears instead of colours. */
function ActiveStates({ model, active }: { readonly model: ChartModel; readonly active: readonly string[] }) {
  const names = innermost(model, active).map((id) => namesOf(model, id).join(' › ').slice(0, 500))
  return (
    <div className="hidden" role="status">
      {names.length === 0 ? 'No state is active.' : `Active: ${names.join(', ')}.`}
    </div>
  )
}

/** Scale in coarse steps: what depends on it is drawn anew only so often. */
function steps(k: number): number {
  return Math.round(2 ** (Math.round(Math.log2(k) * 4) / 4) * 1_000) / 1_000
}
