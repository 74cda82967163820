/**
 * An actor that carries a history of 1 MB and adds a message of 500 bytes a step: what a step writes and takes.
 *
 * The small actor that it is timed beside handles the same events and keeps only the last message. Both take turns, step
 * by step. The bytes are those of every batch of the run, snapshots included.
 */
import { join } from 'node:path'
import { Packr } from 'msgpackr'
import { createSystem, type Store } from 'roscius'
import { assign, setup } from 'xstate'
import type { Bench } from '../harness/bench.js'
import { benchFolder } from '../harness/folder.js'
import { percentile, rowOf } from '../harness/row.js'
import { countingStore } from './systems.js'
import { expectCount } from './work.js'

interface Message {
  readonly role: string
  readonly text: string
}

interface HistoryInput {
  /** How many messages the history holds at the start. */
  readonly messages: number
  /** How many it holds at most. */
  readonly most: number
}

const STARTED_WITH = 2_000
/** Not fewer for a quick run: the snapshots among the written bytes come seldom. */
const STEPS = 4_000

const historian = setup({
  types: {} as {
    context: { readonly history: readonly Message[]; readonly handled: number; readonly most: number }
    events: { type: 'SAY'; message: Message }
    input: HistoryInput
  },
}).createMachine({
  id: 'historian',
  context: ({ input }) => ({
    history: Array.from({ length: input.messages }, (_, n) => messageOf(n)),
    handled: 0,
    most: input.most,
  }),
  on: {
    SAY: {
      actions: assign({
        history: ({ context, event }) => [...context.history.slice(-context.most), event.message],
        handled: ({ context }) => context.handled + 1,
      }),
    },
  },
})

/** A message of 500 bytes as MessagePack, unlike its neighbours. */
function messageOf(n: number): Message {
  return { role: 'user', text: `${String(n).padStart(8, '0')}${'m'.repeat(473)}` }
}

async function openHistorian(store: Store, input: HistoryInput) {
  const system = await createSystem({ name: 'bench', store, logic: { historian }, development: false })
  return { system, ref: await system.spawn('historian', { id: 'one', input }) }
}

export const growing: readonly Bench[] = [
  {
    ids: ['kernel.growing-bytes', 'kernel.growing-time', 'kernel.growing-p99'],
    async run() {
      await using folder = await benchFolder()
      const store = await countingStore(join(folder.path, 'large'))
      const large = await openHistorian(store, { messages: STARTED_WITH, most: Number.MAX_SAFE_INTEGER })
      const small = await openHistorian(await countingStore(join(folder.path, 'small')), { messages: 1, most: 1 })
      const startedAt = store.bytes
      const times = { large: [] as number[], small: [] as number[] }
      for (let n = 0; n < STEPS; n++) {
        times.large.push(await elapsedMs(() => large.ref.deliver({ type: 'SAY', message: messageOf(n) })))
        times.small.push(await elapsedMs(() => small.ref.deliver({ type: 'SAY', message: messageOf(n) })))
      }
      const written = (store.bytes - startedAt) / STEPS
      expectCount(large.ref.getSnapshot().context.history.length, STARTED_WITH + STEPS)
      await Promise.all([large.system.stop(), small.system.stop()])
      const change = new Packr({ structures: [] }).pack(messageOf(0)).byteLength
      const [mean, p99] = [(all: number[]) => [meanOf(all)], (all: number[]) => [percentile(all, 0.99)]]
      return [
        rowOf({ id: 'kernel.growing-bytes', unit: 'B/step', better: 'lower', goal: 4 }, [written], [change]),
        rowOf(
          { id: 'kernel.growing-time', unit: 'ms mean', better: 'lower', goal: 2 },
          mean(times.large),
          mean(times.small),
        ),
        rowOf(
          { id: 'kernel.growing-p99', unit: 'ms p99', better: 'lower', goal: null },
          p99(times.large),
          p99(times.small),
        ),
      ]
    },
  },
]

async function elapsedMs(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

function meanOf(figures: readonly number[]): number {
  return figures.reduce((sum, figure) => sum + figure, 0) / figures.length
}
