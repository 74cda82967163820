import {
  countChildren,
  deleteChild,
  restartChild,
  startChild,
  supervisor,
  terminateChild,
  whichChildren,
} from 'roscius'
import { describe, expect, it } from 'vitest'
import { assign, setup } from 'xstate'
import { all, World } from '../support/world.js'

const job = setup({
  types: { context: {} as { name: string; n: number }, input: {} as { name: string } },
}).createMachine({
  context: ({ input }) => ({ name: input?.name ?? 'nobody', n: 0 }),
  initial: 'on',
  states: {
    on: {
      on: {
        INC: { actions: assign({ n: ({ context }) => context.n + 1 }) },
        END: 'off',
        BREAK: {
          actions: assign(() => {
            throw new Error('broken')
          }),
        },
      },
    },
    off: { type: 'final' },
  },
})

for (const durability of ['durable', 'relaxed', 'volatile'] as const) {
  const of = (restart: 'permanent' | 'transient' | 'temporary') =>
    new World({
      job: { logic: job, durability },
      sup: { logic: supervisor({ children: [{ id: 'c', logic: 'job', input: { name: 'c' }, restart }] }) },
    })
  const open = async (restart: 'permanent' | 'transient' | 'temporary') => {
    const world = of(restart)
    const system = await world.open()
    const sup = await system.spawn('sup', { id: 's' })
    const child = system.actor('job', 's/c')
    await child.deliver({ type: 'INC' })
    return { world, system, sup, child }
  }
  const statusOf = async (sup: Awaited<ReturnType<typeof open>>['sup']) => (await whichChildren(sup))[0]?.status

  describe(`a ${durability} child`, () => {
    it('that is permanent begins anew when it is done', async () => {
      const { world, system, sup, child } = await open('permanent')
      await child.deliver({ type: 'END' })
      await system.settled()
      expect(await statusOf(sup)).toBe('active')
      expect(child.getSnapshot()).toMatchObject({ value: 'on', context: { name: 'c', n: 0 } })
      await world.stop()
    })
    it('that is permanent begins anew when it is stopped by somebody else, but not when it is cancelled', async () => {
      const { world, system, sup, child } = await open('permanent')
      await child.stop()
      await world.advance(10)
      expect(await statusOf(sup)).toBe('active')
      expect(child.getSnapshot()).toMatchObject({ value: 'on', context: { n: 0 } })
      await child.cancel()
      await world.advance(10_000)
      expect(await statusOf(sup)).toBe('stopped')
      expect(await all(world.store.range({ gte: 't/', lt: 't0' }))).toEqual([])
      await system.settled()
      await world.stop()
    })
    it('that is transient stays away when it is done', async () => {
      const { world, system, sup, child } = await open('transient')
      await child.deliver({ type: 'END' })
      await system.settled()
      expect(await statusOf(sup)).toBe('done')
      await world.stop()
    })
    it('that is temporary stays away when it has failed', async () => {
      const { world, system, sup, child } = await open('temporary')
      await expect(child.deliver({ type: 'BREAK' })).rejects.toMatchObject({ code: 'ACTOR_FAILED' })
      await system.settled()
      expect(await statusOf(sup)).toBe('failed')
      await world.stop()
    })
    it('gives up its supervisor after too many failures, which begins anew with it', async () => {
      const { world, system, sup, child } = await open('permanent')
      for (let i = 0; i < 4; i++) await child.deliver({ type: 'BREAK' }).catch(() => undefined)
      await system.settled()
      expect(world.events.filter(({ type }) => type === 'intensityExceeded')).toMatchObject([
        { path: 's', child: 's/c' },
      ])
      expect(sup.getSnapshot().value).toBe('running')
      expect(await statusOf(sup)).toBe('active')
      await child.deliver({ type: 'INC' })
      expect(child.getSnapshot().context).toEqual({ name: 'c', n: durability === 'volatile' ? 1 : 2 })
      await world.stop()
    })
    it('can be terminated, restarted and deleted; one that was added too, over a restart of the process', async () => {
      const { world, system, sup } = await open('permanent')
      await terminateChild(sup, 'c')
      expect(await statusOf(sup)).toBe('stopped')
      await expect(deleteChild(sup, 'c')).rejects.toMatchObject({ code: 'CHILD_IN_DEFINITION' })
      await restartChild(sup, 'c')
      await expect(restartChild(sup, 'c')).rejects.toMatchObject({ code: 'CHILD_RUNNING' })
      const d = await startChild(sup, { id: 'd', logic: job, input: { name: 'd' }, durability })
      await expect(startChild(sup, { id: 'd', logic: job })).rejects.toMatchObject({ code: 'ACTOR_EXISTS' })
      await d.deliver({ type: 'INC' })
      const again = await world.crashAndOpen()
      await again.settled()
      const sup2 = again.actor('sup', 's')
      expect((await whichChildren(sup2)).map(({ id, status }) => [id, status])).toEqual([
        ['c', 'active'],
        ['d', 'active'],
      ])
      expect(again.actor('job', 's/d').getSnapshot().context).toEqual({
        name: 'd',
        n: durability === 'volatile' ? 0 : 1,
      })
      await terminateChild(sup2, 'd')
      await deleteChild(sup2, 'd')
      expect(await countChildren(sup2)).toEqual({ specs: 1, active: 1, supervisors: 0, workers: 1 })
      expect(await all(world.store.range({ gte: 'c/', lt: 'c0' }))).toEqual([])
      await world.stop()
      void system
    })
  })
}

describe('the root guardian', () => {
  it('ends the system when a top-level actor fails more often than it may', async () => {
    const world = new World({ job })
    const system = await world.open()
    const ref = await system.spawn('job', { id: 'j', input: { name: 'j' } })
    for (let i = 0; i < 4; i++) await ref.deliver({ type: 'BREAK' }).catch(() => undefined)
    expect(world.events.filter(({ type }) => type === 'rootFailed')).toHaveLength(1)
    expect(world.events.at(-1)).toMatchObject({ type: 'halted', error: { code: 'ROOT_FAILED', address: 'j' } })
    expect(() => ref.send({ type: 'INC' })).toThrow(expect.objectContaining({ code: 'ROOT_FAILED' }))
  })
})

describe('a row that asks for fresh starts later than its actors were spawned', () => {
  const later = { job: { logic: job, supervision: { restart: 'permanent', restartFrom: 'initial' } } } as const

  it('leaves those as they are, whose input nobody has kept: they go on from their state', async () => {
    const world = new World({ job })
    const system = await world.open()
    await system.spawn('job', { id: 'old', input: { name: 'old' } })
    await system.actor('job', 'old').deliver({ type: 'INC' })
    const next = await world.restart(later)
    const old = next.actor('job', 'old')
    await old.deliver({ type: 'BREAK' }).catch(() => undefined)
    expect(old.getSnapshot().context).toEqual({ name: 'old', n: 1 })
    const ref = await next.spawn('job', { id: 'new', input: { name: 'new' } })
    await ref.deliver({ type: 'INC' })
    await ref.deliver({ type: 'BREAK' }).catch(() => undefined)
    expect(ref.getSnapshot().context).toEqual({ name: 'new', n: 0 })
    await world.stop()
  })
})
