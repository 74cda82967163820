/**
 * Which names a chart has that is seen from afar, how large and where: as large as their boxes allow, and none over another. Pure;
 * in px of the chart.
 */
import type { ToldChartState } from '../../control/protocol/chart.js'
import type { ChartModel } from './chart-model.js'
import type { Box } from './chart-path.js'

/** Below this scale the text in a chart can't be read. */
export const FAR = 0.55
/** Size of a name on the screen, in px, and the smallest that is worth writing. */
const WANTED = 13
const LEAST = 6
/** Width of a character in parts of its size. */
const CHARACTER = 0.62
/** A state that is smaller than this on the screen is drawn without what is inside of it. */
const CLOSED = 110

const NONE: ReadonlySet<string> = new Set()

export interface FarName {
  readonly state: ToldChartState
  /** Whether states are drawn inside of it: its name is in the corner. */
  readonly isOuter: boolean
  readonly size: number
  readonly x: number
  readonly y: number
}

/** Ids of the states that are too small to be worth drawing: those inside of a state that is small itself. */
export function tooSmall({ chart, parents, byId }: ChartModel, k: number): ReadonlySet<string> {
  if (k >= FAR) return NONE
  const small = (id: string): boolean => (byId.get(id)?.box.width ?? 0) * k < CLOSED
  const isInside = (id: string): boolean => {
    const parent = parents.get(id)
    return parent !== undefined && (small(parent) || isInside(parent))
  }
  return new Set(chart.states.filter(({ id }) => isInside(id)).map(({ id }) => id))
}

/** Names of outer states come first: where there is no room for all, those inside go without. */
export function farNames({ chart, parents }: ChartModel, hidden: ReadonlySet<string>, k: number): FarName[] {
  const shown = chart.states.filter(({ id, type }) => !hidden.has(id) && type !== 'history')
  const open = new Set(shown.map(({ id }) => parents.get(id)))
  const names: FarName[] = []
  const taken: Box[] = []
  for (const state of [...shown].sort((a, b) => a.depth - b.depth)) {
    const name = nameOf(state, open.has(state.id), k)
    if (name === undefined) continue
    const place = boxOf(name)
    if (taken.some((other) => overlaps(place, other))) continue
    names.push(name)
    taken.push(place)
  }
  return names
}

function nameOf(state: ToldChartState, isOuter: boolean, k: number): FarName | undefined {
  const { box, name } = state
  const high = box.height * (isOuter ? 0.3 : 0.7)
  const size = Math.min(WANTED / k, (box.width - 8) / (name.length * CHARACTER), high)
  if (size * k < LEAST) return undefined
  const x = isOuter ? box.x + size * 0.7 : box.x + box.width / 2
  const y = isOuter ? box.y + size * 1.35 : box.y + box.height / 2 + size * 0.36
  return { state, isOuter, size, x, y }
}

function boxOf({ state: { name }, isOuter, size, x, y }: FarName): Box {
  const width = name.length * CHARACTER * size
  return { x: isOuter ? x : x - width / 2, y: y - size, width, height: size * 1.15 }
}

function overlaps(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height
}
