/**
 * The outline of a large statechart: its upper states, with arrows between them that say by which events, and no more.
 *
 * 1. What lies below the given depth is part of its upmost drawn state: arrows within it are left out, others begin or end
 *    there.
 * 2. There is one arrow between two states.
 */
import type { Chart, ChartState, ChartTransition } from './chart.js'

/** `depth`: levels of states below the root that are drawn. */
export function outlineOf({ root, transitions }: Chart, depth: number): Chart {
  const drawnAs = new Map<string, string>()
  const outline = cut(root, depth, drawnAs)
  const byEnds = new Map<string, ChartTransition>()
  for (const { source, target, triggers } of transitions) {
    const ends = { source: drawnAs.get(source) ?? source, target: drawnAs.get(target) ?? target }
    const isWithin = ends.source === ends.target
    if (isWithin) continue
    const key = JSON.stringify(ends)
    const all = [...(byEnds.get(key)?.triggers ?? []), ...triggers]
    byEnds.set(key, { ...ends, triggers: [...new Set(all)].filter(isWorthSaying), actions: [] })
  }
  return { root: outline, transitions: [...byEnds.values()] }
}

/** The chart of one of its states: what lies within, and the arrows from there to there. */
export function partOf({ root, transitions }: Chart, id: string): Chart {
  const part = withAllBelow(root).find((state) => state.id === id)
  if (part === undefined) throw new TypeError(`There is no state ${id}.`)
  const within = new Set(withAllBelow(part).map((state) => state.id))
  return {
    root: part,
    transitions: transitions.filter(({ source, target }) => within.has(source) && within.has(target)),
  }
}

function cut(state: ChartState, depth: number, drawnAs: Map<string, string>): ChartState {
  const { initial, states, ...rest } = state
  if (depth > 0) {
    const inner = states.map((child) => cut(child, depth - 1, drawnAs))
    return { ...rest, does: [], invokes: [], ...(initial === undefined ? {} : { initial }), states: inner }
  }
  for (const below of states.flatMap(withAllBelow)) drawnAs.set(below.id, state.id)
  const invokes = [...new Set([state, ...states.flatMap(withAllBelow)].flatMap((each) => each.invokes))]
  return {
    ...rest,
    type: state.type === 'compound' || state.type === 'parallel' ? 'atomic' : state.type,
    does: [],
    invokes,
    states: [],
  }
}

function withAllBelow(state: ChartState): ChartState[] {
  return [state, ...state.states.flatMap(withAllBelow)]
}

/** An arrow alone says `always`. */
function isWorthSaying(trigger: string): boolean {
  return trigger !== 'always'
}
