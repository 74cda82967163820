/**
 * Measures peers at their works: each work in rounds, in each round every peer once, in turn, each time with a fresh folder and
 * in fresh processes. The next round begins with another peer.
 */
import { benchFolder } from '../harness/folder.js'
import { within } from './deadline.js'
import type { Availability, Peer, WorkName } from './peer.js'
import { overRounds, type PeerResult, type Results, type WorkResult } from './results.js'
import type { Site } from './site.js'
import { works } from './works/index.js'
import type { Figures } from './works/work.js'

export interface SuiteOptions {
  readonly quick: boolean
  readonly works: readonly WorkName[]
  /** For one work with one peer, in one round, from setting it up to its figures. */
  readonly deadlineMs?: number
  /** Told before each measurement what it is. */
  onProgress(what: string): void
}

const DEADLINE_MS = { quick: 3 * 60_000, full: 10 * 60_000 } as const
/** What is ended is killed, but for servers. */
const ENDING_MS = 60_000

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
  return { peer, result: { id, name, settings, ...(await availability(peer)), works: {} } }
}

/** A peer that can't be looked for is not there, and the others go on. */
async function availability(peer: Peer): Promise<Availability> {
  try {
    return await peer.available()
  } catch (error) {
    return {
      missing: `it can't be told whether it is there: ${error instanceof Error ? error.message : String(error)}`,
    }
  }
}

async function measure(work: WorkName, entrants: readonly Entrant[], options: SuiteOptions): Promise<void> {
  const rounds = new Map<Entrant, Figures[]>()
  for (const entrant of entrants) if (enters(entrant, work)) rounds.set(entrant, [])
  const count = works[work].rounds(options.quick)
  for (let round = 0; round < count; round++) {
    for (const [entrant, figures] of rotated([...rounds], round)) {
      if (entrant.result.works[work] !== undefined) continue
      options.onProgress(`${work}, round ${round + 1} of ${count}: ${entrant.peer.name}`)
      await addRound(work, entrant, figures, options)
    }
  }
  for (const [{ peer, result }, figures] of rounds) {
    const taken = peer.works[work]
    if (!('open' in taken) || result.works[work] !== undefined) continue
    result.works[work] = {
      promise: taken.promise,
      lacks: taken.lacks,
      figures: overRounds(works[work].measures, figures),
    }
  }
}

/** Whether a peer is to be measured; else its result says why not. */
function enters({ peer, result }: Entrant, work: WorkName): boolean {
  if (result.missing !== undefined) return false
  const taken = peer.works[work]
  if ('open' in taken) return true
  result.works[work] = taken
  return false
}

/** A peer that fails at a work is out of that work, and the others go on. */
async function addRound(
  work: WorkName,
  { peer, result }: Entrant,
  figures: Figures[],
  options: SuiteOptions,
): Promise<void> {
  try {
    figures.push(await once(work, peer, options))
  } catch (error) {
    result.works[work] = { failed: told(error) }
  }
}

/** Past its deadline a measurement is a failure; the end of its site rejects what it still waits for. */
async function once<Name extends WorkName>(
  name: Name,
  peer: Peer,
  { quick, deadlineMs = quick ? DEADLINE_MS.quick : DEADLINE_MS.full }: SuiteOptions,
): Promise<Figures> {
  const taken = peer.works[name]
  if (!('open' in taken)) throw new Error(`${peer.id} does not do ${name}`)
  const what = `${name} with ${peer.name}`
  await using folder = await benchFolder()
  const opening = taken.open(folder.path)
  await using _ended = ending(opening, what)
  const effort = { quick, folder: folder.path, promise: taken.promise }
  const measuring = opening.then((site) => works[name].measure(site, effort))
  return await within(deadlineMs, what, measuring)
}

/** Also of a site that opens late; one that doesn't open has told so, and leaves nothing. */
function ending(opening: Promise<Site<never>>, what: string): AsyncDisposable {
  return {
    async [Symbol.asyncDispose]() {
      const ended = opening.then(
        (site) => site[Symbol.asyncDispose](),
        () => undefined,
      )
      await within(ENDING_MS, `the end of ${what}`, ended)
    },
  }
}

/** An error, and that which it suppressed when what it left was ended. */
function told(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if ('suppressed' in error && 'error' in error) return `${told(error.suppressed)}\nand then: ${told(error.error)}`
  return error.stack ?? error.message
}

function rotated<Item>(items: readonly Item[], by: number): readonly Item[] {
  const first = by % Math.max(1, items.length)
  return [...items.slice(first), ...items.slice(0, first)]
}
