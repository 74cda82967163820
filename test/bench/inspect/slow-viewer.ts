/**
 * A viewer that stops reading: what the node then handles in a second of processor time, as fast as it can, beside the same viewer
 * that reads and beside nobody; and what is kept for it.
 *
 * Measured from the moment on when its socket has taken all that it takes, and bytes wait in the node's own process.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Bench } from '../harness/bench.js'
import { inChild } from '../harness/child.js'
import { benchFolder } from '../harness/folder.js'
import { inRotation, interleave, perProcessorSecond } from '../harness/rounds.js'
import { pairedRow, rowOf } from '../harness/row.js'
import { heapUsed } from '../kernel/heap.js'
import { type Viewer, viewerProcess } from './viewer.js'
import { openWatched, type WatchedNode } from './watched-node.js'

/** What may wait for a viewer, before it counts as slow. */
const FULL_BYTES = 1_000_000
/** Until the node has read what a viewer has said. */
const SOON_MS = 50
const MB = 1_000_000

function look(viewer: Viewer, node: WatchedNode): Promise<void> {
  const topics = [{ topic: 'tree' }, { topic: 'actor', path: node.refs[0]?.path }, { topic: 'timeline' }]
  return viewer.call('look', { ...node.place, topics })
}

async function stall(viewer: Viewer, node: WatchedNode): Promise<void> {
  await viewer.call('stopReading')
  while (node.bytesWaiting < FULL_BYTES) await node.handle(1_000)
  await viewer.call('askNoMore')
  await sleep(SOON_MS)
}

/** The whole time, or what was measured is another thing. */
function expectStalled(node: WatchedNode): void {
  if (node.connections !== 1 || node.bytesWaiting < FULL_BYTES / 2)
    throw new Error('the viewer reads again, or is gone')
}

function rates(viewer: Viewer, node: WatchedNode, alone: WatchedNode, events: number) {
  const rate = (of: WatchedNode): Promise<number> => perProcessorSecond(events, () => of.handle(events))
  const watching = async (isSlow: boolean): Promise<number> => {
    await look(viewer, node)
    if (isSlow) await stall(viewer, node)
    await node.handle(events)
    const figure = await rate(node)
    if (isSlow) expectStalled(node)
    await viewer.call('leave')
    return figure
  }
  return { slow: () => watching(true), reading: () => watching(false), nobody: () => rate(alone) }
}

interface Kept {
  /** Bytes of heap since before there was a viewer: when its socket and the timeline were full, and so many transitions later. */
  readonly atFirst: number
  readonly later: number
}

export async function keptFor(events: number): Promise<Kept> {
  await using folder = await benchFolder()
  await using node = await openWatched({ store: folder.path, durability: 'volatile' })
  await using viewer = await viewerProcess()
  await node.handle(30_000)
  const before = heapUsed()
  await look(viewer, node)
  await stall(viewer, node)
  // All that is kept while somebody looks is there now.
  await node.handle(30_000)
  const atFirst = heapUsed() - before
  await node.handle(events)
  expectStalled(node)
  return { atFirst: atFirst / MB, later: (heapUsed() - before) / MB }
}

export const slowViewer: readonly Bench[] = [
  {
    ids: ['inspect.slow-viewer', 'inspect.slow-viewer-nobody'],
    async run({ quick }) {
      await using ours = await benchFolder()
      await using theirs = await benchFolder()
      await using node = await openWatched({ store: ours.path, durability: 'volatile' })
      await using alone = await openWatched({ store: theirs.path, durability: 'volatile' })
      await using viewer = await viewerProcess()
      const figures = await inRotation(quick ? 2 : 9, rates(viewer, node, alone, quick ? 6_000 : 30_000))
      const spec = { id: 'inspect.slow-viewer', unit: 'events/cpu s', better: 'higher' } as const
      const beside = { ...spec, goal: 0.97, note: 'baseline: the same viewer, reading' }
      const none = { ...spec, id: 'inspect.slow-viewer-nobody', goal: null, note: 'baseline: nobody looks' }
      return [pairedRow(beside, figures.slow, figures.reading), pairedRow(none, figures.slow, figures.nobody)]
    },
  },
  {
    ids: ['inspect.slow-viewer-memory'],
    async run({ quick }) {
      const events = quick ? 30_000 : 200_000
      const kept: Kept[] = []
      const { subject, baseline } = await interleave({
        rounds: quick ? 1 : 3,
        warmUps: 0,
        subject: async () => {
          kept.push(await inChild<Kept>({ module: import.meta.url, name: keptFor.name, argument: events }))
          return kept.at(-1)?.later ?? Number.NaN
        },
        baseline: () => kept.at(-1)?.atFirst ?? Number.NaN,
      })
      const note = `after ${events} more transitions, the timeline of 10 000 items and the rows of 1 000 actors included`
      return [
        rowOf({ id: 'inspect.slow-viewer-memory', unit: 'MB', better: 'lower', goal: 1.1, note }, subject, baseline),
      ]
    },
  },
]
