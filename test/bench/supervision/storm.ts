/** Ten thousand children fail at one blow: how many restarts a second, how long the event loop is held, what siblings miss. */
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createSystem, type RosciusRef, startChild, supervisor } from 'roscius'
import { createActor } from 'xstate'
import type { Bench } from '../harness/bench.js'
import { benchFolder } from '../harness/folder.js'
import { LoopProbe } from '../harness/loop-probe.js'
import { interleave, perSecond } from '../harness/rounds.js'
import { rowOf } from '../harness/row.js'
import { expectCount } from '../kernel/work.js'
import { appendOf, Faults, type Fragile, fragile } from './fragile.js'

const CHILDREN = 10_000
const SIBLINGS = 100
const STARTED_AT_ONCE = 1_000
/** How long a turn takes at most, and about as many as a storm has. */
const TURN_MS = 5
const SPINS = 50
/** What the event loop may be held for. */
const BOUND_MS = 50
const INPUT = { notesKb: 0 }
/** Each child fails once a storm, and storms follow one another. */
const INTENSITY = { maxRestarts: 100 }

interface Figures {
  readonly restartsPerSecond: number
  readonly longestMs: number
}

type Child = RosciusRef<Fragile>

interface Flock extends AsyncDisposable {
  readonly children: readonly Child[]
  /** They never fail. */
  readonly siblings: readonly Child[]
  settled(): Promise<void>
}

/** Volatile children of a supervisor with a template. */
async function flock(store: string, faults: Faults): Promise<Flock> {
  const pool = supervisor({ template: { logic: 'fragile' }, intensity: INTENSITY })
  const system = await createSystem({
    name: 'bench',
    store,
    logic: {
      fragile: { logic: fragile(faults), durability: 'volatile' },
      pool: { logic: pool, durability: 'volatile' },
    },
    development: false,
  })
  const parent = await system.spawn('pool', { id: 'pool' })
  const start = (id: string) => startChild<Fragile>(parent, { id, input: INPUT })
  const children: Child[] = []
  while (children.length < CHILDREN) {
    const next = Array.from({ length: STARTED_AT_ONCE }, (_, n) => start(`child-${children.length + n}`))
    children.push(...(await Promise.all(next)))
  }
  const siblings = await Promise.all(Array.from({ length: SIBLINGS }, (_, n) => start(`sibling-${n}`)))
  return {
    children,
    siblings,
    settled: () => system.settled(),
    [Symbol.asyncDispose]: () => system.stop(),
  }
}

/** One storm after another: each child throws at its event, is started afresh, and handles the event. */
function storms({ children, siblings, settled }: Flock, faults: Faults): () => Promise<Figures> {
  let sent = 0
  const sendToSibling = (): void => {
    // Negative: never armed.
    siblings[sent % SIBLINGS]?.send(appendOf(-1 - (sent % SIBLINGS)))
    sent++
  }
  return async () => {
    const { thrown } = faults
    for (let n = 0; n < CHILDREN; n++) faults.arm(n)
    let longestMs = 0
    const restartsPerSecond = await perSecond(CHILDREN, async () => {
      for (let n = 0; n < CHILDREN; n++) {
        children[n]?.send(appendOf(n))
        if (n % SIBLINGS === 0) sendToSibling()
      }
      const probe = new LoopProbe(sendToSibling)
      await settled()
      longestMs = probe.stop()
    })
    await settled()
    expectCount(faults.thrown - thrown, CHILDREN)
    expectCount(handledBy(children), CHILDREN)
    expectCount(handledBy(siblings), sent)
    return { restartsPerSecond, longestMs }
  }
}

function handledBy(refs: readonly Child[]): number {
  return refs.reduce((sum, ref) => sum + ref.getSnapshot().context.count, 0)
}

const plain = fragile(new Faults())

function startPlain(): Promise<number> {
  const actors = new Array<object>(CHILDREN)
  return perSecond(CHILDREN, () => {
    for (let n = 0; n < CHILDREN; n++) actors[n] = createActor(plain, { id: `child-${n}`, input: INPUT }).start()
  })
}

/** The longest round of an event loop that turns of 5 ms keep busy, and nothing else: what the machine itself adds. */
async function spin(): Promise<number> {
  let turns = 0
  const probe = new LoopProbe(() => {
    for (const end = performance.now() + TURN_MS; performance.now() < end; );
    turns++
  })
  // The probe works meanwhile; this only looks whether it is through.
  while (turns < SPINS) await sleep(TURN_MS)
  return probe.stop()
}

export const storm: readonly Bench[] = [
  {
    ids: ['supervision.storm', 'supervision.storm-block'],
    async run({ quick }) {
      await using folder = await benchFolder()
      const faults = new Faults()
      await using all = await flock(join(folder.path, 'store'), faults)
      const strike = storms(all, faults)
      const longest: number[] = []
      const machine: number[] = []
      const { subject, baseline } = await interleave({
        rounds: quick ? 2 : 11,
        subject: async () => {
          const { restartsPerSecond, longestMs } = await strike()
          longest.push(longestMs)
          machine.push(await spin())
          return restartsPerSecond
        },
        baseline: startPlain,
      })
      // The first of each is that of the warm-up.
      const blocks = longest.slice(1)
      const spins = machine.slice(1)
      const note = `beside the bound; at worst ${worst(blocks)}; a loop that only spins 5 ms a turn: ${worst(spins)} at worst`
      return [
        rowOf({ id: 'supervision.storm', unit: 'restarts/s', better: 'higher', goal: 0.3 }, subject, baseline),
        rowOf({ id: 'supervision.storm-block', unit: 'ms', better: 'lower', goal: 1, note }, blocks, [BOUND_MS]),
      ]
    },
  },
]

function worst(figures: readonly number[]): string {
  return `${Math.max(...figures).toFixed(1)} ms`
}
