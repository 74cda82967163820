/**
 * Systems that are linked, on networks that fail: in memory, where a run takes a moment and repeats, and as processes that
 * are killed, in network namespaces or behind a proxy. Each run is held against an independent ledger.
 */

import type { FaultOptions, FaultReport, FaultSuite, Violation } from './fault-suite.js'
import { runDrill } from './network/memory/drill.js'
import type { Net } from './network/net/net.js'
import type { Topology } from './network/plan.js'
import { besiege } from './network/processes/siege.js'
import { drawSeed } from './power.suite.js'

const SEEDS = 100
/** One run among processes for so many in memory: it takes as long as all of them. */
const RUNS_PER_SIEGE = 25
const KILLS = 4

/** In turns. */
const SIEGES: readonly (readonly [Topology, Net['kind']])[] = [
  ['two', 'namespaces'],
  ['ring', 'proxy'],
  ['two', 'proxy'],
  ['star', 'namespaces'],
]

export const suite: FaultSuite = {
  name: 'remote',
  description: 'linked systems on failing networks, two and five, killed and cut off, compared with a ledger',
  run: attackLinks,
}

async function attackLinks({
  seed = drawSeed(),
  seeds = SEEDS,
  kills = KILLS,
  log,
}: FaultOptions): Promise<FaultReport> {
  log(`seeds ${seed} to ${seed + seeds - 1}`)
  const facts = new Facts()
  const violations: Violation[] = []
  let siege: Promise<void> | undefined
  for (let next = seed; next < seed + seeds; next++) {
    const note = (breaches: Breaches): void => {
      for (const breach of breaches) violations.push({ ...breach, seed: next })
    }
    if (isSiege(next)) {
      await siege
      // Processes mostly wait: runs in memory go on beside them.
      siege = attackProcesses(next, kills, facts, log).then(note)
    } else note(await attackMemory(next, facts))
    if ((next - seed + 1) % RUNS_PER_SIEGE === 0) log(`${next - seed + 1} runs, ${violations.length} violations`)
  }
  await siege
  return { runs: seeds, violations, facts: facts.all }
}

/** By the seed alone, so that a single one can be run again. */
const isSiege = (seed: number): boolean => seed % RUNS_PER_SIEGE === 0

type Breaches = readonly Omit<Violation, 'seed'>[]

async function attackMemory(seed: number, facts: Facts): Promise<Breaches> {
  const { breaches, crashes, blows, lines } = await runDrill(seed)
  facts.add('runs in memory', 1)
  facts.add('crashes', crashes)
  facts.add('blows', blows)
  facts.count(lines)
  return breaches
}

async function attackProcesses(
  seed: number,
  most: number,
  facts: Facts,
  log: (line: string) => void,
): Promise<Breaches> {
  const [topology, kind] = SIEGES[(seed / RUNS_PER_SIEGE) % SIEGES.length] as (typeof SIEGES)[number]
  const { breaches, kills, net, lines } = await besiege({ seed, topology, kind, kills: most, log })
  log(`seed ${seed}: processes (${topology}) in a network of ${net}, ${kills} kills`)
  facts.add(`runs among processes (${net})`, 1)
  facts.add('kills', kills)
  facts.count(lines)
  return breaches
}

class Facts {
  readonly all: Record<string, number> = {}

  add(name: string, count: number): void {
    this.all[name] = (this.all[name] ?? 0) + count
  }

  count(lines: readonly { readonly t: string; readonly event?: string }[]): void {
    this.add('messages applied', lines.filter(({ t }) => t === 'applied').length)
    for (const event of ['peerRestarted', 'nodeDown', 'linkRefused']) {
      this.add(event, lines.filter((line) => line.t === 'told' && line.event === event).length)
    }
  }
}
