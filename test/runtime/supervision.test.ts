import { startChild, supervisor, whichChildren } from 'roscius'
import { describe, expect, it } from 'vitest'
import { assign, fromPromise, setup } from 'xstate'
import { all, World } from '../support/world.js'

const worker = setup({
  types: { context: {} as { count: number }, events: {} as { type: 'INC' | 'BREAK' } },
}).createMachine({
  context: { count: 0 },
  on: {
    INC: { actions: assign({ count: ({ context }) => context.count + 1 }) },
    BREAK: {
      actions: assign(() => {
        throw new Error('broken')
      }),
    },
  },
})

describe('the root guardian', () => {
  it('restarts a failing actor from its last good state; its event is poison in the end, and the actor goes on', async () => {
    const world = new World({ worker })
    const system = await world.open()
    const ref = await system.spawn('worker', { id: 'w' })
    await ref.deliver({ type: 'INC' })
    await expect(ref.deliver({ type: 'BREAK' })).rejects.toMatchObject({
      code: 'DEAD_LETTER',
      details: { reason: 'poison' },
      cause: { message: 'broken' },
    })
    expect(await ref.deliver({ type: 'INC' })).toMatchObject({ outcome: 'handled' })
    expect(ref.getSnapshot().context).toEqual({ count: 2 })
    expect(world.events.filter(({ type }) => type === 'childRestarted')).toHaveLength(3)
    expect(await all(system.deadLetters.list())).toMatchObject([
      { path: 'w', reason: 'poison', event: { type: 'BREAK' }, failure: { error: { message: 'broken' } } },
    ])
    const again = await world.crashAndOpen()
    expect(again.actor('worker', 'w').getSnapshot().context).toEqual({ count: 2 })
    await world.stop()
  })
})

describe('a supervisor', () => {
  const pool = supervisor({
    children: [
      { id: 'a', logic: 'worker' },
      { id: 'b', logic: 'worker' },
    ],
  })
  it('starts its children in order and restarts one that fails', async () => {
    const world = new World({ worker, pool })
    const system = await world.open()
    const ref = await system.spawn('pool', { id: 'pool' })
    await system.settled()
    expect(ref.getSnapshot().value).toBe('running')
    expect(await whichChildren(ref)).toMatchObject([
      { id: 'a', status: 'active' },
      { id: 'b', status: 'active' },
    ])
    const a = system.actor('worker', 'pool/a')
    await a.deliver({ type: 'INC' })
    await a.deliver({ type: 'BREAK' }).catch(() => {})
    expect(a.getSnapshot()).toMatchObject({ status: 'active', context: { count: 1 } })
    const c = await startChild(ref, { id: 'c', logic: worker })
    expect(await c.deliver({ type: 'INC' })).toMatchObject({ outcome: 'handled' })
    const again = await world.crashAndOpen()
    await again.settled()
    expect((await whichChildren(again.actor('pool', 'pool'))).map(({ id, status }) => [id, status])).toEqual([
      ['a', 'active'],
      ['b', 'active'],
      ['c', 'active'],
    ])
    await world.stop()
  })
})

describe('a group', () => {
  const log: string[] = []
  const member = setup({
    types: { context: {} as { n: number }, events: {} as { type: 'INC' | 'BREAK' | 'END' } },
    actors: {
      work: fromPromise<void, string>(async ({ input, signal }) => {
        log.push(`run ${input}`)
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
        log.push(`abort ${input}`)
      }),
    },
  }).createMachine({
    context: { n: 0 },
    initial: 'on',
    states: {
      on: {
        invoke: { src: 'work', input: ({ self }) => self.id },
        on: {
          INC: { actions: assign({ n: ({ context }) => context.n + 1 }) },
          BREAK: {
            actions: assign(() => {
              throw new Error('broken')
            }),
          },
          END: 'off',
        },
      },
      off: { type: 'final' },
    },
  })
  const children = ['a', 'b', 'c'].map((id) => ({ id, logic: 'member', maxDeliveries: 1 }))
  const logicOf = (strategy: 'oneForAll' | 'restForOne') => ({ member, group: supervisor({ strategy, children }) })

  for (const [strategy, rest] of [
    ['oneForAll', ['abort b', 'abort c', 'abort a', 'run a', 'run b', 'run c']],
    ['restForOne', ['abort b', 'abort c', 'run b', 'run c']],
  ] as const) {
    it(`restarts ${strategy}: stops in reverse, starts in order, each from its last good state`, async () => {
      log.length = 0
      const world = new World(logicOf(strategy))
      const system = await world.open()
      const ref = await system.spawn('group', { id: 'g' })
      await system.actor('member', 'g/a').deliver({ type: 'INC' })
      await new Promise((resolve) => setTimeout(resolve, 20))
      expect(log).toEqual(['run a', 'run b', 'run c'])
      log.length = 0
      await expect(system.actor('member', 'g/b').deliver({ type: 'BREAK' })).rejects.toMatchObject({
        code: 'DEAD_LETTER',
      })
      await new Promise((resolve) => setTimeout(resolve, 50))
      expect(ref.getSnapshot().value).toBe('running')
      expect(system.actor('member', 'g/a').getSnapshot()).toMatchObject({ status: 'active', context: { n: 1 } })
      expect(log.slice(0, rest.length)).toEqual(rest)
      await world.stop()
    })
  }
})
