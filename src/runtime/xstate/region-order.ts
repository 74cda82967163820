/**
 * The order of a machine's active states. XState asks regions for their transitions in the order in which they were last
 * entered, not in that of the document, so the order of actions depends on it; a state value alone doesn't say it.
 *
 * 1. The order is stored only where it isn't that of the document: most machines store nothing.
 * 2. A restored machine has its active states, and the keys of its state value, in the order in which they were.
 */
import type { HostSnapshot, StateNodeLike } from './internals.js'

/** Ids of the active states in their order; `undefined` if that is the order of the document. */
export function storedOrder(nodes: readonly StateNodeLike[] | undefined): readonly string[] | undefined {
  if (nodes === undefined || isInDocumentOrder(nodes)) return undefined
  return nodes.map(({ id }) => id)
}

function isInDocumentOrder(nodes: readonly StateNodeLike[]): boolean {
  for (let i = 1; i < nodes.length; i++) if (nodes[i]!.order < nodes[i - 1]!.order) return false
  return true
}

/** Puts a snapshot that was just restored, and isn't used yet, into the stored order. States unknown to it come last. */
export function restoreOrder(snapshot: HostSnapshot, order: readonly string[] | undefined): void {
  const { _nodes: nodes } = snapshot
  if (nodes === undefined) return
  const places = order && new Map(order.map((id, place) => [id, place]))
  const placeOf = (node: StateNodeLike): number => places?.get(node.id) ?? nodes.length + node.order
  const sorted = [...nodes].sort((a, b) => placeOf(a) - placeOf(b))
  Object.assign(snapshot, { _nodes: sorted, value: valueInOrder(snapshot.value, sorted) })
}

function valueInOrder(value: unknown, sorted: readonly StateNodeLike[]): unknown {
  const places = new Map(sorted.map(({ path }, place) => [keyOf(path), place]))
  const placeOf = (path: readonly string[]): number => places.get(keyOf(path)) ?? sorted.length
  const inOrder = (part: unknown, path: readonly string[]): unknown => {
    if (typeof part !== 'object' || part === null) return part
    const below = Object.entries(part).map(([key, inner]) => [[...path, key], inner] as const)
    below.sort(([a], [b]) => placeOf(a) - placeOf(b))
    return Object.fromEntries(below.map(([path, inner]) => [path.at(-1)!, inOrder(inner, path)]))
  }
  return inOrder(value, [])
}

const keyOf = (path: readonly string[]): string => JSON.stringify(path)
