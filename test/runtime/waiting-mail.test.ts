import { describe, expect, it } from 'vitest'
import { createMachine, fromPromise, raise } from 'xstate'
import { World } from '../support/world.js'

const desk = createMachine({
  initial: 'shut',
  states: {
    shut: {
      meta: { defer: ['JOB'] },
      on: { OPEN: 'open', LATER: { actions: raise({ type: 'SOON' }, { delay: 100 }) } },
    },
    open: { on: { JOB: {} } },
  },
})

const rounds = async (count = 8): Promise<void> => {
  for (let round = 0; round < count; round++) await new Promise((resolve) => setImmediate(resolve))
}

describe('what waits for an actor', () => {
  it('is told in its order with its sender, as many as are asked for: mail, delays that are due', async () => {
    const world = new World({ desk })
    await using system = await world.open()
    const ref = await system.spawn('desk', { id: 'd' })
    await ref.deliver({ type: 'LATER' })
    await ref.pause()
    ref.send({ type: 'OPEN' })
    await rounds()
    await world.clock.advance(200)
    await rounds()
    const waiting = [
      { kind: 'event', event: { type: 'OPEN' }, from: undefined, cause: undefined },
      { kind: 'timer', event: { type: 'SOON' }, from: undefined, cause: undefined },
    ]
    expect(await ref.mailbox()).toEqual(waiting)
    expect(await ref.mailbox(1)).toEqual(waiting.slice(0, 1))
    expect(await ref.mailbox(0)).toEqual([])
    await ref.resume()
    await system.settled()
    expect(await ref.mailbox()).toEqual([])
  })

  it('is found where the actor is not in memory: what it defers, and mail of one that can not be restored', async () => {
    const world = new World({ desk }, { passivation: { idleMs: 10 } })
    const system = await world.open()
    const ref = await system.spawn('desk', { id: 'd' })
    for (const n of [1, 2, 3]) await ref.deliver({ type: 'JOB', n })
    await world.advance(50)
    expect(system.figures().actorsInMemory).toBe(0)
    expect((await ref.stashed(2)).map(({ event }) => event)).toEqual([
      { type: 'JOB', n: 1 },
      { type: 'JOB', n: 2 },
    ])
    expect(system.figures().actorsInMemory).toBe(0)
    await ref.pause()
    ref.send({ type: 'OPEN' })
    await system.settled()
    const other = createMachine({ initial: 'elsewhere', states: { elsewhere: {} } })
    const again = await world.crashAndOpen({ desk: other })
    expect(world.events).toContainEqual(expect.objectContaining({ type: 'actorQuarantined', path: 'd' }))
    expect(await again.actor('desk', 'd').mailbox()).toMatchObject([{ kind: 'event', event: { type: 'OPEN' } }])
    expect(await again.actor('desk', 'd').stashed()).toHaveLength(3)
    await world.stop()
  })

  it('is refused for an actor that is not there, and with a limit that is none', async () => {
    await using system = await new World({ desk, task: fromPromise(async () => 1) }).open()
    const ref = await system.spawn('desk', { id: 'd' })
    for (const method of ['mailbox', 'stashed'] as const) {
      await expect(system.actor('desk', 'nobody')[method]()).rejects.toMatchObject({ code: 'ACTOR_NOT_FOUND' })
      for (const limit of [-1, 1.5, Number.NaN, '7'])
        await expect(ref[method](limit as number)).rejects.toMatchObject({
          code: 'OPTIONS_INVALID',
          details: { field: `${method}.limit` },
        })
    }
  })
})
