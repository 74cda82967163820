/** What of a machine was seen, as the looks of its chart and as figures. Pure. */
import type { ToldCoverage } from '../../control/protocol/lists.js'
import { type ArrowLook, type ChartLooks, PLAIN_ARROW, PLAIN_STATE } from '../chart/chart-looks.js'
import type { ChartModel } from '../chart/chart-model.js'

export interface Share {
  readonly seen: number
  readonly all: number
}

export interface CoverageFigures {
  readonly states: Share
  readonly transitions: Share
  /** How often a guard said no. */
  readonly refused: number
}

interface Counts {
  readonly count: number
  readonly refused: number
}

/** History states are no states to be in. */
const isReal = ({ type }: { readonly type: string }): boolean => type !== 'history'

export function coverageLooks({ chart }: ChartModel, coverage: ToldCoverage): ChartLooks {
  const states = new Map(coverage.states.map(({ id, count }) => [id, count]))
  const transitions = transitionCounts(coverage)
  const mostStates = Math.max(1, ...states.values())
  const arrows = chart.transitions.map(({ ids }) => sumOf(ids, transitions))
  const mostArrows = Math.max(1, ...arrows.map(({ count }) => count))
  return {
    states: chart.states.map((state) => {
      const count = states.get(state.id) ?? 0
      if (!isReal(state)) return PLAIN_STATE
      return {
        tone: count > 0 ? 'seen' : 'unseen',
        heat: heatOf(count, mostStates),
        badge: count > 0 ? shortCount(count) : '',
      }
    }),
    arrows: arrows.map((counts) => arrowLook(counts, mostArrows)),
  }
}

function arrowLook({ count, refused }: Counts, most: number): ArrowLook {
  return {
    ...PLAIN_ARROW,
    tone: count > 0 ? 'seen' : 'unseen',
    heat: heatOf(count, most),
    badge: count > 0 ? shortCount(count) : '',
    refused,
  }
}

export function coverageFigures({ chart }: ChartModel, coverage: ToldCoverage): CoverageFigures {
  const seenStates = new Set(coverage.states.filter(({ count }) => count > 0).map(({ id }) => id))
  const transitions = transitionCounts(coverage)
  const ids = new Set([...chart.transitions.flatMap((arrow) => arrow.ids), ...transitions.keys()])
  const states = chart.states.filter(isReal)
  return {
    states: { seen: states.filter(({ id }) => seenStates.has(id)).length, all: states.length },
    transitions: { seen: [...ids].filter((id) => (transitions.get(id)?.count ?? 0) > 0).length, all: ids.size },
    refused: coverage.transitions.reduce((sum, { refused }) => sum + refused, 0),
  }
}

function transitionCounts({ transitions }: ToldCoverage): Map<string, Counts> {
  return new Map(transitions.map(({ id, count, refused }) => [id, { count, refused }]))
}

function sumOf(ids: readonly string[], counts: ReadonlyMap<string, Counts>): Counts {
  const found = ids.map((id) => counts.get(id) ?? { count: 0, refused: 0 })
  return {
    count: found.reduce((sum, { count }) => sum + count, 0),
    refused: found.reduce((sum, { refused }) => sum + refused, 0),
  }
}

/** By its order of magnitude: once is not nothing beside a million. */
function heatOf(count: number, most: number): number {
  return Math.log1p(count) / Math.log1p(most)
}

function shortCount(count: number): string {
  if (count < 1_000) return String(count)
  const [size, unit] = count < 1_000_000 ? [1_000, 'k'] : [1_000_000, 'M']
  const value = count / size
  return `${value < 10 ? Math.floor(value * 10) / 10 : Math.floor(value)}${unit}`
}
