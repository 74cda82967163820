import { spawnActor, supervisor } from 'roscius'
import { seededRandom } from 'roscius/testing'
import { describe, expect, it } from 'vitest'
import { assign, createMachine, fromCallback, setup } from 'xstate'
import { createInspection } from '../../../src/inspect/live/inspection.js'
import { World } from '../../support/world.js'
import { Screen } from './screen.js'
import { rowsOfTree, treeRow } from './tree-rows.js'

const worker = setup({ actors: { ticking: fromCallback(() => {}) } }).createMachine({
  initial: 'idle',
  states: {
    idle: {
      on: {
        GO: 'busy',
        END: 'over',
        SPAWN: { actions: spawnActor('worker', { id: ({ event }) => (event as unknown as { id: string }).id }) },
      },
    },
    busy: { meta: { defer: ['GO'] }, invoke: { src: 'ticking' }, after: { 5000: 'idle' }, on: { REST: 'idle' } },
    over: { type: 'final' },
  },
  on: {
    BREAK: {
      actions: assign(() => {
        throw new Error('broken')
      }),
    },
  },
})
const fragile = { logic: worker, supervision: { directives: { bug: 'stop' } } } as const
const pool = supervisor({
  strategy: 'oneForAll',
  children: [
    { id: 'a', logic: 'worker', backoff: { initialMs: 500, jitter: 0 } },
    { id: 'b', logic: 'worker' },
  ],
})
const empty = createMachine({})
const EVENTS = ['GO', 'REST', 'SPAWN', 'BREAK', 'END', 'NONE']

describe('over a random history', () => {
  it.each(Array.from({ length: 12 }, (_, seed) => seed))(
    'the roster stays what the tree is (seed %i)',
    async (seed) => {
      const random = seededRandom(`roster-${seed}`)
      const world = new World(
        { worker, fragile, pool, empty },
        { passivation: { idleMs: 20_000 }, onRootFailure: () => {} },
      )
      await world.open()
      const inspection = createInspection(world.system, { clock: world.clock })
      const screen = new Screen()
      const upTo = (count: number): number => Math.floor(random.next() * count)
      const known = async (): Promise<string[]> => rowsOfTree(await world.system.tree()).map(({ path }) => path)
      const ref = async () => {
        const paths = await known()
        return world.system.actor('worker', paths[upTo(paths.length)] ?? 'none')
      }
      for (let step = 0; step < 120; step++) {
        if (step === upTo(30)) inspection.watch({ topic: 'tree' }, screen)
        if (step === 30) inspection.watch({ topic: 'tree' }, screen)
        const silent = (): void => {}
        switch (upTo(9)) {
          case 0:
            void world.system
              .spawn((['worker', 'fragile', 'pool', 'empty'] as const)[upTo(4)] ?? 'worker', {
                id: `n${upTo(12)}`,
                durability: (['durable', 'relaxed', 'volatile'] as const)[upTo(3)],
              } as never)
              .catch(silent)
            break
          case 1:
            void (await ref()).delete().catch(silent)
            break
          case 2:
            void (await ref()).stop().catch(silent)
            break
          case 3:
            void (await ref()).pause().catch(silent)
            break
          case 4:
            void (await ref()).resume().catch(silent)
            break
          case 5:
            void (await ref()).restart().catch(silent)
            break
          case 6:
            await world.advance(upTo(3_000))
            break
          default:
            for (let n = upTo(4); n >= 0; n--)
              void (await ref())
                .deliver({ type: EVENTS[upTo(EVENTS.length)], id: `c${upTo(5)}` } as never)
                .catch(silent)
        }
      }
      await world.advance(30_000)
      // Who has left memory in the last moment is found out by the next sweep.
      await world.advance(1_000)
      // By path: of actors that are spawned at once, the tree goes by who was asked for first, the roster by who began first.
      const expected = rowsOfTree(await world.system.tree()).sort((a, b) => (a.path < b.path ? -1 : 1))
      const { rows } = await inspection.rows({ sort: 'path', limit: 10_000 })
      expect(rows.map(treeRow)).toEqual(expected)
      const seen = screen.rows()
      expect([...seen.keys()].sort()).toEqual(expected.map(({ path }) => path))
      expect(expected.map(({ path }) => treeRow(seen.get(path) as never))).toEqual(expected)
      inspection.close()
      await world.stop()
    },
  )
})
