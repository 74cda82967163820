/**
 * Measures peers at their works: each work in rounds, in each round every peer once, in turn, each time with a fresh folder and
 * in fresh processes. The next round begins with another peer.
 */
import { benchFolder } from '../harness/folder.js'
import type { Peer, WorkName } from './peer.js'
import { medians, type PeerResult, type Results, type WorkResult } from './results.js'
import { works } from './works/index.js'
import type { Figures } from './works/work.js'

export interface SuiteOptions {
  readonly quick: boolean
  readonly works: readonly WorkName[]
  /** Told before each measurement what it is. */
  onProgress(what: string): void
}

export async function runSuite(peers: readonly Peer[], options: SuiteOptions): Promise<Results> {
  const entrants: Entrant[] = []
  for (const peer of peers) entrants.push(await entrantOf(peer))
  for (const work of options.works) await measure(work, entrants, options)
  return { peers: entrants.map(({ result }) => result) }
}

/** A peer, and what is known of it so far. */
interface Entrant {
  readonly peer: Peer
  readonly result: PeerResult & { readonly works: Partial<Record<WorkName, WorkResult>> }
}

async function entrantOf(peer: Peer): Promise<Entrant> {
  const { id, name, settings } = peer
  return { peer, result: { id, name, settings, ...(await peer.available()), works: {} } }
}

async function measure(work: WorkName, entrants: readonly Entrant[], options: SuiteOptions): Promise<void> {
  const rounds = new Map<Entrant, Figures[]>()
  for (const entrant of entrants) if (enters(entrant, work)) rounds.set(entrant, [])
  const count = works[work].rounds(options.quick)
  for (let round = 0; round < count; round++) {
    for (const [entrant, figures] of rotated([...rounds], round)) {
      options.onProgress(`${work}, round ${round + 1} of ${count}: ${entrant.peer.name}`)
      await addRound(work, entrant, figures, options.quick)
    }
  }
  for (const [{ peer, result }, figures] of rounds) {
    const taken = peer.works[work]
    if ('declined' in taken || result.works[work] !== undefined) continue
    result.works[work] = { promise: taken.promise, lacks: taken.lacks, figures: medians(figures) }
  }
}

/** Whether a peer is to be measured; else its result says why not. */
function enters({ peer, result }: Entrant, work: WorkName): boolean {
  if (result.missing !== undefined) return false
  const taken = peer.works[work]
  if (!('declined' in taken)) return true
  result.works[work] = taken
  return false
}

/** A peer that fails at a work is out of that work, and the others go on. */
async function addRound(work: WorkName, { peer, result }: Entrant, figures: Figures[], quick: boolean): Promise<void> {
  if (result.works[work] !== undefined) return
  try {
    figures.push(await once(work, peer, quick))
  } catch (error) {
    result.works[work] = { failed: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}

async function once<Name extends WorkName>(name: Name, peer: Peer, quick: boolean): Promise<Figures> {
  const taken = peer.works[name]
  if ('declined' in taken) throw new Error(taken.declined)
  await using folder = await benchFolder()
  await using site = await taken.open(folder.path)
  return await works[name].measure(site, { quick, folder: folder.path, promise: taken.promise })
}

function rotated<Item>(items: readonly Item[], by: number): readonly Item[] {
  const first = by % Math.max(1, items.length)
  return [...items.slice(first), ...items.slice(0, first)]
}
