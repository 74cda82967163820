import type { System } from 'roscius'
import { describe, expect, test } from 'vitest'
import { assign, emit, setup } from 'xstate'
import type { CommittedState, LocalActors } from '../../../src/remote/subscriptions/local-actors.js'
import { World } from '../../support/world.js'
import { recorder, TwoSides } from './two-sides.js'

const counter = setup({}).createMachine({
  context: { count: 0 },
  initial: 'going',
  states: {
    going: {
      tags: 'busy',
      on: {
        INC: {
          actions: [
            assign({ count: ({ context }) => context.count + 1 }),
            emit(({ context }) => ({ type: 'counted', n: context.count })),
          ],
        },
        END: 'over',
      },
    },
    over: { type: 'final' },
  },
  output: ({ context }) => context.count,
})

describe('actors of a system, observed from another node', () => {
  test('are shown as they are committed, with what they emit, to their end', async () => {
    const world = new World({ counter })
    await using system = await world.open()
    const ref = await system.spawn('counter', { id: 'c' })
    const sides = new TwoSides({ actors: actorsOf(system) })
    const observer = recorder()
    sides.near.subscribe('c', observer)
    sides.near.on('c', 'counted', (event) => observer.told.push(event))
    await sides.settle()
    expect(sides.near.latest('c')).toMatchObject({ value: 'going', tags: new Set(['busy']), seqNr: 1 })

    const release = world.store.hold()
    ref.send({ type: 'INC' })
    await sides.settle()
    expect(observer.told).toEqual([{ count: 0 }])
    release()
    await ref.deliver({ type: 'INC' })
    await sides.settle()
    expect(observer.told).toEqual([
      { count: 0 },
      { type: 'counted', n: 1 },
      { count: 1 },
      { type: 'counted', n: 2 },
      { count: 2 },
    ])

    await ref.deliver({ type: 'END' })
    await sides.settle()
    expect(observer.told.slice(5)).toEqual([{ count: 2 }, 'complete'])
    expect(sides.near.latest('c')).toMatchObject({ status: 'done', output: 2, value: 'over' })
  })

  test('are shown again after a restart of their node', async () => {
    const world = new World({ counter })
    const first = await world.open()
    await (await first.spawn('counter', { id: 'c' })).deliver({ type: 'INC' })
    let actors = actorsOf(first)
    const sides = new TwoSides({
      actors: {
        observe: (...args) => actors.observe(...args),
        on: (...args) => actors.on(...args),
        persisted: (path) => actors.persisted(path),
      },
    })
    const observer = recorder()
    sides.near.subscribe('c', observer)
    await sides.settle()
    sides.disconnect()
    await using second = await world.crashAndOpen()
    actors = actorsOf(second)
    sides.connect(2)
    await sides.settle()
    await second.actor('counter', 'c').deliver({ type: 'INC' })
    await sides.settle()
    expect(observer.told).toEqual([{ count: 1 }, { count: 1 }, { count: 2 }])
  })
})

/** What a publisher needs, from the public API. */
function actorsOf(system: System): LocalActors {
  const refTo = (path: string) => system.actor('counter', path)
  const persisted = (path: string): CommittedState | undefined => {
    const { seqNr } = refTo(path).explain()
    const tags = (refTo(path).getSnapshot() as { tags?: Set<string> }).tags
    return { seqNr, snapshot: refTo(path).getPersistedSnapshot() as object, tags }
  }
  return {
    observe(path, changed, ended) {
      const end = (): void => ended()
      const subscription = refTo(path).subscribe({ next: changed, complete: end, error: end })
      return () => subscription.unsubscribe()
    },
    on(path, handler) {
      const subscription = refTo(path).on('*', handler)
      return () => subscription.unsubscribe()
    },
    persisted,
  }
}
