/**
 * The run as a picture: a panel a measure, a bar a peer, the best first, on a logarithmic scale. Peers that keep less than what
 * is asked have pale bars, and say what they keep.
 */
import type { Promised } from '../peer.js'
import type { Results } from '../results.js'
import { works } from '../works/index.js'
import { rounded } from './figure.js'
import { KEPT } from './kept.js'
import { measureOf } from './measures.js'
import { shortName } from './names.js'

interface Panel {
  readonly measure: string
  readonly title: string
}

const PANELS: readonly Panel[] = [
  { measure: 'step-1.p50', title: 'One step of one agent' },
  { measure: 'step-64.rate', title: 'Steps of 64 agents' },
  { measure: 'step-1000.rate', title: 'Steps of 1,000 agents' },
  { measure: 'growing.bytes', title: 'On disk, 2,000 steps of 500 bytes' },
  { measure: 'sleep.memory', title: 'Memory of an agent asleep' },
  { measure: 'sleep.armed', title: 'Process start until all are armed' },
  { measure: 'crash.first', title: 'kill -9: start until the first step' },
  { measure: 'failure.p50', title: 'From a throw to the next answer' },
  { measure: 'remote.ask', title: 'A question to another process' },
  { measure: 'remote.tell', title: 'Messages to another process' },
]

const WIDTH = 960
const COLUMN = WIDTH / 2
const MARGIN = 24
const HEAD = 58
const BAR = 22
const LABEL = 212
const LONGEST = COLUMN - 2 * MARGIN - LABEL - 72

interface Bar {
  readonly id: string
  readonly name: string
  readonly value: number
  readonly promise: Promised
}

/** An SVG of the whole run; it follows the reader's light or dark theme. */
export function chart(results: Results, caption: string): string {
  const drawn = PANELS.map((panel) => ({ panel, bars: barsOf(results, panel.measure) })).filter(
    ({ bars }) => bars.length > 1,
  )
  const parts: string[] = []
  let y = 8
  for (let n = 0; n < drawn.length; n += 2) {
    const pair = drawn.slice(n, n + 2)
    parts.push(...pair.map(({ panel, bars }, column) => panelAt(panel, bars, column * COLUMN, y)))
    y += HEAD + BAR * Math.max(...pair.map(({ bars }) => bars.length)) + 14
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y + 30}" width="${WIDTH}" height="${y + 30}" role="img">`,
    '<title>Roscius and its peers, side by side</title>',
    STYLE,
    `<rect class="page" width="${WIDTH}" height="${y + 30}" rx="8"/>`,
    ...parts,
    `<text class="caption" x="${MARGIN}" y="${y + 12}">${escaped(caption)}</text>`,
    '</svg>',
    '',
  ].join('\n')
}

function barsOf({ peers }: Results, measure: string): readonly Bar[] {
  const { work, better } = measureOf(measure)
  const bars: Bar[] = []
  for (const { id, name, works } of peers) {
    const result = works[work]
    if (result === undefined || !('figures' in result)) continue
    const value = result.figures[measure]
    if (value !== undefined) bars.push({ id, name: shortName({ id, name }), value, promise: result.promise })
  }
  return bars.sort((a, b) => (better === 'higher' ? b.value - a.value : a.value - b.value))
}

function panelAt({ measure, title }: Panel, bars: readonly Bar[], x: number, y: number): string {
  const { unit, better, work } = measureOf(measure)
  const scale = scaleOf(bars.map(({ value }) => value))
  return [
    `<g transform="translate(${x + MARGIN} ${y})">`,
    `<text class="title" y="24">${escaped(title)}</text>`,
    `<text class="unit" y="42">${unit}, ${better === 'higher' ? 'more' : 'less'} is better</text>`,
    ...bars.map((bar, index) => barAt(bar, HEAD + index * BAR, scale(bar.value), works[work].asks)),
    '</g>',
  ].join('\n')
}

function barAt({ id, name, value, promise }: Bar, y: number, length: number, asked: Promised): string {
  const keepsLess = asked === 'durable' && promise !== 'durable'
  const kind = id === 'roscius' ? 'own' : keepsLess ? 'less' : 'peer'
  const label = keepsLess ? `${name} (${KEPT[promise]})` : name
  const figure = value > 0 ? rounded(value) : `${rounded(value)}: no bar`
  return [
    `<text class="name ${kind}-name" x="${LABEL - 10}" y="${y + 12}">${escaped(label)}</text>`,
    `<rect class="${kind}" x="${LABEL}" y="${y}" width="${length.toFixed(1)}" height="${BAR - 6}" rx="2"/>`,
    `<text class="value" x="${(LABEL + length + 6).toFixed(1)}" y="${y + 12}">${figure}</text>`,
  ].join('')
}

/** The smallest gets a short bar, the largest the longest one; what is not above zero has no place on such a scale. */
function scaleOf(all: readonly number[]): (value: number) => number {
  const values = all.filter((value) => value > 0)
  const least = Math.log10(Math.min(...values))
  const span = Math.max(0.3, Math.log10(Math.max(...values)) - least)
  return (value) => (value > 0 ? LONGEST * (0.06 + (0.94 * (Math.log10(value) - least)) / span) : 0)
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

const STYLE = `<style>
  text { font-family: ui-sans-serif, system-ui, "DejaVu Sans", sans-serif; font-size: 12px; fill: #24292f }
  .title { font-size: 15px; font-weight: 600 }
  .unit, .caption { fill: #59636e }
  .name { text-anchor: end }
  .own-name { font-weight: 700 }
  .page { fill: #ffffff }
  .own { fill: #1f6feb }
  .peer { fill: #8c96a3 }
  .less { fill: #d5dae0 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 }
    .unit, .caption { fill: #9198a1 }
    .page { fill: #0d1117 }
    .own { fill: #4493f8 }
    .peer { fill: #7d8590 }
    .less { fill: #3d444d }
  }
</style>`
