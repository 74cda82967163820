/**
 * The outline of a large statechart: its upper states, with arrows between them that say by which events, and no more.
 *
 * 1. What lies below the given depth is part of its upmost drawn state: arrows within it are left out, others begin or end
 *    there.
 * 2. There is one arrow between two states.
 */
import { RosciusError } from '../../core/errors.js'
import { type Chart, type ChartState, type ChartTransition, chartStates } from './chart.js'
import { few } from './chart-words.js'

/** `depth`: levels of states below the root that are drawn. */
export function outlineOf({ root, transitions }: Chart, depth: number): Chart {
  const drawnAs = new Map<string, string>()
  const outline = cut(root, depth, drawnAs)
  const byEnds = new Map<string, ChartTransition>()
  for (const { ids, source, target, triggers } of transitions) {
    const ends = { source: drawnAs.get(source) ?? source, target: drawnAs.get(target) ?? target }
    const isWithin = ends.source === ends.target
    if (isWithin) continue
    const key = JSON.stringify(ends)
    const before = byEnds.get(key)
    const all = [...(before?.triggers ?? []), ...triggers].filter(isWorthSaying)
    byEnds.set(key, { ...ends, ids: [...(before?.ids ?? []), ...ids], triggers: [...new Set(all)], actions: [] })
  }
  return { root: outline, transitions: [...byEnds.values()].map((each) => ({ ...each, triggers: few(each.triggers) })) }
}

/** The chart of one of its states: what lies within, and the arrows from there to there. Throws `OPTIONS_INVALID`. */
export function partOf({ root, transitions }: Chart, id: string): Chart {
  const part = chartStates(root).find((state) => state.id === id)
  if (part === undefined)
    throw new RosciusError('OPTIONS_INVALID', `There is no state ${id} in ${root.id}.`, { details: { path: 'state' } })
  const within = new Set(chartStates(part).map((state) => state.id))
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
  const below = states.flatMap(chartStates)
  for (const { id } of below) drawnAs.set(id, state.id)
  const invokes = [...new Set([state, ...below].flatMap((each) => each.invokes))]
  const type = state.type === 'compound' || state.type === 'parallel' ? 'atomic' : state.type
  return { ...rest, type, does: [], invokes: few(invokes), states: [] }
}

/** An arrow alone says `always`. */
function isWorthSaying(trigger: string): boolean {
  return trigger !== 'always'
}
