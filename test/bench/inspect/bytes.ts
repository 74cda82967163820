/**
 * What goes over the wire for each transition, all bytes of the server's connections counted.
 *
 * `bytes`: at a thousand transitions a second over a thousand actors, to one viewer of an actor's page and of the timeline; beside
 * what the same node sends in Stately's protocol, which tells every event and every snapshot whole. `-4kb`: with that much more
 * in each context. `-budget`: the larger of the two beside what it may be. `-page`: the page of one actor that makes a hundred
 * transitions a second, its context included, beside Stately's protocol.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Bench } from '../harness/bench.js'
import { benchFolder } from '../harness/folder.js'
import { interleave } from '../harness/rounds.js'
import { rowOf } from '../harness/row.js'
import { heardBy, heardUntil, type Viewer, viewerProcess } from './viewer.js'
import { openWatched, type WatchedNode } from './watched-node.js'

/** Bytes for one transition at the most. */
const BUDGET_BYTES = 450
const PER_SECOND = 1_000
const PAGE_PER_SECOND = 100
/** Until nothing of what came before is still on its way. */
const SETTLED_MS = 300

/** Bytes for each of the transitions, from the second look of a viewer on: the first picture is sent once. */
async function bytesPer(node: WatchedNode, work: () => Promise<number>): Promise<number> {
  await sleep(SETTLED_MS)
  const before = node.bytesSent
  const transitions = await work()
  await sleep(SETTLED_MS)
  return (node.bytesSent - before) / transitions
}

/** Our own protocol; throws if it leaves anything out. */
async function ours(viewer: Viewer, node: WatchedNode, ms: number): Promise<number> {
  const topics = [{ topic: 'actor', path: node.refs[0]?.path }, { topic: 'timeline' }]
  await viewer.call('look', { ...node.place, topics })
  const bytes = await bytesPer(node, async () => {
    const transitions = await node.handlePaced(PER_SECOND, ms)
    await heardUntil(viewer, ({ items, actors }) => items >= transitions && actors > 0)
    return transitions
  })
  const { lost } = await heardBy(viewer)
  if (lost > 0) throw new Error(`of the timeline ${lost} items were left out`)
  await viewer.call('leave')
  return bytes
}

/** Stately's: an event and a snapshot for each. */
async function statelys(viewer: Viewer, node: WatchedNode, work: () => Promise<number>): Promise<number> {
  await viewer.call('lookAsStately', node.place)
  // Every actor is introduced once.
  const before = await heardUntil(viewer, ({ frames }) => frames >= node.refs.length)
  const bytes = await bytesPer(node, async () => {
    const transitions = await work()
    await heardUntil(viewer, ({ frames }) => frames === before.frames + 2 * transitions)
    return transitions
  })
  await viewer.call('leave')
  return bytes
}

async function page(viewer: Viewer, node: WatchedNode, ms: number): Promise<number> {
  const [ref] = node.refs
  await viewer.call('look', {
    ...node.place,
    topics: [{ topic: 'actor', path: ref?.path }],
    contextOf: ref?.path ?? '',
  })
  const bytes = await bytesPer(node, () => node.handlePaced(PAGE_PER_SECOND, ms, node.refs.slice(0, 1)))
  const { actors, contexts } = await heardBy(viewer)
  if (actors === 0 || contexts === 0) throw new Error('the page was told nothing')
  await viewer.call('leave')
  return bytes
}

interface Plan {
  readonly notesKb: number
  readonly ms: number
  readonly rounds: number
}

async function timelineBytes({ notesKb, ms, rounds }: Plan) {
  await using folder = await benchFolder()
  await using node = await openWatched({ store: folder.path, durability: 'durable', notesKb })
  await using viewer = await viewerProcess()
  return await interleave({
    rounds,
    warmUps: 0,
    subject: () => ours(viewer, node, ms),
    baseline: () => statelys(viewer, node, () => node.handlePaced(PER_SECOND, ms)),
  })
}

const spec = { unit: 'B/transition', better: 'lower' } as const

export const bytes: readonly Bench[] = [
  {
    ids: ['inspect.bytes', 'inspect.bytes-4kb', 'inspect.bytes-budget'],
    async run({ quick }) {
      const plan = quick ? { ms: 500, rounds: 1 } : { ms: 3_000, rounds: 3 }
      const small = await timelineBytes({ ...plan, notesKb: 0 })
      const large = await timelineBytes({ ...plan, notesKb: 4 })
      const most = Math.max(...small.subject, ...large.subject)
      const note = 'baseline: what it may be'
      return [
        rowOf({ ...spec, id: 'inspect.bytes', goal: 0.6 }, small.subject, small.baseline),
        rowOf({ ...spec, id: 'inspect.bytes-4kb', goal: 0.15 }, large.subject, large.baseline),
        rowOf({ ...spec, id: 'inspect.bytes-budget', goal: 1, note }, [most], [BUDGET_BYTES]),
      ]
    },
  },
  {
    ids: ['inspect.bytes-page'],
    async run({ quick }) {
      await using folder = await benchFolder()
      await using node = await openWatched({ store: folder.path, durability: 'durable', notesKb: 4 })
      await using viewer = await viewerProcess()
      const ms = quick ? 500 : 3_000
      const { subject, baseline } = await interleave({
        rounds: quick ? 1 : 3,
        warmUps: 0,
        subject: () => page(viewer, node, ms),
        baseline: () => statelys(viewer, node, () => node.handlePaced(PAGE_PER_SECOND, ms, node.refs.slice(0, 1))),
      })
      return [rowOf({ ...spec, id: 'inspect.bytes-page', goal: 0.3 }, subject, baseline)]
    },
  },
]
