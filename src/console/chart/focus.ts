/** Which part of a chart is worth seeing first: all of it if it can be read, else what is active with its surroundings. */
import { type ChartModel, innermost } from './chart-model.js'
import type { Box, Point } from './chart-path.js'
import { around, centred, fitted, type Size, seen, settled, type View } from './viewport.js'

/** A chart that would be smaller than this is not shown whole. */
const READABLE = 0.5
/** How much around the active states is shown, in px of the chart. */
const SURROUNDINGS = 90
/** Scale at which one state is shown where even its surroundings are too large. */
const CLOSE = 0.8
/** A part is not shown larger than this. */
const CLOSEST = 0.9

/** The box around some states of a chart; undefined if it has none of them. */
function boxAround({ chart: { states } }: ChartModel, ids: readonly string[]): Box | undefined {
  const wanted = new Set(ids)
  const boxes = states.filter(({ id }) => wanted.has(id)).map(({ box }) => box)
  if (boxes.length === 0) return undefined
  const x = Math.min(...boxes.map((box) => box.x))
  const y = Math.min(...boxes.map((box) => box.y))
  const right = Math.max(...boxes.map((box) => box.x + box.width))
  const bottom = Math.max(...boxes.map((box) => box.y + box.height))
  return { x, y, width: right - x, height: bottom - y }
}

export function firstView(model: ChartModel, active: readonly string[], screen: Size): View {
  const whole = fitted(model.chart, screen)
  if (whole.k >= READABLE) return whole
  return activeView(model, active, screen) ?? whole
}

/** What is active with its surroundings; where that is too much to be read, the innermost of it. */
export function activeView(model: ChartModel, active: readonly string[], screen: Size): View | undefined {
  const inner = innermost(model, active)
  const deepest = [...inner].sort((a, b) => depthOf(model, b) - depthOf(model, a))[0]
  if (deepest === undefined) return undefined
  const parent = model.parents.get(deepest)
  const choices = [inner, ...(parent === undefined ? [] : [[parent]])]
  for (const ids of choices) {
    const view = viewAround(boxAround(model, ids), screen)
    if (view !== undefined && view.k >= READABLE) return settled(view, model.chart, screen)
  }
  const alone = viewAround(boxAround(model, [deepest]), screen)
  const close = alone && centred({ ...alone, k: CLOSE }, middleOf(boxAround(model, [deepest])!), screen)
  return close && settled(close, model.chart, screen)
}

function viewAround(box: Box | undefined, screen: Size): View | undefined {
  if (box === undefined) return undefined
  const room = 2 * SURROUNDINGS
  const wide = { x: box.x - SURROUNDINGS, y: box.y - SURROUNDINGS, width: box.width + room, height: box.height + room }
  return around(wide, screen, CLOSEST)
}

function middleOf({ x, y, width, height }: Box): Point {
  return { x: x + width / 2, y: y + height / 2 }
}

function depthOf({ byId }: ChartModel, id: string): number {
  return byId.get(id)?.depth ?? 0
}

/** Whether all that is active can be seen. */
export function isInView(model: ChartModel, active: readonly string[], view: View, screen: Size): boolean {
  const box = boxAround(model, innermost(model, active))
  if (box === undefined) return true
  const { x, y, width, height } = seen(view, screen)
  return box.x >= x && box.y >= y && box.x + box.width <= x + width && box.y + box.height <= y + height
}
