/** The strongly connected parts of a graph: nodes that can all reach each other. */

/** Parts with a cycle only; `nextOf` gives a node's successors. Tarjan's algorithm, without recursion. */
export function cyclicComponents<T>(nodes: readonly T[], nextOf: (node: T) => readonly T[]): T[][] {
  return stronglyConnected(nodes, nextOf).filter((part) => part.length > 1 || nextOf(part[0]!).includes(part[0]!))
}

interface Visit<T> {
  readonly node: T
  readonly next: readonly T[]
  at: number
}

function stronglyConnected<T>(nodes: readonly T[], nextOf: (node: T) => readonly T[]): T[][] {
  const order = new Map<T, number>()
  const low = new Map<T, number>()
  const open: T[] = []
  const isOpen = new Set<T>()
  const parts: T[][] = []
  const enter = (node: T): Visit<T> => {
    order.set(node, order.size)
    low.set(node, order.size - 1)
    open.push(node)
    isOpen.add(node)
    return { node, next: nextOf(node), at: 0 }
  }
  const lower = (node: T, to: number): void => void low.set(node, Math.min(low.get(node)!, to))
  const close = (node: T): void => {
    if (low.get(node) !== order.get(node)) return
    const part = open.splice(open.indexOf(node))
    for (const each of part) isOpen.delete(each)
    parts.push(part)
  }
  for (const root of nodes) {
    const visits = order.has(root) ? [] : [enter(root)]
    for (let visit = visits.at(-1); visit !== undefined; visit = visits.at(-1)) {
      const child = visit.next[visit.at++]
      if (child === undefined) {
        visits.pop()
        close(visit.node)
        const parent = visits.at(-1)
        if (parent !== undefined) lower(parent.node, low.get(visit.node)!)
      } else if (!order.has(child)) visits.push(enter(child))
      else if (isOpen.has(child)) lower(visit.node, order.get(child)!)
    }
  }
  return parts
}
