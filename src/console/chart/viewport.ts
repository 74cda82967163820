/**
 * What of a picture is in view: a scale and a shift. Pure; px of the picture on one side, px of the screen on the other.
 *
 * 1. What was under the pointer stays under it while the scale changes.
 * 2. However far it is moved, a part of the picture stays in view.
 */
import type { Box, Point } from './chart-path.js'

export interface Size {
  readonly width: number
  readonly height: number
}

/** A point `p` of the picture is on the screen at `p * k + (x, y)`. */
export interface View extends Point {
  readonly k: number
}

const MOST = 3
const LEAST = 0.04
/** Room around what is fitted, in px of the screen. */
const AIR = 20
/** How much of the picture stays in view, in px of the screen. */
const KEPT = 48

/** The whole picture in the middle, never larger than it is. */
export function fitted(picture: Size, screen: Size, largest = 1): View {
  return around({ x: 0, y: 0, ...picture }, screen, largest)
}

/** A part of the picture in the middle, as large as there is room for. */
export function around({ x, y, width, height }: Box, screen: Size, largest = 1): View {
  const wide = (screen.width - 2 * AIR) / Math.max(1, width)
  const high = (screen.height - 2 * AIR) / Math.max(1, height)
  const k = clamp(Math.min(largest, wide, high), LEAST, MOST)
  return { k, x: (screen.width - width * k) / 2 - x * k, y: (screen.height - height * k) / 2 - y * k }
}

export function zoomed(view: View, factor: number, at: Point): View {
  const k = clamp(view.k * factor, LEAST, MOST)
  const real = k / view.k
  return { k, x: at.x - (at.x - view.x) * real, y: at.y - (at.y - view.y) * real }
}

export function moved(view: View, by: Point): View {
  return { ...view, x: view.x + by.x, y: view.y + by.y }
}

/** Two fingers have moved from one pair of places to another. */
export function pinched(view: View, before: readonly [Point, Point], after: readonly [Point, Point]): View {
  const from = middle(before)
  const to = middle(after)
  const factor = span(after) / Math.max(1, span(before))
  return zoomed(moved(view, { x: to.x - from.x, y: to.y - from.y }), factor, to)
}

/** Brings a picture that has been moved too far back to the edge. */
export function held(view: View, picture: Size, screen: Size): View {
  return {
    k: view.k,
    x: clamp(view.x, KEPT - picture.width * view.k, screen.width - KEPT),
    y: clamp(view.y, KEPT - picture.height * view.k, screen.height - KEPT),
  }
}

/** Moves a view so that no more than needed of the ground around the picture is seen. */
export function settled(view: View, picture: Size, screen: Size): View {
  return {
    k: view.k,
    x: along(view.x, picture.width * view.k, screen.width),
    y: along(view.y, picture.height * view.k, screen.height),
  }
}

/** What has room is in the middle; else both its ends are outside, or at an edge. */
function along(shift: number, length: number, room: number): number {
  if (length + 2 * AIR <= room) return (room - length) / 2
  return clamp(shift, room - length - AIR, AIR)
}

/** The part of the picture that is in view. */
export function seen(view: View, screen: Size): Box {
  return { x: -view.x / view.k, y: -view.y / view.k, width: screen.width / view.k, height: screen.height / view.k }
}

/** Puts a point of the picture into the middle of the screen. */
export function centred(view: View, at: Point, screen: Size): View {
  return { k: view.k, x: screen.width / 2 - at.x * view.k, y: screen.height / 2 - at.y * view.k }
}

export function isWholeInView(view: View, picture: Size, screen: Size): boolean {
  const { x, y, width, height } = seen(view, screen)
  return x <= 1 && y <= 1 && x + width >= picture.width - 1 && y + height >= picture.height - 1
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, Math.min(low, high)), Math.max(low, high))
}

function middle([one, other]: readonly [Point, Point]): Point {
  return { x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 }
}

function span([one, other]: readonly [Point, Point]): number {
  return Math.hypot(one.x - other.x, one.y - other.y)
}
