/**
 * A placed statechart as an SVG picture that stands on its own: a card with its own background, readable on a light and
 * on a dark page.
 *
 * Notation: a rounded box is a state, a dashed one a region of a parallel state, a double border is final, a dot marks
 * the initial state, `H` a history; `⚙` is what runs in a state; an arrow says `event [guard]` and, below, `/ actions`.
 */
import type { ChartState } from './chart.js'
import type { Box, PlacedChart, PlacedInitial, PlacedState, PlacedTransition } from './chart-layout.js'
import { LABEL, LINE, labelOf, linesOf, type TextStyle, TITLE, titleOf } from './chart-text.js'

interface Point {
  readonly x: number
  readonly y: number
}

/** How far a bend of an arrow is rounded, in px. */
const BEND = 7

const LIGHT = {
  card: '#ffffff',
  border: '#d8dee9',
  outer: '#f7f9fc',
  inner: '#eef3fb',
  state: '#ffffff',
  stroke: '#9aa8bd',
  strong: '#2563eb',
  title: '#101828',
  text: '#475467',
  arrow: '#667894',
}

const DARK: typeof LIGHT = {
  card: '#0d1524',
  border: '#27344b',
  outer: '#111c30',
  inner: '#16243d',
  state: '#1d2c47',
  stroke: '#54678a',
  strong: '#6ea8ff',
  title: '#eef3fb',
  text: '#b3c0d6',
  arrow: '#8ea1c0',
}

/** Draws a placed chart; `name` is read out by screen readers. */
export function svgOf(chart: PlacedChart, name: string): string {
  const width = Math.ceil(chart.width)
  const height = Math.ceil(chart.height)
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${escaped(name)}</title>`,
    `<style>${styles(LIGHT)}@media (prefers-color-scheme: dark) {${styles(DARK)}}</style>`,
    '<defs><marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" orient="auto">',
    '<path class="tip" d="M0 1 10 5 0 9z"/></marker></defs>',
    `<rect class="card" x=".5" y=".5" width="${width - 1}" height="${height - 1}" rx="12"/>`,
    ...chart.states.map(drawState),
    ...chart.initials.map(drawInitial),
    ...chart.transitions.map(drawArrow),
    ...chart.transitions.map(drawLabel),
    '</svg>',
    '',
  ].join('\n')
}

function styles(colour: typeof LIGHT): string {
  return [
    `text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue","DejaVu Sans",sans-serif;fill:${colour.text}}`,
    `.card{fill:${colour.card};stroke:${colour.border}}`,
    `.root{fill:${colour.outer};stroke:${colour.strong};stroke-width:1.5}`,
    `.group{fill:${colour.inner};stroke:${colour.stroke}}`,
    `.region{fill:${colour.inner};stroke:${colour.strong};stroke-dasharray:5 4}`,
    `.state{fill:${colour.state};stroke:${colour.stroke}}`,
    `.ring{fill:none;stroke:${colour.stroke}}`,
    `.rule{stroke:${colour.border}}`,
    `.title{fill:${colour.title};font-weight:600}`,
    `.trigger{fill:${colour.title}}`,
    `.arrow{fill:none;stroke:${colour.arrow};stroke-width:1.25}`,
    `.tip{fill:${colour.arrow}}`,
    `.dot{fill:${colour.title}}`,
    `.on-arrow{paint-order:stroke;stroke:${colour.inner};stroke-width:3;stroke-linejoin:round}`,
  ].join('')
}

function drawState({ state, box }: PlacedState): string {
  if (state.type === 'history') return drawHistory(state, box)
  const lines = linesOf(state)
  return [
    rectangle(box, classOf(state), 8),
    ...(state.type === 'final' ? [rectangle(inset(box, 3), 'ring', 6)] : []),
    ...(state.states.length > 0 ? drawHeader(state, lines, box) : drawBody(state, lines, box)),
  ].join('')
}

function classOf({ states, isRegion, id }: ChartState): string {
  if (isRegion) return 'region'
  if (states.length === 0) return 'state'
  return id.includes('.') ? 'group' : 'root'
}

/** A state with states inside: its text stands in the upper left corner. */
function drawHeader(state: ChartState, lines: readonly string[], box: Box): string[] {
  const x = box.x + 14
  const y = box.y + 7 + TITLE.size
  const first = y + TITLE.lineHeight + 1
  return [
    text(titleOf(state), { x, y }, TITLE, 'title'),
    ...lines.map((line, index) => text(line, { x, y: first + index * LINE.lineHeight }, LINE)),
  ]
}

/** A state without states inside: its name is centred, what it does stands below a rule. */
function drawBody(state: ChartState, lines: readonly string[], box: Box): string[] {
  const middle = box.x + box.width / 2
  const name = { x: middle, y: box.y + 7 + TITLE.size }
  if (lines.length === 0)
    return [text(titleOf(state), { x: middle, y: box.y + box.height / 2 + 4.5 }, TITLE, 'title', 'middle')]
  const rule = box.y + 7 + TITLE.lineHeight + 3
  return [
    text(titleOf(state), name, TITLE, 'title', 'middle'),
    `<path class="rule" d="M${round(box.x + 1)} ${round(rule)}h${round(box.width - 2)}"/>`,
    ...lines.map((line, index) => text(line, { x: box.x + 12, y: rule + 14 + index * LINE.lineHeight }, LINE)),
  ]
}

function drawHistory({ history }: ChartState, box: Box): string {
  const centre = { x: box.x + box.width / 2, y: box.y + box.height / 2 }
  const circle = `<circle class="state" cx="${round(centre.x)}" cy="${round(centre.y)}" r="${round(box.width / 2)}"/>`
  return circle + text(history === 'deep' ? 'H*' : 'H', { x: centre.x, y: centre.y + 4 }, LABEL, 'title', 'middle')
}

function drawInitial({ dot, points }: PlacedInitial): string {
  const circle = `<circle class="dot" cx="${round(dot.x + dot.width / 2)}" cy="${round(dot.y + dot.height / 2)}" r="${round(dot.width / 2)}"/>`
  return circle + arrow(points)
}

function drawArrow({ points }: PlacedTransition): string {
  return arrow(points)
}

function drawLabel({ transition, label }: PlacedTransition): string {
  const { trigger, actions } = labelOf(transition)
  const middle = label.x + label.width / 2
  const at = (index: number): Point => ({ x: middle, y: label.y + LABEL.size + index * LABEL.lineHeight })
  return [
    ...trigger.map((line, index) => text(line, at(index), LABEL, 'on-arrow trigger', 'middle')),
    ...actions.map((line, index) => text(line, at(trigger.length + index), LABEL, 'on-arrow', 'middle')),
  ].join('')
}

function arrow(points: readonly Point[]): string {
  return `<path class="arrow" marker-end="url(#tip)" d="${roundedPath(points)}"/>`
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

function rectangle({ x, y, width, height }: Box, style: string, radius: number): string {
  return `<rect class="${style}" x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" rx="${radius}"/>`
}

function text(content: string, { x, y }: Point, { size }: TextStyle, style = '', anchor = 'start'): string {
  const attributes = [
    ...(style === '' ? [] : [`class="${style}"`]),
    ...(anchor === 'start' ? [] : [`text-anchor="${anchor}"`]),
  ].map((attribute) => `${attribute} `)
  return `<text ${attributes.join('')}x="${round(x)}" y="${round(y)}" font-size="${size}">${escaped(content)}</text>`
}

function pair({ x, y }: Point): string {
  return `${round(x)} ${round(y)}`
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}

function escaped(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
