/** The lanes: names at the left, and a canvas that is drawn anew with each animation frame while time goes on. */
import { type PointerEvent, type ReactNode, type RefObject, useEffect, useRef, useState } from 'react'
import { useConsole } from '../app/console-context.js'
import { ActorLink } from '../parts/actor-link.js'
import { Button } from '../parts/button.js'
import { Empty } from '../parts/empty.js'
import { Ago } from '../parts/time.js'
import { useTheme } from '../theme/theme.js'
import { AXIS_PX, type Drawn, draw, type Hit, hitAt, LANE_PX, lookOf } from './drawing.js'
import { type Lanes, lanesOf } from './lanes.js'
import { moved, type TimeWindow, zoomed } from './time-window.js'
import type { TimelineFeed } from './timeline-feed.js'

interface LaneChartProps {
  readonly feed: TimelineFeed
  readonly window: TimeWindow
  readonly onWindow: (change: (before: TimeWindow) => TimeWindow) => void
  /** To the last thing that happened, which is not in sight. */
  readonly onLast: (atMs: number) => void
  readonly search: string
  readonly chosen: Drawn | undefined
  readonly onChoose: (drawn: Drawn | undefined) => void
}

const NO_LANES: Lanes = { paths: [], hidden: 0 }
/** How often lanes come and go while time goes on. */
const LANES_MS = 400

export function LaneChart(props: LaneChartProps): ReactNode {
  const { feed, search, onWindow, onLast, onChoose } = props
  const canvas = useRef<HTMLCanvasElement>(null)
  const [lanes, setLanes] = useState<Lanes>(NO_LANES)
  const hits = useDrawing(canvas, props, lanes, setLanes)
  useWheel(canvas, onWindow)
  const drag = useDrag(canvas, onWindow, (x, y) => onChoose(hitAt(hits.current, x, y)))
  const last = lastOf(feed, search)
  const height = AXIS_PX + (lanes.paths.length + 1) * LANE_PX
  return (
    <div className="panel lane-chart">
      <div className="lane-names">
        <div className="lane-axis" style={{ height: AXIS_PX }} />
        <div className="lane-name faint" style={{ height: LANE_PX }}>
          Commits
        </div>
        {lanes.paths.map((path) => (
          <div key={path} className="lane-name cut" style={{ height: LANE_PX }}>
            <ActorLink path={path} />
          </div>
        ))}
      </div>
      <div className="lane-area">
        <canvas
          ref={canvas}
          className="lane-canvas"
          style={{ height }}
          role="img"
          aria-label={`What ${lanes.paths.length} actors did over time. The list below says the same in words.`}
          {...drag}
        />
        {lanes.paths.length === 0 && (
          <Empty
            icon="timeline"
            title={
              search === ''
                ? 'Nothing has happened in this stretch of time'
                : 'No such actor did anything in this stretch of time'
            }
          >
            {last === undefined ? (
              <p>As soon as an actor handles an event, it appears here.</p>
            ) : (
              <>
                <p>
                  The last thing happened <Ago atMs={last} />. The minus key shows a longer stretch.
                </p>
                <Button onClick={() => onLast(last)}>Show the last thing</Button>
              </>
            )}
          </Empty>
        )}
      </div>
      {lanes.hidden > 0 && (
        <p className="lane-hidden">{lanes.hidden} more actors did something: search for a path to see them.</p>
      )}
    </div>
  )
}

/** When the last thing happened of all that is meant. */
function lastOf({ items }: TimelineFeed, search: string): number | undefined {
  const text = search.toLowerCase()
  return items.findLast((item) => item.kind !== 'commit' && (item.path ?? '').toLowerCase().includes(text))?.atMs
}

/** Draws whenever time, the feed or the window has gone on; answers what was drawn where. */
function useDrawing(
  canvas: RefObject<HTMLCanvasElement | null>,
  props: LaneChartProps,
  lanes: Lanes,
  onLanes: (lanes: Lanes) => void,
): RefObject<readonly Hit[]> {
  const { themes } = useConsole()
  const theme = useTheme(themes)
  const hits = useRef<readonly Hit[]>([])
  const newest = useRef({ props, lanes })
  newest.current = { props, lanes }
  // biome-ignore lint/correctness/useExhaustiveDependencies: another theme is another look.
  useEffect(() => {
    const element = canvas.current
    const context = element?.getContext('2d')
    if (element === null || context === null || context === undefined) return
    const look = lookOf(element)
    let [frame, lanesAtMs, last] = [0, 0, '']
    const next = (): void => {
      frame = requestAnimationFrame(next)
      const { feed, window, search, chosen } = newest.current.props
      const toMs = window.endMs ?? Date.now()
      const fromMs = toMs - window.spanMs
      const { clientWidth: width, clientHeight: height } = element
      const now = `${feed.version} ${fromMs} ${toMs} ${width} ${height} ${search} ${newest.current.lanes.paths.length}`
      if (now === last && chosen === undefined) return
      last = now
      if (Date.now() - lanesAtMs > LANES_MS) {
        lanesAtMs = Date.now()
        const text = search.toLowerCase()
        const found = lanesOf(feed, fromMs, toMs, (path) => path.toLowerCase().includes(text))
        if (!isSame(found, newest.current.lanes)) onLanes(found)
      }
      resized(element, context, width, height)
      const { paths } = newest.current.lanes
      hits.current = draw({ context, feed, paths, fromMs, toMs, width, height, look, chosen })
    }
    next()
    // While the window stands still, lanes follow what is searched for.
    const again = setInterval(() => {
      last = ''
    }, LANES_MS)
    return () => {
      cancelAnimationFrame(frame)
      clearInterval(again)
    }
  }, [canvas, theme])
  return hits
}

/** As many pixels as the screen has. */
function resized(element: HTMLCanvasElement, context: CanvasRenderingContext2D, width: number, height: number): void {
  const ratio = devicePixelRatio
  if (element.width !== Math.round(width * ratio) || element.height !== Math.round(height * ratio)) {
    element.width = Math.round(width * ratio)
    element.height = Math.round(height * ratio)
  }
  context.setTransform(ratio, 0, 0, ratio, 0, 0)
}

function isSame(a: Lanes, b: Lanes): boolean {
  return a.hidden === b.hidden && a.paths.length === b.paths.length && a.paths.every((path, i) => path === b.paths[i])
}

/** Ctrl and the wheel, or a pinch: closer and further. Sideways: earlier and later. */
function useWheel(canvas: RefObject<HTMLCanvasElement | null>, onWindow: LaneChartProps['onWindow']): void {
  useEffect(() => {
    const element = canvas.current
    const turn = (event: WheelEvent): void => {
      const isZoom = event.ctrlKey || event.metaKey
      if (element === null || (!isZoom && Math.abs(event.deltaX) <= Math.abs(event.deltaY))) return
      event.preventDefault()
      const share = event.offsetX / element.clientWidth
      onWindow((before) =>
        isZoom
          ? zoomed(before, 1.0025 ** event.deltaY, share, Date.now())
          : moved(before, (event.deltaX / element.clientWidth) * before.spanMs, Date.now()),
      )
    }
    element?.addEventListener('wheel', turn, { passive: false })
    return () => element?.removeEventListener('wheel', turn)
  }, [canvas, onWindow])
}

const CLICK_PX = 4

/** Dragging moves the window; a press without moving chooses. */
function useDrag(
  canvas: RefObject<HTMLCanvasElement | null>,
  onWindow: LaneChartProps['onWindow'],
  onClick: (x: number, y: number) => void,
) {
  const from = useRef<{ x: number; moved: number } | undefined>(undefined)
  return {
    onPointerDown: (event: PointerEvent<HTMLCanvasElement>) => {
      from.current = { x: event.clientX, moved: 0 }
      event.currentTarget.setPointerCapture(event.pointerId)
    },
    onPointerMove: (event: PointerEvent<HTMLCanvasElement>) => {
      const start = from.current
      const element = canvas.current
      if (start === undefined || element === null) return
      const px = event.clientX - start.x
      start.moved += Math.abs(px)
      start.x = event.clientX
      if (start.moved > CLICK_PX)
        onWindow((before) => moved(before, (-px / element.clientWidth) * before.spanMs, Date.now()))
    },
    onPointerUp: (event: PointerEvent<HTMLCanvasElement>) => {
      const start = from.current
      from.current = undefined
      if (start !== undefined && start.moved <= CLICK_PX) onClick(event.nativeEvent.offsetX, event.nativeEvent.offsetY)
    },
  }
}
