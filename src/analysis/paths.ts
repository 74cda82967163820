/** Shortest ways through a flow graph. */
import { isWithin, type StateNode } from './chart.js'
import type { Edge } from './flow-graph.js'

/** A way to a state: each edge with the leaf that it is followed to. */
export type Way = readonly { readonly edge: Edge; readonly to: StateNode }[]

/**
 * The edges that can be taken, from the start, with nothing but `edges`. What history brings back must have been
 * reached without it.
 */
export function taken(edges: readonly Edge[]): readonly Edge[] {
  let leaves: ReadonlySet<StateNode> = new Set()
  for (;;) {
    const isKnown = (state: StateNode): boolean => [...leaves].some((leaf) => isWithin(leaf, state))
    const usable = edges.filter(({ remembers }) => remembers.every(isKnown))
    const next = new Set(waysFromStart(usable).keys())
    if (next.size === leaves.size) return usable.filter(({ from }) => from === undefined || next.has(from))
    leaves = next
  }
}

/** For each leaf that the edges lead to from the start, the shortest way there. */
export function waysFromStart(edges: readonly Edge[]): Map<StateNode, Way> {
  const ways = new Map<StateNode, Way>()
  const byLeaf = outgoing(edges)
  let wave: (readonly [edge: Edge, before: Way])[] = edges
    .filter(({ from }) => from === undefined)
    .map((edge) => [edge, []])
  while (wave.length > 0) {
    const found: StateNode[] = []
    for (const [edge, before] of wave) {
      for (const to of edge.to) {
        if (ways.has(to)) continue
        ways.set(to, [...before, { edge, to }])
        found.push(to)
      }
    }
    wave = found.flatMap((leaf) => (byLeaf.get(leaf) ?? []).map((edge) => [edge, ways.get(leaf)!] as const))
  }
  return ways
}

/** The shortest cycle through `leaf`; undefined if there is none. */
export function cycleThrough(leaf: StateNode, edges: readonly Edge[]): Way | undefined {
  const start: Edge[] = edges.filter(({ from }) => from === leaf).map((edge) => ({ ...edge, from: undefined }))
  const back = waysFromStart([...start, ...edges.filter(({ from }) => from !== leaf)]).get(leaf)
  return back?.map(({ edge, to }, index) => ({ edge: index === 0 ? { ...edge, from: leaf } : edge, to }))
}

export function outgoing(edges: readonly Edge[]): Map<StateNode, Edge[]> {
  const byLeaf = new Map<StateNode, Edge[]>()
  for (const edge of edges) {
    if (edge.from === undefined) continue
    const known = byLeaf.get(edge.from)
    if (known === undefined) byLeaf.set(edge.from, [edge])
    else known.push(edge)
  }
  return byLeaf
}
