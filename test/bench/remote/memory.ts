/** What an envelope of about 200 bytes weighs in memory while the other side, which has stopped, doesn't confirm it. */
import type { RosciusRef } from 'roscius'
import type { Bench } from '../harness/bench.js'
import { inChild } from '../harness/child.js'
import { benchFolder } from '../harness/folder.js'
import { interleave } from '../harness/rounds.js'
import { rowOf } from '../harness/row.js'
import { heapUsed } from '../kernel/heap.js'
import type { agent } from '../kernel/work.js'
import { largeEventOf } from './events.js'
import { figuresOf, openPair } from './nodes.js'

interface Weight {
  /** Bytes in memory for each envelope. */
  readonly held: number
  /** Bytes of a packed envelope. */
  readonly packed: number
}

/** Lets so many envelopes wait for a process that the system has stopped; the link to it is still open. */
export async function unconfirmed(count: number): Promise<Weight> {
  await using folder = await benchFolder()
  await using pair = await openPair(folder.path, 'volatile')
  const { near, far } = pair
  await far.call('sinks', 1)
  const sink: RosciusRef<typeof agent> = near.actor('agent', 'roscius://b/sink-0')
  for (let n = 0; n < 1_000; n++) sink.send(largeEventOf(n))
  await pair.confirmed()
  process.kill(far.pid, 'SIGSTOP')
  try {
    const before = heapUsed()
    for (let n = 0; n < count; n++) sink.send(largeEventOf(n))
    await near.settled()
    const held = heapUsed() - before
    const { outbox } = figuresOf(near)
    if (outbox.count !== count) throw new Error(`${outbox.count} of ${count} envelopes wait`)
    return { held: held / count, packed: outbox.bytes / count }
  } finally {
    process.kill(far.pid, 'SIGCONT')
  }
}

export const memory: readonly Bench[] = [
  {
    ids: ['remote.memory'],
    async run({ quick }) {
      const count = quick ? 20_000 : 100_000
      const packed: number[] = []
      const { subject, baseline } = await interleave({
        rounds: quick ? 1 : 3,
        warmUps: 0,
        subject: async () => {
          const weight = await inChild<Weight>({ module: import.meta.url, name: unconfirmed.name, argument: count })
          packed.push(weight.packed)
          return weight.held
        },
        baseline: () => packed.at(-1) ?? Number.NaN,
      })
      return [rowOf({ id: 'remote.memory', unit: 'B/envelope', better: 'lower', goal: 4 }, subject, baseline)]
    },
  },
]
