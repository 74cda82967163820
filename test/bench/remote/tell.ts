/** How many events a second one volatile actor takes from another process, beside bare frames and beside XState's `send`. */
import type { RosciusRef } from 'roscius'
import { createActor } from 'xstate'
import type { Bench } from '../harness/bench.js'
import { benchFolder } from '../harness/folder.js'
import { collectGarbage, interleave, perSecond } from '../harness/rounds.js'
import { median, rowOf } from '../harness/row.js'
import { type AgentEvent, agent, expectCount } from '../kernel/work.js'
import { Bare, bareFar } from './bare.js'
import { largeEventOf } from './events.js'
import { openPair, type Pair } from './nodes.js'

/** Events in a message of the baseline. */
const FRAME = 64
/** Sent before others get a turn. */
const CHUNK = 500
/** More than that shall not wait: a careful sender looks at it. */
const MOST_WAITING = 2_000

/** Sends `count` events; resolves when the other process has handled them. */
function telling(pair: Pair, count: number): () => Promise<number> {
  const tell = teller(pair, largeEventOf)
  return () => perSecond(count, () => tell(count))
}

/** Sends so many events to the other process's first sink; resolves when that has handled them. */
export function teller(pair: Pair, eventOf: (n: number) => AgentEvent): (count: number) => Promise<void> {
  const { near, far } = pair
  const sink: RosciusRef<typeof agent> = near.actor('agent', 'roscius://b/sink-0')
  let sent = 0
  return async (count) => {
    for (let n = 0; n < count; n++) {
      sink.send(eventOf(n))
      if (n % CHUNK === CHUNK - 1) await room(pair)
    }
    sent += count
    await far.call('until', sent)
    expectCount(await far.call('handled'), sent)
  }
}

/** Lets what was sent go; waits for the other process if it is behind. */
async function room(pair: Pair): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
  await pair.confirmed(MOST_WAITING)
}

function plain(count: number): () => Promise<number> {
  const actor = createActor(agent, { input: { notesKb: 0 } }).start()
  return () =>
    perSecond(count, () => {
      for (let n = 0; n < count; n++) actor.send(largeEventOf(n))
    })
}

export const tell: readonly Bench[] = [
  {
    ids: ['remote.tell'],
    async run({ quick }) {
      await using folder = await benchFolder()
      await using pair = await openPair(folder.path, 'volatile')
      await pair.far.call('sinks', 1)
      await using far = await bareFar({})
      await using bare = await Bare.open(far)
      const count = quick ? 40_000 : 150_000
      const sends = plain(count)
      const bareRates: number[] = []
      const plainRates: number[] = []
      const { subject, baseline } = await interleave({
        rounds: quick ? 3 : 11,
        warmUps: quick ? 1 : 2,
        subject: telling(pair, count),
        baseline: async () => {
          const overWire = await perSecond(count, () => bare.tell(count, FRAME, largeEventOf))
          collectGarbage()
          const local = await sends()
          bareRates.push(overWire)
          plainRates.push(local)
          return Math.min(overWire, local)
        },
      })
      const rates = [bareRates, plainRates].map((all) => `${Math.round(median(all) / 1_000)} k/s`)
      const note = `the baseline is the lower of bare ws with ${FRAME} events a frame (${rates[0]}) and createActor().send (${rates[1]})`
      return [rowOf({ id: 'remote.tell', unit: 'events/s', better: 'higher', goal: 0.7, note }, subject, baseline)]
    },
  },
]
