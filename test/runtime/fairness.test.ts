import { createSystem, memoryStore } from 'roscius'
import { describe, expect, it } from 'vitest'
import { assign, createMachine, fromPromise, sendTo, setup } from 'xstate'
import { World } from '../support/world.js'

const flood = createMachine({
  context: { n: 0 },
  on: {
    SPIN: { actions: [assign({ n: ({ context }) => context.n + 1 }), sendTo(({ self }) => self, { type: 'SPIN' })] },
  },
})

const counter = createMachine({
  context: { n: 0 },
  on: { INC: { actions: assign({ n: ({ context }) => context.n + 1 }) } },
})

describe('an actor that floods itself', () => {
  for (const durability of ['durable', 'volatile'] as const) {
    it(`starves neither the others nor the event loop (${durability})`, async () => {
      const system = await createSystem({
        name: 'n',
        store: memoryStore(),
        logic: { flood: { logic: flood, durability }, counter },
        development: false,
      })
      const spinner = await system.spawn('flood', { id: 'f' })
      const other = await system.spawn('counter', { id: 'c' })
      spinner.send({ type: 'SPIN' })
      for (let i = 0; i < 20; i++) await other.deliver({ type: 'INC' })
      expect(other.getSnapshot().context.n).toBe(20)
      let ticks = 0
      for (let i = 0; i < 20; i++) await new Promise<void>((resolve) => setTimeout(() => resolve(void ticks++), 1))
      expect(ticks).toBe(20)
      const before = spinner.getSnapshot().context.n
      await other.deliver({ type: 'INC' })
      expect(before).toBeGreaterThan(0)
      await system.stop()
    })
  }

  it('gives way to others that have mail as soon as its share is used up, though one envelope brought many events', async () => {
    let spins = 0
    const seen: number[] = []
    const spinning = createMachine({
      context: { n: 0 },
      on: { SPIN: { actions: [assign({ n: () => ++spins }), sendTo(({ self }) => self, { type: 'SPIN' })] } },
    })
    const watching = createMachine({
      context: { looks: 0 },
      on: { LOOK: { actions: assign({ looks: () => seen.push(spins) }) } },
    })
    const world = new World({ spinning, watching })
    await using system = await world.open()
    const [spinner, watcher] = [await system.spawn('spinning'), await system.spawn('watching')]
    spinner.send({ type: 'SPIN' })
    watcher.send({ type: 'LOOK' })
    await watcher.deliver({ type: 'LOOK' })
    expect(seen[0]).toBeLessThan(300)
    await spinner.stop()
  })

  it('can be stopped', async () => {
    const system = await createSystem({ name: 'n', store: memoryStore(), logic: { flood }, development: false })
    const spinner = await system.spawn('flood', { id: 'f' })
    spinner.send({ type: 'SPIN' })
    await new Promise((resolve) => setImmediate(resolve))
    await spinner.stop()
    expect(spinner.getSnapshot().status).toBe('stopped')
    await system.settled()
    await system.stop()
  })
})

describe('an actor whose child never comes to rest', () => {
  const again = createMachine({ entry: sendTo(({ self }) => self, { type: 'GO' }), on: { GO: {} } })
  const machines = {
    'that answers each of its states': setup({ actors: { kid: createMachine({ on: { GO: {} } }) } }).createMachine({
      invoke: { src: 'kid', id: 'kid', onSnapshot: { actions: sendTo('kid', { type: 'GO' }) } },
    }),
    'that begins it anew at each of its states': setup({ actors: { kid: again } }).createMachine({
      initial: 'on',
      states: { on: { invoke: { src: 'kid', onSnapshot: { target: 'on', reenter: true } } } },
    }),
  }
  for (const [title, endless] of Object.entries(machines))
    it(`fails, as its states can not wait for another turn (${title})`, async () => {
      await using system = await new World({ endless }).open()
      await expect(system.spawn('endless')).rejects.toMatchObject({
        code: 'ACTOR_FAILED',
        message: expect.stringContaining('they loop'),
      })
    })
})

describe('actors that flood each other', () => {
  it('leave each its turn', async () => {
    const world = new World({ counter }, { turn: { maxEvents: 32 } })
    await using system = await world.open()
    const refs = await Promise.all(['a', 'b', 'c'].map((id) => system.spawn('counter', { id })))
    const order: string[] = []
    for (const ref of refs) ref.subscribe(({ context }) => context.n === 100 && order.push(ref.id))
    for (let i = 0; i < 100; i++) refs[0]!.send({ type: 'INC' })
    refs[1]!.send({ type: 'INC' })
    await refs[1]!.deliver({ type: 'INC' })
    expect(order).toEqual([])
  })
})

describe('an endless loop of promises that resolve at once', () => {
  it('does not starve timers', async () => {
    const loop = setup({ actors: { now: fromPromise(async () => 1) } }).createMachine({
      context: { n: 0 },
      initial: 'a',
      states: {
        a: { invoke: { src: 'now', onDone: { target: 'b', actions: assign({ n: ({ context }) => context.n + 1 }) } } },
        b: { invoke: { src: 'now', onDone: 'a' } },
      },
    })
    const system = await createSystem({
      name: 'n',
      store: memoryStore(),
      logic: { loop: { logic: loop, durability: 'volatile' } },
    })
    const ref = await system.spawn('loop', { id: 'l' })
    for (let i = 0; i < 5; i++) {
      const before = ref.getSnapshot().context.n
      // A real timer is what the loop must not starve.
      await new Promise((resolve) => setTimeout(resolve, 10))
      expect(ref.getSnapshot().context.n).toBeGreaterThan(before)
    }
    await system.stop()
  })
})
