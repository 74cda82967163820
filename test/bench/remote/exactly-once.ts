/** How long a durable actor's event to one of another process takes, until it is confirmed; and how many of 64 pairs a second. */
import { join } from 'node:path'
import type { RosciusRef } from 'roscius'
import type { Bench } from '../harness/bench.js'
import { benchFolder } from '../harness/folder.js'
import { medianMs } from '../harness/latency.js'
import { interleave, perSecond } from '../harness/rounds.js'
import { rowOf } from '../harness/row.js'
import { ByHand } from '../kernel/by-hand.js'
import { stepping } from '../kernel/stepping.js'
import { syncedPuts } from '../kernel/synced-puts.js'
import { type agent, eventOf, expectCount } from '../kernel/work.js'
import { Bare, bareFar } from './bare.js'
import { openPair, type Pair, type source } from './nodes.js'

type Source = RosciusRef<typeof source>

/** So many pairs of a source here and a sink there. */
async function openSources({ near, far }: Pair, count: number): Promise<Source[]> {
  await far.call('sinks', count)
  const sources: Source[] = []
  for (let n = 0; n < count; n++) {
    const sink: RosciusRef<typeof agent> = near.actor('agent', `roscius://b/sink-${n}`)
    sources.push(await near.spawn('source', { id: `source-${n}`, input: { sink } }))
  }
  return sources
}

/** Passes one event after the other through all of it. The source answers when its event is in its own node's store. */
function passer(pair: Pair, source: Source): () => Promise<void> {
  let n = 0
  return async () => {
    await source.deliver(eventOf(n), { idempotencyKey: `key-${n++}` })
    await pair.confirmed()
  }
}

/** What one event writes on either side, over enough of them to hold the snapshots' share. */
async function bytesEach(
  pair: Pair,
  pass: () => Promise<void>,
): Promise<{ readonly near: number; readonly far: number }> {
  const events = 200
  const before = await pair.written()
  for (let n = 0; n < events; n++) await pass()
  const after = await pair.written()
  return { near: Math.round((after.near - before.near) / events), far: Math.round((after.far - before.far) / events) }
}

const alone: Bench = {
  ids: ['remote.exactly-once-1'],
  async run({ quick }) {
    await using folder = await benchFolder()
    await using pair = await openPair(folder.path, 'durable', { isCounted: true })
    const [source] = await openSources(pair, 1)
    if (!source) throw new Error('no actor was spawned')
    // A service that passes one event after the other on has long been compiled.
    const pass = passer(pair, source)
    for (let n = 0; n < (quick ? 300 : 2_000); n++) await pass()
    const bytes = await bytesEach(pair, pass)
    await using puts = await syncedPuts(join(folder.path, 'put'), bytes.near)
    await using far = await bareFar({ store: { path: join(folder.path, 'far-put'), bytes: bytes.far } })
    await using bare = await Bare.open(far)
    const steps = quick ? 200 : 600
    const { subject, baseline } = await interleave({
      rounds: quick ? 3 : 9,
      subject: () => medianMs(steps, pass),
      baseline: () =>
        medianMs(steps, async () => {
          await puts.measure(1)
          await bare.ask()
        }),
    })
    const note = `${bytes.near} bytes a commit of the sender, ${bytes.far} of the receiver`
    const spec = { id: 'remote.exactly-once-1', unit: 'ms p50', better: 'lower', goal: 1.4, note } as const
    return [rowOf(spec, subject, baseline)]
  },
}

const PAIRS = 64

/**
 * Every source has one outstanding `deliver`. The clock stops when all events are confirmed by the other node, and handled:
 * one that is in a mailbox there, in the store, is confirmed already.
 */
function passing(pair: Pair, sources: readonly Source[], steps: number): () => Promise<number> {
  let done = 0
  return async () => {
    const rate = await perSecond(sources.length * steps, async () => {
      await Promise.all(
        sources.map(async (source) => {
          for (let n = done; n < done + steps; n++) await source.deliver(eventOf(n), { idempotencyKey: `key-${n}` })
        }),
      )
      await pair.confirmed()
      await pair.far.call('until', (done + steps) * sources.length)
    })
    done += steps
    expectCount(await pair.far.call('handled'), done * sources.length)
    return rate
  }
}

const together: Bench = {
  ids: ['remote.exactly-once-64'],
  async run({ quick }) {
    await using folder = await benchFolder()
    await using pair = await openPair(folder.path, 'durable')
    const sources = await openSources(pair, PAIRS)
    await using hand = await ByHand.open({ path: join(folder.path, 'hand'), sync: true })
    const agents = Array.from({ length: PAIRS }, (_, index) => hand.start(`agent-${index}`, 0))
    const steps = Math.round((quick ? 5_000 : 24_000) / PAIRS)
    const { subject, baseline } = await interleave({
      rounds: quick ? 3 : 9,
      subject: passing(pair, sources, steps),
      baseline: stepping(
        agents,
        steps,
        (one, event, key) => hand.step(one, event, key),
        ({ actor }) => actor.getSnapshot().context.count,
      ),
    })
    const note = 'the baseline is the loop written by hand of kernel.durable-64, which sends nothing'
    const spec = { id: 'remote.exactly-once-64', unit: 'events/s', better: 'higher', goal: 0.5, note } as const
    return [rowOf(spec, subject, baseline)]
  },
}

export const exactlyOnce: readonly Bench[] = [alone, together]
