import { describe, expect, it } from 'vitest'
import { NetworkStage } from './association-stage.js'

/**
 * Plays every order in which what is under way can happen, up to where nothing moves. Where two orders have led to the same
 * situation, only one of them is played on.
 */
function everyOrder(begin: () => NetworkStage, check: (network: NetworkStage, told: string) => void): number {
  const seen = new Set<string>()
  const open: number[][] = [[]]
  let ends = 0
  for (let choices = open.pop(); choices !== undefined; choices = open.pop()) {
    const network = begin()
    const path: string[] = []
    network.settle()
    for (let depth = 0; ; depth++) {
      const steps = network.steps()
      if (depth >= choices.length) {
        const situation = network.fingerprint()
        if (seen.has(situation)) break
        seen.add(situation)
        if (steps.length === 0) {
          ends += 1
          check(network, path.join(', '))
          break
        }
        for (let choice = 1; choice < steps.length; choice++) open.push([...choices, choice])
        choices.push(0)
      }
      const step = steps[choices[depth]!]!
      path.push(step.name)
      step.take()
    }
    network.stop()
  }
  return ends
}

const openWires = (network: NetworkStage): string[] =>
  [...network.wires.values()].filter(({ isOpen }) => isOpen.dialler || isOpen.listener).map(({ id }) => id)

/** Both are up, on the one connection that is left. */
function expectOneLink(network: NetworkStage, told: string): void {
  const { a, b } = network
  expect([a.link, b.link, told]).toEqual(['linked.up', 'linked.up', told])
  expect([a.up, openWires(network), told]).toEqual([b.up, [a.up], told])
}

describe.each(['dialler', 'listener'] as const)(
  'two nodes that dial each other, where the %s proves last',
  (lastProof) => {
    const begin = () => new NetworkStage({}, lastProof).start()

    it('hold the same connection in whatever order things happen, and give up none that was up', () => {
      const kept = new Set<string | undefined>()
      const ends = everyOrder(begin, (network, told) => {
        expectOneLink(network, told)
        expect([...network.nodes.map((node) => node.of('up').length), told]).toEqual([1, 1, told])
        kept.add(network.a.up?.charAt(0))
      })
      expect(ends).toBeGreaterThan(4)
      expect([...kept].sort()).toEqual(['a', 'b'])
    })
  },
)
