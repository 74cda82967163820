/**
 * Dominators: what every way from the start to a node has to pass.
 *
 * The algorithm of Cooper, Harvey and Kennedy: dominators are looked up along a tree that is mended until it stands.
 */

export interface Dominators<T> {
  /** What every way to every one of `nodes` passes, and nearest to them; undefined if that is only the start. */
  readonly nearestOf: (nodes: readonly T[]) => T | undefined
}

/** The dominators of the nodes that can be reached from `starts`; `nextOf` gives a node's successors. */
export function dominatorsOf<T>(starts: readonly T[], nextOf: (node: T) => readonly T[]): Dominators<T> {
  const order = reversePostorder(starts, nextOf)
  // Node 0 is the start itself, before each of `starts`.
  const indexOf = new Map(order.map((node, index) => [node, index + 1]))
  const before = predecessors(order, starts, nextOf, indexOf)
  const above: number[] = [0]
  const common = (one: number, other: number): number => {
    let [left, right] = [one, other]
    while (left !== right) {
      if (left > right) left = above[left]!
      else right = above[right]!
    }
    return left
  }
  for (let isMoved = true; isMoved; ) {
    isMoved = false
    for (let node = 1; node <= order.length; node++) {
      const known = before[node]!.filter((each) => above[each] !== undefined)
      const nearest = known.reduce(common)
      isMoved ||= above[node] !== nearest
      above[node] = nearest
    }
  }
  return { nearestOf: (nodes) => order[nodes.map((node) => indexOf.get(node)!).reduce(common) - 1] }
}

function predecessors<T>(
  order: readonly T[],
  starts: readonly T[],
  nextOf: (node: T) => readonly T[],
  indexOf: ReadonlyMap<T, number>,
): number[][] {
  const before: number[][] = Array.from({ length: order.length + 1 }, () => [])
  for (const node of starts) before[indexOf.get(node)!]!.push(0)
  for (const node of order) for (const next of nextOf(node)) before[indexOf.get(next)!]!.push(indexOf.get(node)!)
  return before
}

/** Each node before its successors, as far as cycles allow. */
function reversePostorder<T>(starts: readonly T[], nextOf: (node: T) => readonly T[]): T[] {
  const done: T[] = []
  const seen = new Set<T>()
  const open = starts.toReversed().map((node) => ({ node, isLeft: false }))
  for (let visit = open.pop(); visit !== undefined; visit = open.pop()) {
    const { node, isLeft } = visit
    if (isLeft) done.push(node)
    if (isLeft || seen.has(node)) continue
    seen.add(node)
    open.push({ node, isLeft: true }, ...nextOf(node).map((next) => ({ node: next, isLeft: false })))
  }
  return done.reverse()
}
