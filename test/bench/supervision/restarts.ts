/** From a throw to the first answer of whoever comes after it, restart after restart. */
import { createSystem, type RosciusRef, type Store, supervisor } from 'roscius'
import { percentile } from '../harness/row.js'
import type { Durability } from '../kernel/systems.js'
import { askOf, type Faults, type Fragile, fragile } from './fragile.js'

export interface Supervised extends AsyncDisposable {
  readonly ref: RosciusRef<Fragile>
}

/** Bears any number of restarts, and remembers only those of the last few ms: what is timed is one restart, not a long history. */
const INTENSITY = { maxRestarts: 1_000_000, withinMs: 5 }

/** One actor under one supervisor, in a system of its own. */
export async function supervised(store: string | Store, faults: Faults, durability: Durability): Promise<Supervised> {
  const logic = fragile(faults)
  const pool = supervisor({
    intensity: INTENSITY,
    children: [{ id: 'one', logic: 'fragile', input: { notesKb: 0 } }],
  })
  const system = await createSystem({
    name: 'bench',
    store,
    logic: { fragile: { logic, durability }, pool: { logic: pool, durability } },
    development: false,
  })
  await system.spawn('pool', { id: 'pool' })
  await system.settled()
  return { ref: system.actor('fragile', 'pool/one'), [Symbol.asyncDispose]: () => system.stop() }
}

/**
 * One restart, in ms: the actor throws at a question, is restarted, and answers it. The same question, which supervision delivers
 * again. `n` is a number that no other question has.
 */
export async function restartMs({ ref }: Supervised, faults: Faults, n: number): Promise<number> {
  const { thrown } = faults
  faults.arm(n)
  await ref.ask((replyTo) => askOf(n, replyTo))
  const ms = performance.now() - faults.thrownAt
  if (faults.thrown !== thrown + 1) throw new Error(`question ${n} has not made the actor throw`)
  return ms
}

/** The median of so many restarts. */
export async function medianRestartMs(restarts: number, one: Supervised, faults: Faults): Promise<number> {
  const times: number[] = []
  for (let n = 0; n < restarts; n++) times.push(await restartMs(one, faults, n))
  return percentile(times, 0.5)
}
