import { type RosciusRef, supervisor, whichChildren } from 'roscius'
import { describe, expect, it } from 'vitest'
import { assign, createMachine } from 'xstate'
import { all, World } from '../support/world.js'

const worker = createMachine({
  on: {
    BREAK: {
      actions: assign(() => {
        throw new Error('broken')
      }),
    },
  },
})
const pool = supervisor()

/** All that can be asked of an actor, or ordered, but its mail. */
const askings: Readonly<Record<string, (ref: RosciusRef) => unknown>> = {
  'explain()': (ref) => ref.explain(),
  'failure()': (ref) => ref.failure(),
  'getSnapshot()': (ref) => ref.getSnapshot(),
  'getPersistedSnapshot()': (ref) => ref.getPersistedSnapshot(),
  'journal()': (ref) => all(ref.journal()),
  'snapshotAt()': (ref) => ref.snapshotAt(1),
  'subscribe()': (ref) => ref.subscribe(() => undefined),
  'result()': (ref) => ref.result(),
  'stop()': (ref) => ref.stop(),
  'cancel()': (ref) => ref.cancel(),
  'delete()': (ref) => ref.delete(),
  'whichChildren()': (ref) => whichChildren(ref),
}

const askedOf = (ref: RosciusRef, ask: (ref: RosciusRef) => unknown): Promise<unknown> =>
  Promise.resolve().then(() => ask(ref))

async function withFailedRoot() {
  const world = new World({ worker: { logic: worker, supervision: { directives: { bug: 'escalate' } } }, pool })
  const system = await world.open()
  await system.spawn('pool', { id: 'p' })
  const ref = await system.spawn('worker', { id: 'w' })
  await ref.deliver({ type: 'BREAK' }).catch(() => undefined)
  await system.stop()
  return { world, system }
}

describe('a system that has stopped', () => {
  it.each(Object.entries(askings))('after the failure of its top answers %s with ROOT_FAILED', async (name, ask) => {
    const { world, system } = await withFailedRoot()
    const path = name === 'whichChildren()' ? 'nobody' : 'w'
    await expect(askedOf(system.actor('worker', path) as RosciusRef, ask)).rejects.toMatchObject({
      code: 'ROOT_FAILED',
      message: expect.stringContaining('roscius tree'),
      cause: { message: 'broken' },
    })
    await world.stop()
  })

  it.each(Object.entries(askings))('in good order answers %s with SYSTEM_STOPPED', async (_, ask) => {
    const world = new World({ worker, pool })
    const system = await world.open()
    await (await system.spawn('worker', { id: 'w' })).stop()
    await world.stop()
    const ref = system.actor('worker', 'w') as RosciusRef
    await expect(askedOf(ref, ask)).rejects.toMatchObject({ code: 'SYSTEM_STOPPED' })
  })

  it('answers tree() with its reason too', async () => {
    const { world, system } = await withFailedRoot()
    await expect(system.tree()).rejects.toMatchObject({ code: 'ROOT_FAILED' })
    await world.stop()
  })

  it('still shows the last state of an actor that is in memory, as XState does', async () => {
    const world = new World({ worker, pool })
    const system = await world.open()
    const ref = await system.spawn('worker', { id: 'w' })
    await world.stop()
    expect(ref.getSnapshot()).toMatchObject({ status: 'active' })
  })

  it('can be opened again, and tells all then', async () => {
    const { world } = await withFailedRoot()
    const again = await world.restart()
    expect(again.actor('worker', 'w').failure()).toMatchObject({ error: { message: 'broken' } })
    await world.stop()
  })
})
