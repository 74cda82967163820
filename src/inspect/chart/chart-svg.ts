/**
 * A placed statechart as an SVG picture that stands on its own: a card with its own background, readable on a light and
 * on a dark page.
 *
 * Notation: a rounded box is a state, a dashed one a region of a parallel state, a double border is final, a dot marks
 * the initial state, `H` a history; `⚙` is what runs in a state; an arrow says `event [guard]` and, below, `/ actions`. Active
 * states are filled, the arrows of the last transition are thick.
 */
import { type ChartTheme, chartStyles } from './chart-colours.js'
import { LABEL, LINE, labelOf, linesOf, type TextStyle, TITLE, titleOf } from './chart-text.js'
import type { Box, PlacedChart, PlacedInitial, PlacedState, PlacedTransition, Point } from './placed-chart.js'

export interface Look {
  /** Read out by screen readers. */
  readonly title: string
  /** Ids of the active states. */
  readonly active?: readonly string[]
  /** Ids of the transitions that were taken last. */
  readonly last?: readonly string[]
  /** Default: `auto`, as the page. */
  readonly theme?: ChartTheme
}

/** How far a bend of an arrow is rounded, in px. */
const BEND = 7

/** Draws a placed chart. Equal charts give equal pictures. */
export function svgOf(chart: PlacedChart, { title, active = [], last = [], theme = 'auto' }: Look): string {
  const width = Math.ceil(chart.width)
  const height = Math.ceil(chart.height)
  const isActive = setOf(active)
  const isLast = setOf(last)
  const wasTaken = ({ ids }: PlacedTransition): boolean => ids.some((id) => isLast.has(id))
  const isOuter = (index: number): boolean => (chart.states[index + 1]?.depth ?? 0) > chart.states[index]!.depth
  const [taken, others] = [chart.transitions.filter(wasTaken), chart.transitions.filter((each) => !wasTaken(each))]
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<style>${chartStyles(theme)}</style>`,
    `<defs>${tip('tip', 8)}${taken.length === 0 ? '' : tip('tip-last', 5)}</defs>`,
    `<rect class="card" x=".5" y=".5" width="${width - 1}" height="${height - 1}" rx="12"/>`,
    ...chart.states.map((state, index) => drawState(state, isOuter(index), isActive.has(state.id))),
    ...chart.initials.map(drawInitial),
    ...others.map(({ points }) => arrow(points)),
    ...taken.map(({ points }) => arrow(points, 'arrow last', 'tip-last')),
    ...chart.transitions.map(drawLabel),
    '</svg>',
    '',
  ].join('\n')
}

function setOf(ids: readonly string[]): ReadonlySet<string> {
  return new Set(ids)
}

function tip(id: string, size: number): string {
  const marker = `id="${id}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="${size}" markerHeight="${size}" orient="auto"`
  return `<marker ${marker}><path class="${id}" d="M0 1 10 5 0 9z"/></marker>`
}

function drawState(state: PlacedState, isOuter: boolean, isActive: boolean): string {
  if (state.type === 'history') return drawHistory(state)
  const { box } = state
  return [
    rectangle(box, `${classOf(state, isOuter)}${isActive ? ' active' : ''}`, 8, state.description),
    ...(state.type === 'final' ? [rectangle(inset(box, 3), 'ring', 6)] : []),
    ...(isOuter ? drawHeader(state) : drawBody(state)),
  ].join('')
}

function classOf({ isRegion, depth }: PlacedState, isOuter: boolean): string {
  if (isRegion) return 'region'
  if (!isOuter) return 'state'
  return depth === 0 ? 'root' : 'group'
}

/** A state with states inside: its text stands in the upper left corner. */
function drawHeader(state: PlacedState): string[] {
  const x = state.box.x + 14
  const y = state.box.y + 7 + TITLE.size
  const first = y + TITLE.lineHeight + 1
  return [
    text(titleOf(state), { x, y }, TITLE, 'title'),
    ...linesOf(state).map((line, index) => drawLine(line, { x, y: first + index * LINE.lineHeight })),
  ]
}

/** A state without states inside: its name is centred, what it does stands below a rule. */
function drawBody(state: PlacedState): string[] {
  const { box } = state
  const lines = linesOf(state)
  const middle = box.x + box.width / 2
  const name = { x: middle, y: box.y + 7 + TITLE.size }
  if (lines.length === 0)
    return [text(titleOf(state), { x: middle, y: box.y + box.height / 2 + 4.5 }, TITLE, 'title', 'middle')]
  const rule = box.y + 7 + TITLE.lineHeight + 3
  return [
    text(titleOf(state), name, TITLE, 'title', 'middle'),
    `<path class="rule" d="M${round(box.x + 1)} ${round(rule)}h${round(box.width - 2)}"/>`,
    ...lines.map((line, index) => drawLine(line, { x: box.x + 12, y: rule + 14 + index * LINE.lineHeight })),
  ]
}

function drawLine(line: string, at: Point): string {
  return text(line, at, LINE, line.startsWith('⚙ ') ? 'effect' : '')
}

function drawHistory({ history, box }: PlacedState): string {
  const centre = { x: box.x + box.width / 2, y: box.y + box.height / 2 }
  const circle = `<circle class="state" cx="${round(centre.x)}" cy="${round(centre.y)}" r="${round(box.width / 2)}"/>`
  return circle + text(history === 'deep' ? 'H*' : 'H', { x: centre.x, y: centre.y + 4 }, LABEL, 'title', 'middle')
}

function drawInitial({ dot, points }: PlacedInitial): string {
  const circle = `<circle class="dot" cx="${round(dot.x + dot.width / 2)}" cy="${round(dot.y + dot.height / 2)}" r="${round(dot.width / 2)}"/>`
  return circle + arrow(points)
}

function drawLabel({ label, ...transition }: PlacedTransition): string {
  const { trigger, actions } = labelOf(transition)
  const middle = label.x + label.width / 2
  const at = (index: number): Point => ({ x: middle, y: label.y + LABEL.size + index * LABEL.lineHeight })
  const marked = guarded(trigger, transition.guard)
  return [
    ...trigger.map((line, index) => text(line, at(index), LABEL, 'on-arrow trigger', 'middle', marked[index])),
    ...actions.map((line, index) => text(line, at(trigger.length + index), LABEL, 'on-arrow', 'middle')),
  ].join('')
}

/** How many characters at the end of each line are the condition's: it is the end of the label, over one or more lines. */
function guarded(lines: readonly string[], guard: string | undefined): number[] {
  let left = guard === undefined ? 0 : guard.length + 2
  return lines
    .toReversed()
    .map((line) => {
      const own = Math.min(left, line.length)
      left = Math.max(0, left - own - 1)
      return own
    })
    .toReversed()
}

function arrow(points: readonly Point[], style = 'arrow', marker = 'tip'): string {
  return `<path class="${style}" marker-end="url(#${marker})" d="${roundedPath(points)}"/>`
}

/** A line through the points whose corners are quarter circles, smaller where there is little room. */
function roundedPath(points: readonly Point[]): string {
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

function distance(from: Point, to: Point): number {
  return Math.hypot(to.x - from.x, to.y - from.y)
}

function towards(from: Point, to: Point, length: number): Point {
  const share = length / (distance(from, to) || 1)
  return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share }
}

function inset({ x, y, width, height }: Box, by: number): Box {
  return { x: x + by, y: y + by, width: width - 2 * by, height: height - 2 * by }
}

function rectangle({ x, y, width, height }: Box, style: string, radius: number, hint?: string): string {
  const shape = `<rect class="${style}" x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" rx="${radius}"`
  return hint === undefined ? `${shape}/>` : `${shape}><title>${escaped(hint)}</title></rect>`
}

/** `guarded`: so many characters at its end are the condition's. */
function text(
  content: string,
  { x, y }: Point,
  { size }: TextStyle,
  style = '',
  anchor = 'start',
  guarded = 0,
): string {
  const attributes = [
    ...(style === '' ? [] : [`class="${style}"`]),
    ...(anchor === 'start' ? [] : [`text-anchor="${anchor}"`]),
  ].map((attribute) => `${attribute} `)
  const before = escaped(content.slice(0, content.length - guarded))
  const guard = guarded === 0 ? '' : `<tspan class="guard">${escaped(content.slice(-guarded))}</tspan>`
  return `<text ${attributes.join('')}x="${round(x)}" y="${round(y)}" font-size="${size}">${before}${guard}</text>`
}

function pair({ x, y }: Point): string {
  return `${round(x)} ${round(y)}`
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}

/** Control characters, which XML can't hold, are gone from drawn words; the title may have some. */
function escaped(content: string): string {
  return content
    .replace(/[\p{Cc}\p{Cs}\ufffe\uffff]/gu, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
}
