import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NetworkStage, type NodeStage } from './association-stage.js'

/** For long runs: `ASSOCIATION_RUNS=20000 npx vitest run test/machines/association-property.test.ts`; `ASSOCIATION_SEED` repeats one. */
const RUNS = Number(process.env.ASSOCIATION_RUNS ?? 150)
const SEED = process.env.ASSOCIATION_SEED

type Happening =
  /** Which of the things that can happen does, as a share of how many there are. */
  | { readonly step: number }
  | { readonly passMs: number; readonly who: 'a' | 'b' | 'both' }
  | { readonly jumpMs: number; readonly who: 'a' | 'b' }
  | { readonly crash: 'a' | 'b'; readonly isTold: boolean; readonly isWiped: boolean }
  | { readonly restart: 'a' | 'b' }
  | { readonly reset: 'a' | 'b' }
  /** Its address of the peer is taken away, or given back. */
  | { readonly readdress: 'a' | 'b' }
  | { readonly do: 'cut' | 'partition' | 'heal' }

const who = fc.constantFrom('a' as const, 'b' as const)
const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ step: fc.double({ min: 0, max: 0.999, noNaN: true }) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      passMs: fc.constantFrom(100, 300, 1_000, 1_000, 6_000, 11_000),
      who: fc.constantFrom('a' as const, 'b' as const, 'both' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ jumpMs: fc.constantFrom(-3_600_000, 5_000, 3_600_000), who }) },
  {
    weight: 1,
    arbitrary: fc.record({ crash: who, isTold: fc.boolean(), isWiped: fc.nat(3).map((share) => share === 0) }),
  },
  { weight: 2, arbitrary: fc.record({ restart: who }) },
  { weight: 1, arbitrary: fc.record({ reset: who }) },
  { weight: 1, arbitrary: fc.record({ readdress: who }) },
  { weight: 1, arbitrary: fc.constantFrom('cut', 'partition', 'heal', 'heal').map((what) => ({ do: what }) as const) },
)

function happen(network: NetworkStage, what: Happening): void {
  if ('step' in what) {
    const steps = network.steps()
    steps[Math.floor(what.step * steps.length)]?.take()
  } else if ('passMs' in what) {
    // In heartbeats: more at once would be a pause of the node.
    for (let leftMs = what.passMs; leftMs > 0; leftMs -= 1_000)
      for (const node of network.nodes)
        if (what.who === node.name || what.who === 'both') node.pass(Math.min(1_000, leftMs))
  } else if ('jumpMs' in what) network[what.who].pass(1, what.jumpMs)
  else if ('crash' in what) {
    if (network[what.crash].isRunning) network[what.crash].crash(what)
  } else if ('restart' in what) {
    if (!network[what.restart].isRunning) network[what.restart].restart()
  } else if ('reset' in what) {
    if (network[what.reset].isRunning) network[what.reset].actor.send({ type: 'RESET' })
  } else if ('readdress' in what) {
    if (network[what.readdress].isRunning) readdress(network[what.readdress])
  } else if (what.do === 'cut') network.cut()
  else network.isPartitioned = what.do === 'partition'
  network.settle()
}

function readdress({ actor, context }: NodeStage): void {
  actor.send(context.address === undefined ? { type: 'PEER_ADDED', address: 'there' } : { type: 'PEER_REMOVED' })
}

/** A connection that a node is up on, its peer has chosen, too. */
function expectChosenByBoth(network: NetworkStage): void {
  for (const { up } of network.nodes)
    if (up !== undefined) expect(network.wires.get(up)?.welcomed).toEqual({ dialler: true, listener: true })
}

/** Within each life of a node (`closed` ends one), every loss is told once, and every return. */
function expectTurnsTold(network: NetworkStage): void {
  for (const { emitted } of network.nodes) {
    let last: string | undefined
    for (const { type } of emitted) {
      if (type === 'closed') last = undefined
      if (type !== 'nodeUp' && type !== 'nodeDown') continue
      expect(type).not.toBe(last)
      last = type
    }
  }
}

const ONE_AFTER_THE_OTHER: readonly Happening[] = Array.from({ length: 20 }, () => ({ step: 0 }))

/** What chance may leave out of a run, but must be gone through: a link that is lost by silence, and another store. */
const LIVES: readonly (readonly Happening[])[] = [
  [...ONE_AFTER_THE_OTHER, { do: 'partition' }, { passMs: 6_000, who: 'both' }, { passMs: 11_000, who: 'both' }],
  [
    ...ONE_AFTER_THE_OTHER,
    { crash: 'b', isTold: true, isWiped: true },
    { passMs: 300, who: 'a' },
    { restart: 'b' },
    ...ONE_AFTER_THE_OTHER,
  ],
]

describe('whatever happens to two nodes and the network between them', () => {
  it('each holds what the other holds, every loss is told once, and in the end they have one link', () => {
    const states = new Set<string>()
    fc.assert(
      fc.property(
        fc.array(happening, { maxLength: 60 }),
        fc.constantFrom('dialler' as const, 'listener' as const),
        fc.constantFrom('both', 'a', 'b'),
        (happenings, lastProof, dialling) => {
          const network = new NetworkStage({}, lastProof)
          for (const node of network.nodes)
            node.start(dialling === node.name || dialling === 'both' ? { address: 'there' } : {})
          network.settle()
          for (const what of happenings) {
            happen(network, what)
            expectChosenByBoth(network)
          }
          network.isPartitioned = false
          for (const node of network.nodes) if (!node.isRunning) node.restart()
          if (network.nodes.every(({ context }) => context.address === undefined)) readdress(network.a)
          network.pass(90_000)
          const { a, b } = network
          expect([a.link, b.link]).toEqual(['linked.up', 'linked.up'])
          expect(a.up).toBe(b.up)
          expect([a.region('detector'), b.region('detector')]).toEqual(['alive', 'alive'])
          expect(a.context.known).toEqual(b.identity)
          expect(b.context.known).toEqual(a.identity)
          expectTurnsTold(network)
          for (const node of network.nodes) for (const state of node.states) states.add(state)
          network.stop()
        },
      ),
      {
        numRuns: RUNS,
        examples: LIVES.map((life): [Happening[], 'listener', 'a'] => [[...life], 'listener', 'a']),
        ...(SEED !== undefined && { seed: Number(SEED) }),
      },
    )
    for (const state of ['idle', 'backingOff', 'linked.degraded', 'down', 'suspicious', 'changed'])
      expect([...states]).toContain(state)
  })
})
