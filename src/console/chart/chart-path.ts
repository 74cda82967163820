/** The lines of the arrows: orthogonal, with rounded bends, and a tip at their end. */

export interface Point {
  readonly x: number
  readonly y: number
}

export interface Box extends Point {
  readonly width: number
  readonly height: number
}

/** How far a bend is rounded, in px. */
const BEND = 10
const TIP_LENGTH = 9
const TIP_HALF = 4.5

/** An SVG path through the points whose corners are quarter circles, smaller where there is little room. */
export function roundedPath(points: readonly Point[]): string {
  return points
    .map((point, index) => {
      const before = points[index - 1]
      const after = points[index + 1]
      if (before === undefined) return `M${pair(point)}`
      if (after === undefined) return `L${pair(point)}`
      const radius = Math.min(BEND, distance(before, point) / 2, distance(point, after) / 2)
      return `L${pair(towards(point, before, radius))}Q${pair(point)} ${pair(towards(point, after, radius))}`
    })
    .join('')
}

/** The line of an arrow ends where its tip begins, so that it never shows beside the tip's point. */
export function linePath(points: readonly Point[]): string {
  const end = points.at(-1)
  const before = points.at(-2)
  if (end === undefined || before === undefined) return ''
  return roundedPath([...points.slice(0, -1), towards(end, before, Math.min(TIP_LENGTH - 1, distance(end, before)))])
}

/** The tip of an arrow: a triangle that points where its last piece goes. `scale` of a highlighted one is more than 1. */
export function tipPath(points: readonly Point[], scale = 1): string {
  const end = points.at(-1)
  const before = points.at(-2)
  if (end === undefined || before === undefined) return ''
  const base = towards(end, before, TIP_LENGTH * scale)
  const length = distance(end, before) || 1
  const across = {
    x: ((end.y - before.y) / length) * TIP_HALF * scale,
    y: ((before.x - end.x) / length) * TIP_HALF * scale,
  }
  const left = { x: base.x + across.x, y: base.y + across.y }
  const right = { x: base.x - across.x, y: base.y - across.y }
  return `M${pair(end)}L${pair(left)}L${pair(right)}Z`
}

export function inset({ x, y, width, height }: Box, by: number): Box {
  return { x: x + by, y: y + by, width: Math.max(0, width - 2 * by), height: Math.max(0, height - 2 * by) }
}

function distance(from: Point, to: Point): number {
  return Math.hypot(to.x - from.x, to.y - from.y)
}

/** A point on the way from one to another, `length` px along it. */
function towards(from: Point, to: Point, length: number): Point {
  const share = length / (distance(from, to) || 1)
  return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share }
}

function pair({ x, y }: Point): string {
  return `${Math.round(x * 10) / 10} ${Math.round(y * 10) / 10}`
}
