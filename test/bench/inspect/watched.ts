/**
 * What a node takes of a processor at a thousand durable transitions a second over a thousand actors, while a console looks at all of
 * them, at one, and at the timeline; beside the same with a console at which nobody looks.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Bench } from '../harness/bench.js'
import { benchFolder } from '../harness/folder.js'
import { interleave } from '../harness/rounds.js'
import { pairedRow } from '../harness/row.js'
import { heardBy, type Viewer, viewerProcess } from './viewer.js'
import { openWatched, type WatchedNode } from './watched-node.js'

const PER_SECOND = 1_000

/** The share of a processor, in percent, that this process takes over so many ms of work, the store's threads included. */
async function load(node: WatchedNode, ms: number): Promise<number> {
  const [before, start] = [process.cpuUsage(), performance.now()]
  await node.handlePaced(PER_SECOND, ms)
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 10 / (performance.now() - start)
}

const ARRIVED_MS = 300

/** Nothing is left out, or it would be cheap. */
async function expectTold(viewer: Viewer, work: () => Promise<number>): Promise<number> {
  const before = await heardBy(viewer)
  const figure = await work()
  // What was told of the work is with the viewer by then: that is sent in batches, and nothing tells which was the last.
  await sleep(ARRIVED_MS)
  const { items, rows, actors, lost } = await heardBy(viewer)
  const told = items - before.items
  if (told < PER_SECOND || rows === before.rows || actors === before.actors || lost > before.lost)
    throw new Error(`${told} items were told, ${lost - before.lost} left out`)
  return figure
}

export const watched: readonly Bench[] = [
  {
    ids: ['inspect.watched'],
    async run({ quick }) {
      await using ours = await benchFolder()
      await using theirs = await benchFolder()
      await using node = await openWatched({ store: ours.path, durability: 'durable' })
      await using alone = await openWatched({ store: theirs.path, durability: 'durable' })
      await using viewer = await viewerProcess()
      const topics = [{ topic: 'tree' }, { topic: 'actor', path: node.refs[0]?.path }, { topic: 'timeline' }]
      await viewer.call('look', { ...node.place, topics })
      const ms = quick ? 1_100 : 3_000
      const { subject, baseline } = await interleave({
        rounds: quick ? 2 : 7,
        warmUps: quick ? 0 : 1,
        subject: () => expectTold(viewer, () => load(node, ms)),
        baseline: () => load(alone, ms),
      })
      const note = 'of one processor, at 1 000 transitions a second; a viewer of tree, actor and timeline'
      return [pairedRow({ id: 'inspect.watched', unit: '%', better: 'lower', goal: 3, note }, subject, baseline)]
    },
  },
]
