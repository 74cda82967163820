/** How long a restart takes, from the throw to the first answer: volatile, and durable from the last good state. */
import { join } from 'node:path'
import type { Bench } from '../harness/bench.js'
import { benchFolder } from '../harness/folder.js'
import { interleave } from '../harness/rounds.js'
import { percentile, rowOf } from '../harness/row.js'
import { syncedPuts } from '../kernel/synced-puts.js'
import { countingStore } from '../kernel/systems.js'
import { restartingByHand } from './by-hand.js'
import { Faults } from './fragile.js'
import { medianRestartMs, supervised } from './restarts.js'

const WARM_UP = 2_000

async function medianByHandMs(restarts: number): Promise<number> {
  const restartMs = restartingByHand()
  const times: number[] = []
  for (let n = 0; n < restarts; n++) times.push(await restartMs())
  return percentile(times, 0.5)
}

const volatile: Bench = {
  ids: ['supervision.restart-volatile'],
  async run({ quick }) {
    await using folder = await benchFolder()
    const faults = new Faults()
    await using one = await supervised(join(folder.path, 'store'), faults, 'volatile')
    await medianRestartMs(WARM_UP, one, faults)
    await medianByHandMs(WARM_UP)
    const restarts = quick ? 1_000 : 3_000
    const { subject, baseline } = await interleave({
      rounds: quick ? 3 : 11,
      subject: () => medianRestartMs(restarts, one, faults),
      baseline: () => medianByHandMs(restarts),
    })
    return [rowOf({ id: 'supervision.restart-volatile', unit: 'ms p50', better: 'lower', goal: 2 }, subject, baseline)]
  },
}

const durable: Bench = {
  ids: ['supervision.restart-durable'],
  async run({ quick }) {
    await using folder = await benchFolder()
    const faults = new Faults()
    const store = await countingStore(join(folder.path, 'store'))
    await using one = await supervised(store, faults, 'durable')
    await medianRestartMs(quick ? 1_000 : WARM_UP, one, faults)
    const before = store.bytes
    const counted = 200
    await medianRestartMs(counted, one, faults)
    const bytes = Math.round((store.bytes - before) / counted)
    await using puts = await syncedPuts(join(folder.path, 'put'), bytes)
    const restarts = quick ? 200 : 600
    const { subject, baseline } = await interleave({
      rounds: quick ? 3 : 9,
      subject: () => medianRestartMs(restarts, one, faults),
      baseline: () => puts.measure(restarts),
    })
    const spec = { id: 'supervision.restart-durable', unit: 'ms p50', better: 'lower', goal: 2.5 } as const
    return [rowOf({ ...spec, note: `${bytes} bytes a restart` }, subject, baseline)]
  },
}

export const restart: readonly Bench[] = [volatile, durable]
