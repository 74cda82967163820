/** A million timers: how many a second are scheduled and cancelled, and what each weighs, beside `setTimeout`. */
import { join } from 'node:path'
import { createSystem } from 'roscius'
import { cancel, enqueueActions, setup } from 'xstate'
import type { Bench } from '../harness/bench.js'
import { inChild } from '../harness/child.js'
import { benchFolder } from '../harness/folder.js'
import { interleave } from '../harness/rounds.js'
import { type RowSpec, rowOf } from '../harness/row.js'
import { heapUsed } from './heap.js'

/** Timers of one actor; the actors make up the rest. */
const TIMERS_EACH = 100
const HOUR_MS = 3_600_000

interface Figures {
  readonly perSecond: number
  readonly bytesEach: number
}

/** Delays spread over an hour from an hour on, as deadlines of many agents are; the same for both sides. */
function delayOf(index: number): number {
  return HOUR_MS + ((index * 7_919_477) % HOUR_MS)
}

/** Arms a hundred delayed events at one event and cancels them at another. */
const keeper = setup({
  types: {} as { events: { type: 'ARM'; from: number } | { type: 'DISARM' } | { type: 'DUE' } },
}).createMachine({
  id: 'keeper',
  on: {
    ARM: {
      actions: enqueueActions(({ enqueue, event }) => {
        for (let n = 0; n < TIMERS_EACH; n++)
          enqueue.raise({ type: 'DUE' }, { id: `due-${n}`, delay: delayOf(event.from + n) })
      }),
    },
    DISARM: { actions: Array.from({ length: TIMERS_EACH }, (_, n) => cancel(`due-${n}`)) },
  },
})

/** Actors arm durable timers and cancel them again, each by a durable event. */
export async function durableTimers(timers: number): Promise<Figures> {
  await using folder = await benchFolder()
  await using system = await createSystem({
    name: 'bench',
    store: join(folder.path, 'store'),
    logic: { keeper },
    development: false,
  })
  const ids = Array.from({ length: timers / TIMERS_EACH }, (_, n) => `keeper-${n}`)
  const refs = await Promise.all(ids.map((id) => system.spawn('keeper', { id })))
  const before = heapUsed()
  const armed = await elapsedMs(() =>
    Promise.all(refs.map((ref, index) => ref.deliver({ type: 'ARM', from: index * TIMERS_EACH }))),
  )
  const bytesEach = (heapUsed() - before) / timers
  const disarmed = await elapsedMs(() => Promise.all(refs.map((ref) => ref.deliver({ type: 'DISARM' }))))
  return { perSecond: (timers * 1_000) / (armed + disarmed), bytesEach }
}

/** Schedules as many with `setTimeout`, then cancels them. */
export async function plainTimers(timers: number): Promise<Figures> {
  const before = heapUsed()
  const handles = new Array<NodeJS.Timeout>(timers)
  const scheduled = await elapsedMs(() => {
    for (let index = 0; index < timers; index++) handles[index] = setTimeout(ignore, delayOf(index))
  })
  const bytesEach = (heapUsed() - before) / timers
  const cancelled = await elapsedMs(() => {
    for (const handle of handles) clearTimeout(handle)
  })
  return { perSecond: (timers * 1_000) / (scheduled + cancelled), bytesEach }
}

function ignore(): void {}

async function elapsedMs(work: () => unknown): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

export const timers: readonly Bench[] = [
  {
    ids: ['kernel.timers', 'kernel.timers-heap'],
    async run({ quick }) {
      const count = quick ? 200_000 : 1_000_000
      const call = ({ name }: { readonly name: string }) =>
        inChild<Figures>({ module: import.meta.url, name, argument: count })
      const { subject, baseline } = await interleave({
        rounds: quick ? 1 : 3,
        warmUps: 0,
        subject: () => call(durableTimers),
        baseline: () => call(plainTimers),
      })
      const row = (spec: RowSpec, figure: (figures: Figures) => number) =>
        rowOf(spec, subject.map(figure), baseline.map(figure))
      return [
        row({ id: 'kernel.timers', unit: 'timers/s', better: 'higher', goal: 0.5 }, ({ perSecond }) => perSecond),
        row({ id: 'kernel.timers-heap', unit: 'B/timer', better: 'lower', goal: 1 }, ({ bytesEach }) => bytesEach),
      ]
    },
  },
]
