/** Significant children that were added: what their end means is kept with them, not with the supervisor's state. */
import { deleteChild, startChild, supervisor, terminateChild, whichChildren } from 'roscius'
import { describe, expect, it } from 'vitest'
import { assign, setup } from 'xstate'
import { World } from '../support/world.js'

const job = setup({}).createMachine({
  initial: 'on',
  states: {
    on: {
      on: {
        END: 'off',
        ESCALATE: {
          actions: assign(() => {
            throw Object.assign(new Error('hopeless'), { failureClass: 'permanent' })
          }),
        },
      },
    },
    off: { type: 'final' },
  },
})

type AutoShutdown = 'anySignificant' | 'allSignificant'
type Restart = 'transient' | 'temporary'

async function opened(autoShutdown: AutoShutdown, restart: Restart = 'transient') {
  const pool = supervisor({ autoShutdown, template: { logic: 'job', restart, significant: true } })
  const top = supervisor({ children: [{ id: 'pool', logic: 'pool', restart: 'transient' }] })
  const world = new World({ job, pool, top })
  const system = await world.open()
  await system.spawn('top', { id: 'top' })
  const end = async (id: string): Promise<void> => {
    await world.system.actor('job', `top/pool/${id}`).deliver({ type: 'END' })
    await world.system.settled()
  }
  const status = () => world.system.actor('pool', 'top/pool').getSnapshot().status
  return { world, pool: system.actor('pool', 'top/pool'), end, status }
}

describe('a significant child that was added', () => {
  for (const restart of ['transient', 'temporary'] as const) {
    it(`ends its supervisor with its own end (${restart})`, async () => {
      const { world, pool, end, status } = await opened('anySignificant', restart)
      await startChild(pool, { id: 'a' })
      await startChild(pool, { id: 'b' })
      expect(status()).toBe('active')
      await end('a')
      expect(status()).toBe('done')
      await world.stop()
    })

    it(`ends its supervisor if it is the last of them (${restart})`, async () => {
      const { world, pool, end, status } = await opened('allSignificant', restart)
      for (const id of ['a', 'b', 'c']) await startChild(pool, { id })
      await end('b')
      await end('c')
      expect(status()).toBe('active')
      await world.crashAndOpen()
      await end('a')
      expect(status()).toBe('done')
      await world.stop()
    })
  }

  for (const autoShutdown of ['anySignificant', 'allSignificant'] as const) {
    it(`is still significant after a restart of its supervisor (${autoShutdown})`, async () => {
      const { world, pool, end, status } = await opened(autoShutdown)
      await startChild(pool, { id: 'c1' })
      const c2 = await startChild(pool, { id: 'c2' })
      await c2.deliver({ type: 'ESCALATE' }).catch(() => undefined)
      await world.system.settled()
      expect(world.events).toContainEqual(expect.objectContaining({ type: 'childRestarted', path: 'top/pool' }))
      await end('c1')
      expect(status()).toBe(autoShutdown === 'anySignificant' ? 'done' : 'active')
      if (autoShutdown === 'allSignificant') await end('c2')
      expect(status()).toBe('done')
      await world.stop()
    })
  }

  it('counts no longer once it is terminated, nor when its start was refused', async () => {
    const { world, pool, end, status } = await opened('allSignificant')
    await startChild(pool, { id: 'a' })
    await startChild(pool, { id: 'b' })
    await expect(startChild(pool, { id: 'a' })).rejects.toMatchObject({ code: 'ACTOR_EXISTS' })
    await terminateChild(pool, 'b')
    await world.system.settled()
    expect(status()).toBe('active')
    await deleteChild(pool, 'b')
    await end('a')
    expect(status()).toBe('done')
    await world.stop()
  })

  it('leaves nothing in the state of its supervisor', async () => {
    const { world, pool, end } = await opened('allSignificant', 'temporary')
    await startChild(pool, { id: 'steady' })
    const before = JSON.stringify(pool.getPersistedSnapshot()).length
    for (let n = 0; n < 5; n++) {
      await startChild(pool, { id: `job-${n}` })
      await end(`job-${n}`)
    }
    expect(JSON.stringify(pool.getPersistedSnapshot()).length).toBe(before)
    expect(await whichChildren(pool)).toMatchObject([{ id: 'steady' }])
    await world.stop()
  })

  it('that ends while the process does, ends its supervisor when the system is opened again', async () => {
    const faults = async (batch: number) => {
      const { world, pool } = await opened('allSignificant')
      await startChild(pool, { id: 'a' })
      await world.system.settled()
      world.store.crashAtBatch(world.store.written.batches + batch, 'after')
      void world.system
        .actor('job', 'top/pool/a')
        .deliver({ type: 'END' })
        .catch(() => undefined)
      await Promise.race([world.store.crashed, world.system.settled()])
      const system = await world.crashAndOpen()
      await system.settled()
      expect(system.actor('pool', 'top/pool').getSnapshot().status).toBe('done')
      await world.stop()
    }
    for (const batch of [1, 2, 3]) await faults(batch)
  })
})
