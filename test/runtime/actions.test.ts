import { currentEffect, type SystemEvent } from 'roscius'
import { beforeEach, describe, expect, it } from 'vitest'
import { assign, createMachine, setup } from 'xstate'
import { all, World } from '../support/world.js'

/** The outside world: what actions did, in order. */
const done: unknown[] = []
beforeEach(() => {
  done.length = 0
})

const rounds = async (count = 5): Promise<void> => {
  for (let round = 0; round < count; round++) await new Promise((resolve) => setImmediate(resolve))
}

const bell = setup({
  actions: {
    ring: ({ context }, params: { tone: string }) => {
      done.push({
        tone: params.tone,
        n: context.n,
        effect: currentEffect()?.effectId,
        attempt: currentEffect()?.attempt,
      })
    },
    tell: ({ event, self }) => {
      done.push(['told', event.type, currentEffect()?.attempt])
      self.send({ type: 'TOLD' })
    },
  },
  types: { context: {} as { n: number; told: number } },
}).createMachine({
  context: { n: 0, told: 0 },
  on: {
    RING: { actions: [assign({ n: ({ context }) => context.n + 1 }), { type: 'ring', params: { tone: 'a' } }] },
    TELL: { actions: 'tell' },
    TOLD: { actions: assign({ told: ({ context }) => context.told + 1 }) },
    BREAK: {
      actions: [
        () => done.push('before'),
        () => {
          throw new Error('broken bell')
        },
      ],
    },
  },
})

describe('a custom action', () => {
  it('runs once, after the commit of its transition, and sees its params, context and effect', async () => {
    const world = new World({ bell })
    await using system = await world.open()
    const ref = await system.spawn('bell', { id: 'b' })
    const release = world.store.hold()
    const delivered = ref.deliver({ type: 'RING' })
    await rounds()
    expect(done).toEqual([])
    release()
    await delivered
    expect(done).toEqual([{ tone: 'a', n: 1, effect: 'b@1-1.2.0', attempt: 1 }])
  })

  it('does not run when its transition is lost', async () => {
    const world = new World({ bell })
    const system = await world.open()
    const ref = await system.spawn('bell', { id: 'b' })
    world.store.crashAtBatch(3, 'before')
    await expect(ref.deliver({ type: 'RING' })).rejects.toMatchObject({ code: 'COMMIT_FAILED' })
    const again = await world.crashAndOpen()
    await again.settled()
    expect(done).toEqual([])
    expect(again.actor('bell', 'b').getSnapshot().context.n).toBe(0)
    await world.stop()
  })

  it('whose completion is not known after a crash is not run again, but reported as outcomeUnknown', async () => {
    const world = new World({ bell })
    const system = await world.open()
    const ref = await system.spawn('bell', { id: 'b' })
    world.store.crashAtBatch(3, 'after')
    await ref.deliver({ type: 'RING' }).catch(() => undefined)
    await world.crash()
    const again = await world.open()
    await again.settled()
    await rounds()
    expect(done).toEqual([])
    expect(again.actor('bell', 'b').getSnapshot().context.n).toBe(1)
    const reports = world.events.filter((event: SystemEvent) => event.type === 'outcomeUnknown')
    expect(reports).toEqual([{ type: 'outcomeUnknown', path: 'b', effectId: 'b@1-1.2.0', action: 'ring' }])
    await world.restart()
    await rounds()
    expect(world.events.filter((event) => event.type === 'outcomeUnknown')).toEqual([])
    await world.stop()
  })

  it('that has run is not reported', async () => {
    const world = new World({ bell })
    const system = await world.open()
    const ref = await system.spawn('bell', { id: 'b' })
    await ref.deliver({ type: 'RING' })
    await system.settled()
    await world.crash()
    await world.open()
    await rounds()
    expect(world.events.filter((event) => event.type === 'outcomeUnknown')).toEqual([])
    expect(done).toHaveLength(1)
    await world.stop()
  })

  it('declared atLeastOnce is run again after a crash: same effect id, next attempt, what it saw then', async () => {
    const world = new World({ bell: { logic: bell, actions: { ring: 'atLeastOnce' } } })
    const system = await world.open()
    const ref = await system.spawn('bell', { id: 'b' })
    world.store.crashAtBatch(3, 'after')
    await ref.deliver({ type: 'RING' }).catch(() => undefined)
    expect(done).toEqual([])
    const again = await world.crashAndOpen()
    await again.settled()
    expect(done).toEqual([{ tone: 'a', n: 1, effect: 'b@1-1.2.0', attempt: 2 }])
    await world.crashAndOpen()
    await world.system.settled()
    expect(done).toHaveLength(1)
    await world.stop()
  })

  it('declared atLeastOnce has what it sends deduplicated when it is run again', async () => {
    const world = new World({ bell: { logic: bell, actions: { tell: 'atLeastOnce' } } }, { turn: { maxEvents: 1 } })
    for (let batch = 3; batch < 7; batch++) {
      done.length = 0
      const stage = new World(world.logic, world.options)
      const system = await stage.open()
      const ref = await system.spawn('bell', { id: 'b' })
      stage.store.crashAtBatch(batch, 'after')
      ref.send({ type: 'TELL' })
      await Promise.race([stage.store.crashed, system.settled()])
      const again = await stage.crashAndOpen()
      await again.settled()
      expect([batch, again.actor('bell', 'b').getSnapshot().context.told]).toEqual([batch, 1])
      await stage.stop()
    }
  })

  it('that throws fails its actor alone: the last good state is the committed one, the event is not redelivered', async () => {
    const world = new World({ bell: { logic: bell, supervision: { restart: 'temporary' } } })
    await using system = await world.open()
    const ref = await system.spawn('bell', { id: 'b' })
    const other = await system.spawn('bell', { id: 'other' })
    await ref.deliver({ type: 'RING' })
    done.length = 0
    expect(await ref.deliver({ type: 'BREAK' })).toMatchObject({ outcome: 'handled' })
    await system.settled()
    expect(done).toEqual(['before'])
    expect(ref.failure()).toMatchObject({ error: { message: 'broken bell' }, snapshot: { context: { n: 1 } } })
    expect(ref.getSnapshot()).toMatchObject({ status: 'error', error: { message: 'broken bell' } })
    await expect(ref.deliver({ type: 'RING' })).rejects.toMatchObject({
      code: 'DEAD_LETTER',
      details: { reason: 'actorFailed' },
    })
    expect(await other.deliver({ type: 'RING' })).toMatchObject({ outcome: 'handled' })
  })

  it('that throws is not run again when its actor is restarted: neither event nor action is poison', async () => {
    const world = new World({ bell })
    const system = await world.open()
    const ref = await system.spawn('bell', { id: 'b' })
    await ref.deliver({ type: 'RING' })
    done.length = 0
    expect(await ref.deliver({ type: 'BREAK' })).toMatchObject({ outcome: 'handled' })
    expect(await ref.deliver({ type: 'RING' })).toMatchObject({ outcome: 'handled' })
    expect(world.events).toContainEqual(expect.objectContaining({ type: 'childRestarted', path: 'b', restarts: 1 }))
    await system.settled()
    const again = await world.crashAndOpen()
    await again.settled()
    expect(done).toEqual(['before', expect.objectContaining({ n: 2 })])
    expect(world.events.filter((event) => event.type === 'outcomeUnknown')).toEqual([])
    expect(await all(again.deadLetters.list())).toEqual([])
    await world.stop()
  })

  it('keeps its order with others of the same transition, also with emitted events', async () => {
    const machine = setup({ types: { emitted: {} as { type: 'told'; n: number } } }).createMachine({
      on: {
        GO: {
          actions: [() => done.push(1), ({ self }) => done.push((self as { id: string }).id), () => done.push(2)],
        },
      },
    })
    const world = new World({ machine })
    await using system = await world.open()
    const ref = await system.spawn('machine', { id: 'm' })
    await ref.deliver({ type: 'GO' })
    expect(done).toEqual([1, 'm', 2])
  })

  it('declared for a name that is not a custom action of the machine changes nothing', async () => {
    const plain = createMachine({ on: { GO: { actions: () => done.push('ran') } } })
    const world = new World({ plain: { logic: plain, actions: { absent: 'atLeastOnce' } } })
    await using system = await world.open()
    const ref = await system.spawn('plain', { id: 'p' })
    await ref.deliver({ type: 'GO' })
    expect(done).toEqual(['ran'])
  })
})
