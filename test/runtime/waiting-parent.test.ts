/** Actors that a machine has spawned, while it waits for its own restart: they are actors of their own, and go on. */
import { spawnActor, supervisor } from 'roscius'
import { describe, expect, it } from 'vitest'
import { type AnyEventObject, assign, setup } from 'xstate'
import { World } from '../support/world.js'

const broken = (): never => {
  throw new Error('broken')
}
const kid = setup({ types: { context: {} as { n: number } } }).createMachine({
  context: { n: 0 },
  initial: 'on',
  states: {
    on: {
      on: {
        END: 'off',
        BREAK: { actions: assign(broken) },
        INC: { actions: assign({ n: ({ context }) => context.n + 1 }) },
      },
    },
    off: { type: 'final' },
  },
})
const parent = setup({
  types: { context: {} as { got: readonly string[] }, events: {} as AnyEventObject },
}).createMachine({
  context: { got: [] },
  entry: spawnActor('kid', { id: 'kid' }),
  on: {
    BREAK: { actions: assign(broken) },
    '*': { actions: assign({ got: ({ context, event }) => [...context.got, event.type] }) },
  },
})

describe('an actor whose parent waits for its restart', () => {
  const waiting = async (restart: 'transient' | 'temporary' = 'transient') => {
    const top = supervisor({
      children: [{ id: 'p', logic: 'parent', maxDeliveries: 2, backoff: { initialMs: 1_000, jitter: 0 } }],
    })
    const world = new World({ kid: { logic: kid, supervision: { restart } }, parent, top })
    const system = await world.open()
    await system.spawn('top', { id: 'top' })
    await system.settled()
    const p = system.actor('parent', 'top/p')
    void p.deliver({ type: 'BREAK' }).catch(() => undefined)
    await system.settled()
    return { world, p, child: system.actor('kid', 'top/p/kid') }
  }

  it('goes on with its work', async () => {
    const { world, child } = await waiting()
    await child.deliver({ type: 'INC' })
    expect(child.getSnapshot().context).toEqual({ n: 1 })
    await world.stop()
  })

  for (const crashes of [false, true]) {
    it(`tells its parent of its end, who hears of it afterwards${crashes ? ', also over a crash' : ''}`, async () => {
      const { world, child } = await waiting()
      await child.deliver({ type: 'END' })
      if (crashes) await world.crashAndOpen()
      await world.advance(60_000)
      const { context } = world.system.actor('parent', 'top/p').getSnapshot()
      expect(context.got).toEqual(['xstate.done.actor.kid'])
      await world.stop()
    })
  }

  it('tells its parent that it was given up', async () => {
    const { world, p, child } = await waiting('temporary')
    await child.deliver({ type: 'BREAK' }).catch(() => undefined)
    await world.advance(60_000)
    expect(p.getSnapshot().context.got).toEqual(['xstate.error.actor.kid'])
    await world.stop()
  })
})
