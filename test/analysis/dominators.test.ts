import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cyclicComponents } from '../../src/analysis/components.js'
import { dominatorsOf } from '../../src/analysis/dominators.js'

type Graph = readonly (readonly number[])[]

/** Up to nine nodes, each with its successors. */
const graph: fc.Arbitrary<Graph> = fc
  .integer({ min: 1, max: 9 })
  .chain((size) =>
    fc.array(fc.array(fc.nat({ max: size - 1 }), { maxLength: 3 }), { minLength: size, maxLength: size }),
  )

function reachable(from: readonly number[], next: Graph, without?: number): Set<number> {
  const seen = new Set<number>()
  const open = from.filter((node) => node !== without)
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (seen.has(node)) continue
    seen.add(node)
    open.push(...next[node]!.filter((each) => each !== without))
  }
  return seen
}

describe('dominators', () => {
  it('are the nodes without which there is no way, and the nearest of them is told', () => {
    fc.assert(
      fc.property(graph, fc.array(fc.nat({ max: 8 }), { minLength: 1, maxLength: 3 }), (next, ends) => {
        const there = reachable([0], next)
        const nodes = ends.filter((node) => there.has(node))
        fc.pre(nodes.length > 0)
        const isPassed = (node: number): boolean => {
          const left = reachable([0], next, node)
          return nodes.every((end) => !left.has(end))
        }
        const passed = [...there].filter(isPassed)
        const nearest = dominatorsOf([0], (node) => next[node]!).nearestOf(nodes)!
        expect(passed).toContain(nearest)
        // The nearest is itself behind all the others.
        for (const each of passed) expect(each === nearest || !reachable([0], next, each).has(nearest)).toBe(true)
      }),
    )
  })

  it('are none where two starts lead there', () => {
    expect(dominatorsOf([0, 1], (node) => (node < 2 ? [2] : [])).nearestOf([2])).toBe(2)
    expect(dominatorsOf([0, 1], (node) => (node < 2 ? [2, 3] : [])).nearestOf([2, 3])).toBeUndefined()
  })
})

describe('cyclic components', () => {
  it('hold two nodes together exactly if they reach each other', () => {
    fc.assert(
      fc.property(graph, (next) => {
        const nodes = next.map((_, node) => node)
        const parts = cyclicComponents(nodes, (node) => next[node]!)
        const after = nodes.map((node) => reachable(next[node]!, next))
        for (const one of nodes)
          for (const other of nodes) {
            const isTogether = parts.some((part) => part.includes(one) && part.includes(other))
            expect(isTogether).toBe(after[one]!.has(other) && after[other]!.has(one))
          }
      }),
    )
  })
})
