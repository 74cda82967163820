import { describe, expect, it } from 'vitest'
import { type AnyEventObject, assign, createMachine, sendTo, setup } from 'xstate'
import { all, refIn, World } from '../support/world.js'

class Account {
  balance = 1
}

const keeper = setup({
  types: {
    context: {} as { value: unknown },
    events: {} as AnyEventObject,
    input: {} as unknown,
  },
}).createMachine({
  context: ({ input }) => ({ value: (input as { value: unknown } | undefined)?.value }),
  on: {
    KEEP: { actions: assign({ value: ({ event }) => event.value }) },
    MAKE: {
      actions: assign({ value: ({ event }) => ({ list: [0, 1, { at: BAD[event.what as keyof typeof BAD]() }] }) }),
    },
    PASS: {
      actions: sendTo(
        ({ event }) => refIn(event, 'to'),
        () => ({ type: 'KEEP', value: { fn: () => {} } }),
      ),
    },
  },
})

const BAD = {
  function: () => () => {},
  instance: () => new Account(),
  symbol: () => Symbol('s'),
  cycle: () => {
    const loop: Record<string, unknown> = {}
    loop.self = loop
    return loop
  },
}

const GOOD = {
  date: new Date(5),
  map: new Map<unknown, unknown>([['a', new Map([[1, new Set(['x'])]])]]),
  big: 2n ** 80n,
  bytes: Uint8Array.of(1, 2, 3),
  floats: Float64Array.of(0.5),
  nothing: undefined,
  error: Object.assign(new TypeError('bad'), { code: 'E_BAD' }),
  minusZero: -0,
  nan: Number.NaN,
  lone: '\ud800',
}

describe('a value in a context', () => {
  it('round-trips over a restart: dates, maps, sets, bigints, bytes, undefined, errors', async () => {
    const world = new World({ keeper })
    const system = await world.open()
    await (await system.spawn('keeper', { id: 'k' })).deliver({ type: 'KEEP', value: GOOD })
    const again = await world.crashAndOpen()
    const value = again.actor('keeper', 'k').getSnapshot().context.value as typeof GOOD
    expect(value).toEqual(GOOD)
    expect([
      Object.is(value.minusZero, -0),
      'nothing' in value,
      value.error instanceof TypeError,
      value.error.code,
    ]).toEqual([true, true, true, 'E_BAD'])
    await world.stop()
  })

  for (const development of [true, false]) {
    for (const what of Object.keys(BAD)) {
      it(`that is a ${what} fails the transition with its path, before anything is written (development: ${development})`, async () => {
        const world = new World({ keeper: { logic: keeper, supervision: { restart: 'temporary' } } }, { development })
        await using system = await world.open()
        const ref = await system.spawn('keeper', { id: 'k' })
        await ref.deliver({ type: 'KEEP', value: 'good' })
        await expect(ref.deliver({ type: 'MAKE', what })).rejects.toMatchObject({
          code: 'ACTOR_FAILED',
          cause: {
            code: 'VALUE_NOT_STORABLE',
            address: 'k',
            details: { path: expect.stringMatching(/^context\.value\.list\[2\]\.at/) },
          },
        })
        expect(ref.failure()?.snapshot).toMatchObject({ context: { value: 'good' } })
        expect((await all(ref.journal({ from: 2 }))).map(({ kind }) => kind)).toEqual(['event', 'failure'])
      })
    }

    it(`that can't be stored in the first context or the input makes spawn reject, nothing stored (development: ${development})`, async () => {
      const world = new World({ keeper, other: createMachine({}) }, { development })
      await using system = await world.open()
      await expect(system.spawn('keeper', { id: 'k', input: { value: () => {} } })).rejects.toMatchObject({
        code: 'ACTOR_FAILED',
        cause: { code: 'VALUE_NOT_STORABLE' },
      })
      await expect(system.spawn('other', { id: 'o', input: { unused: () => {} } as never })).rejects.toMatchObject({
        cause: { code: 'VALUE_NOT_STORABLE' },
      })
      expect(await all(system.actors())).toEqual([])
      expect((await (await system.spawn('keeper', { id: 'k' })).deliver({ type: 'KEEP', value: 1 })).outcome).toBe(
        'handled',
      )
    })
  }
})

describe("an event from outside that can't be stored", () => {
  it('is refused at the door with its path, and the actor goes on', async () => {
    const world = new World({ keeper })
    await using system = await world.open()
    const ref = await system.spawn('keeper', { id: 'k' })
    const bad = { type: 'KEEP', value: { on: { click: () => {} } } }
    const refusal = { code: 'VALUE_NOT_STORABLE', details: { path: 'event.value.on.click' } }
    expect(() => ref.send(bad)).toThrowError('event.value.on.click')
    await expect(ref.deliver(bad)).rejects.toMatchObject(refusal)
    expect((await ref.deliver({ type: 'KEEP', value: 1 })).seqNr).toBe(2)
  })

  it('may go to a volatile actor, which stores nothing', async () => {
    const world = new World({ keeper: { logic: keeper, durability: 'volatile' } })
    await using system = await world.open()
    const ref = await system.spawn('keeper', { id: 'k' })
    expect((await ref.deliver({ type: 'KEEP', value: () => 'fine' })).outcome).toBe('handled')
  })
})

describe("an event between actors that can't be stored", () => {
  it('fails its sender, not its receiver', async () => {
    const world = new World({ keeper })
    await using system = await world.open()
    const to = await system.spawn('keeper', { id: 'to' })
    const from = await system.spawn('keeper', { id: 'from' })
    await expect(from.deliver({ type: 'PASS', to })).rejects.toMatchObject({
      cause: { code: 'VALUE_NOT_STORABLE', details: { path: 'event KEEP.value.fn' } },
    })
    expect((await to.deliver({ type: 'KEEP', value: 1 })).outcome).toBe('handled')
  })
})

describe('a context that is mutated in place', () => {
  const mutator = setup({
    types: { context: {} as { items: { tags: string[] }[]; map: Map<string, number> } },
  }).createMachine({
    context: () => ({ items: [{ tags: ['a'] }], map: new Map([['k', 1]]) }),
    on: {
      PUSH: {
        actions: assign({
          items: ({ context }) => {
            context.items[0]!.tags.push('b')
            return context.items
          },
        }),
      },
      SET: {
        actions: assign(({ context }) => {
          context.map.set('k', 2)
          return {}
        }),
      },
      FINE: { actions: assign({ items: ({ context }) => [...context.items, { tags: [] }] }) },
    },
  })

  it('is detected in development, naming the actor and the path', async () => {
    const world = new World({ mutator }, { development: true })
    await using system = await world.open()
    const ref = await system.spawn('mutator', { id: 'm' })
    await ref.deliver({ type: 'FINE' })
    await expect(ref.deliver({ type: 'PUSH' })).rejects.toMatchObject({
      cause: { code: 'CONTEXT_MUTATED', address: 'm', details: { path: expect.stringMatching(/^context\.items/) } },
    })
    const other = await system.spawn('mutator', { id: 'other' })
    await expect(other.deliver({ type: 'SET' })).rejects.toMatchObject({
      cause: { code: 'CONTEXT_MUTATED', details: { path: expect.stringMatching(/^context\.map/) } },
    })
  })

  it('is gone when its actor is restarted: that begins from what is stored (D4)', async () => {
    const world = new World({ mutator }, { development: true })
    await using system = await world.open()
    const ref = await system.spawn('mutator', { id: 'm' })
    await ref.deliver({ type: 'PUSH' }).catch(() => {})
    await ref.deliver({ type: 'FINE' })
    expect(ref.getSnapshot().context.items).toEqual([{ tags: ['a'] }, { tags: [] }])
  })

  it('is not looked for in production', async () => {
    const world = new World({ mutator }, { development: false })
    await using system = await world.open()
    const ref = await system.spawn('mutator', { id: 'm' })
    expect((await ref.deliver({ type: 'SET' })).outcome).toBe('handled')
  })
})
