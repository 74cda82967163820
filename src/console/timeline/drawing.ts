/**
 * Draws what is in sight on a canvas: commits on top, then a lane for each actor with its effects as bands and its units on them.
 *
 * What was drawn is remembered in `hits`, so that a click finds what is under it.
 */

import { firstAt } from './lanes.js'
import { ticksOf } from './time-window.js'
import type { Commit, EffectRun, Notice, TimelineFeed, Unit } from './timeline-feed.js'

export type Drawn = Unit | Commit | Notice | EffectRun

export interface Hit {
  readonly x: number
  readonly width: number
  readonly lane: number
  readonly what: Drawn
}

export interface Look {
  readonly line: string
  readonly text: string
  readonly moved: string
  readonly handled: string
  readonly ignored: string
  readonly deferred: string
  readonly effect: string
  readonly effectEdge: string
  readonly failed: string
  readonly warning: string
  readonly commit: string
  readonly chosen: string
  readonly font: string
}

export interface Drawing {
  readonly context: CanvasRenderingContext2D
  readonly feed: TimelineFeed
  readonly paths: readonly string[]
  readonly fromMs: number
  readonly toMs: number
  readonly width: number
  readonly height: number
  readonly look: Look
  readonly chosen: Drawn | undefined
}

export const AXIS_PX = 22
export const LANE_PX = 24
/** Of the lane of commits. */
const COMMITS = -1

const MIN_PX = 3

export function draw(drawing: Drawing): Hit[] {
  const { context, width, height, look, paths } = drawing
  context.clearRect(0, 0, width, height)
  context.font = look.font
  context.lineWidth = 1
  context.strokeStyle = look.line
  for (let lane = COMMITS; lane < paths.length; lane++)
    rule(context, 0, topOf(lane) + LANE_PX - 0.5, width, topOf(lane) + LANE_PX - 0.5)
  drawAxis(drawing)
  const lanes = new Map(paths.map((path, lane) => [path, lane]))
  return [...drawRuns(drawing, lanes), ...drawItems(drawing, lanes)]
}

function topOf(lane: number): number {
  return AXIS_PX + (lane + 1) * LANE_PX
}

/** The topmost thing there. */
export function hitAt(hits: readonly Hit[], x: number, y: number): Drawn | undefined {
  const lane = Math.floor((y - AXIS_PX) / LANE_PX) - 1
  return hits.findLast((hit) => hit.lane === lane && x >= hit.x - 2 && x <= hit.x + hit.width + 2)?.what
}

function rule(context: CanvasRenderingContext2D, x1: number, y1: number, x2: number, y2: number): void {
  context.beginPath()
  context.moveTo(x1, y1)
  context.lineTo(x2, y2)
  context.stroke()
}

function drawAxis(drawing: Drawing): void {
  const { context, fromMs, toMs, width, height, look } = drawing
  context.fillStyle = look.text
  context.textBaseline = 'middle'
  for (const { atMs, text } of ticksOf(fromMs, toMs, width)) {
    const x = Math.round(xOf(drawing, atMs)) + 0.5
    rule(context, x, AXIS_PX - 5, x, height)
    if (x + 70 < width) context.fillText(text, x + 5, AXIS_PX / 2 + 1)
  }
}

function xOf({ fromMs, toMs, width }: Drawing, atMs: number): number {
  return ((atMs - fromMs) / (toMs - fromMs)) * width
}

function drawRuns(drawing: Drawing, lanes: ReadonlyMap<string, number>): Hit[] {
  const { context, feed, fromMs, toMs, look, chosen } = drawing
  const hits: Hit[] = []
  for (const run of feed.runs) {
    const lane = lanes.get(run.path)
    const endMs = run.endMs ?? toMs
    if (lane === undefined || run.startMs > toMs || endMs < fromMs) continue
    const x = xOf(drawing, run.startMs)
    const width = Math.max(xOf(drawing, endMs) - x, MIN_PX)
    const isBad = run.last.status === 'failed' || run.last.status === 'aborted'
    context.fillStyle = look.effect
    context.fillRect(x, topOf(lane) + 5, width, LANE_PX - 11)
    context.fillStyle = isBad ? look.failed : look.effectEdge
    context.fillRect(x, topOf(lane) + LANE_PX - 8, width, 2)
    if (run === chosen) outline(drawing, x, lane, width)
    hits.push({ x, width, lane, what: run })
  }
  return hits
}

function drawItems(drawing: Drawing, lanes: ReadonlyMap<string, number>): Hit[] {
  const { feed, fromMs, toMs, chosen } = drawing
  const hits: Hit[] = []
  // What began before the left edge may reach into sight.
  for (let i = firstAt(feed.items, fromMs - 1_000); i < feed.items.length; i++) {
    const item = feed.items[i] as (typeof feed.items)[number]
    if (item.atMs > toMs) break
    if (item.kind === 'effect') continue
    const lane = item.kind === 'commit' ? COMMITS : lanes.get(item.path ?? '')
    if (lane === undefined) continue
    const x = xOf(drawing, item.atMs)
    const width = item.kind === 'notice' ? 8 : Math.max(xOf(drawing, item.atMs + item.ms) - x, MIN_PX)
    if (x + width < 0) continue
    drawItem(drawing, item, x, lane, width)
    if (item === chosen) outline(drawing, x, lane, width)
    hits.push({ x, width, lane, what: item })
  }
  return hits
}

function drawItem(
  { context, look }: Drawing,
  item: Unit | Commit | Notice,
  x: number,
  lane: number,
  width: number,
): void {
  const top = topOf(lane)
  if (item.kind === 'notice') {
    context.fillStyle = item.level === 'error' ? look.failed : item.level === 'warning' ? look.warning : look.ignored
    context.beginPath()
    context.moveTo(x, top + 4)
    context.lineTo(x + 5, top + 12)
    context.lineTo(x, top + 20)
    context.lineTo(x - 5, top + 12)
    context.fill()
    return
  }
  context.fillStyle = item.kind === 'commit' ? look.commit : colourOf(item, look)
  const inset = item.kind === 'unit' && item.isMove ? 4 : 7
  context.fillRect(x, top + inset, Math.max(width - 0.5, 1.5), LANE_PX - 2 * inset - 1)
}

function colourOf({ outcome, isMove }: Unit, look: Look): string {
  if (outcome === 'ignored') return look.ignored
  if (outcome === 'deferred') return look.deferred
  return isMove ? look.moved : look.handled
}

function outline({ context, look }: Drawing, x: number, lane: number, width: number): void {
  context.strokeStyle = look.chosen
  context.lineWidth = 2
  context.strokeRect(x - 2, topOf(lane) + 2, width + 4, LANE_PX - 5)
  context.lineWidth = 1
  context.strokeStyle = look.line
}

export function lookOf(element: Element): Look {
  const style = getComputedStyle(element)
  const of = (name: string): string => style.getPropertyValue(name).trim()
  return {
    line: of('--line'),
    text: of('--text-3'),
    moved: of('--accent'),
    handled: of('--timeline-handled'),
    ignored: of('--idle'),
    deferred: of('--warn'),
    effect: of('--note-soft'),
    effectEdge: of('--note'),
    failed: of('--bad'),
    warning: of('--warn'),
    commit: of('--good'),
    chosen: of('--text'),
    font: `11px ${of('--font')}`,
  }
}
