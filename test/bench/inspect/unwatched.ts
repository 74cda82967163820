/**
 * What a console costs at which nobody looks: the events that the same actors of the same system handle in a second of processor
 * time, with its port open and without it.
 *
 * One system for both, since two that are made alike differ by more than this: by where their objects lie. Each round measures
 * three sides in rotation: with the console, without it, and without it again. The ratio is the median of the rounds' ratios.
 * `-noise` is the same of the two sides that are the same: as far from 1 as it is, the other one says nothing. The goal is fixed
 * and does not grow with the noise; the note says how far single rounds are apart.
 */
import { join } from 'node:path'
import { createConsole } from 'roscius/console'
import type { Bench } from '../harness/bench.js'
import { benchFolder } from '../harness/folder.js'
import { inRotation, perProcessorSecond } from '../harness/rounds.js'
import { pairedRow, percentile, type Row, ratiosOf } from '../harness/row.js'
import { countOf, deliver, stepping } from '../kernel/stepping.js'
import { type AgentSystem, type Durability, openSystem, spawnAgents } from '../kernel/systems.js'
import { hostedActors } from '../kernel/throughput.js'

const ACTORS = 1_000
const GOAL = 0.98

type Work = () => Promise<unknown>

interface Load {
  readonly durability: Durability
  /** Handled each time that the work is done. */
  readonly events: number
  readonly rounds: number
  readonly work: (system: AgentSystem) => Promise<Work>
}

async function measure(id: string, { durability, events, rounds, work }: Load): Promise<readonly Row[]> {
  await using folder = await benchFolder()
  await using system = await openSystem({ store: join(folder.path, 'store'), durability })
  const act = await work(system)
  const plain = () => perProcessorSecond(events, act)
  const figures = await inRotation(rounds, { console: withConsole(system, plain), plain, again: plain })
  const note = spreadOf(figures.again, figures.plain)
  const spec = { id, unit: 'events/cpu s', better: 'higher', goal: GOAL, note } as const
  const noise = { ...spec, id: `${id}-noise`, goal: null, note: 'both sides without a console' }
  return [pairedRow(spec, figures.console, figures.plain), pairedRow(noise, figures.again, figures.plain)]
}

/** The console is there while it works, and gone before the next side is measured. */
function withConsole(system: AgentSystem, measure: () => Promise<number>): () => Promise<number> {
  return async () => {
    await using _ = await createConsole(system, { port: 0 })
    return await measure()
  }
}

function spreadOf(again: readonly number[], plain: readonly number[]): string {
  const ratios = ratiosOf(again, plain)
  const [low, high] = [percentile(ratios, 0.25).toFixed(3), percentile(ratios, 0.75).toFixed(3)]
  return `half of the rounds of two sides that are the same lie between ${low} and ${high}`
}

function idsOf(id: string): readonly string[] {
  return [id, `${id}-noise`]
}

export const unwatched: readonly Bench[] = [
  {
    ids: idsOf('inspect.unwatched'),
    run: ({ quick }) => {
      const events = quick ? 10_000 : 30_000
      const work = (system: AgentSystem) => hostedActors(system, ACTORS, events)
      return measure('inspect.unwatched', { durability: 'volatile', events, rounds: quick ? 7 : 41, work })
    },
  },
  {
    ids: idsOf('inspect.unwatched-durable'),
    run: ({ quick }) => {
      const steps = quick ? 2 : 6
      const work = async (system: AgentSystem) => stepping(await spawnAgents(system, ACTORS), steps, deliver, countOf)
      const load: Load = { durability: 'durable', events: steps * ACTORS, rounds: quick ? 7 : 41, work }
      return measure('inspect.unwatched-durable', load)
    },
  },
]
