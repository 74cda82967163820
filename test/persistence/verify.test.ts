import { encryptedStore, spawnActor } from 'roscius'
import { describe, expect, it } from 'vitest'
import { assign, createMachine, fromPromise, setup } from 'xstate'
import { type Damage, type Verified, verify } from '../../src/persistence/verify.js'
import { World } from '../support/world.js'

const leaf = createMachine({
  context: { n: 0 },
  on: { INC: { actions: assign({ n: ({ context }) => context.n + 1 }) } },
})

const rich = setup({ actors: { wait: fromPromise(() => new Promise<void>(() => {})) } }).createMachine({
  context: { items: [] as string[], refs: new Map<unknown, unknown>() },
  initial: 'on',
  states: { on: { after: { 60000: 'off' }, invoke: { src: 'wait' } }, off: {} },
  on: {
    ADD: { actions: assign({ items: ({ context, event }) => [...context.items.slice(-3), event.item] }) },
    KEEP: {
      actions: assign({
        refs: ({ context, event }) => new Map(context.refs).set(event.ref, { hits: context.refs.size }),
      }),
    },
    SPAWN: { actions: spawnActor(leaf, { id: 'child' }) },
  },
})

/** A store in which every kind of record occurs, closed in good order. */
async function richWorld(
  options: object = {},
): Promise<World<{ rich: unknown; leaf: unknown } & Record<string, never>>> {
  const world = new World({ rich: { logic: rich, keep: 'all' }, leaf: { logic: leaf } } as never, {
    development: false,
    ...options,
  }) as unknown as World<{ rich: typeof rich; leaf: typeof leaf }>
  const system = await world.open()
  const ref = await system.spawn('rich', { id: 'r', systemId: 'main' })
  const other = await system.spawn('leaf', { id: 'l' })
  await ref.deliver({ type: 'SPAWN' })
  for (let n = 0; n < 30; n++) await ref.deliver({ type: 'ADD', item: `${n}`.padEnd(3_000, 'x') })
  for (let n = 0; n < 3; n++) await ref.deliver({ type: 'KEEP', ref: other })
  await (system.actor('leaf', 'nobody').deliver({ type: 'INC' }) as Promise<unknown>).catch(() => {})
  await world.clock.advance(0)
  await world.stop()
  return world as never
}

type AnyWorld = {
  store: {
    get(key: string): Uint8Array | undefined
    batch: World<never>['store']['batch']
    range: World<never>['store']['range']
  }
}

async function damagesIn(world: AnyWorld, values?: never): Promise<{ damages: Damage[]; verified: Verified }> {
  const found = verify(world.store as never, { values })
  const damages: Damage[] = []
  let step = await found.next()
  for (; step.done !== true; step = await found.next()) damages.push(step.value)
  return { damages, verified: step.value }
}

const keysOf = async (world: AnyWorld, kind: string): Promise<string[]> => {
  const keys: string[] = []
  for await (const [key] of world.store.range({ gte: `${kind}/`, lt: `${kind}0` })) keys.push(key)
  return keys
}
const put = (world: AnyWorld, key: string, value: Uint8Array = new Uint8Array(0)) =>
  world.store.batch([{ type: 'put', key, value }], { sync: true })
const remove = (world: AnyWorld, key: string) => world.store.batch([{ type: 'del', key }], { sync: true })
const flip = (world: AnyWorld, key: string) => {
  const value = Uint8Array.from(world.store.get(key)!)
  value[value.length - 1]! ^= 1
  return put(world, key, value)
}

describe('verify', () => {
  it('finds nothing wrong with a sound store, whatever is in it', async () => {
    const world = await richWorld()
    for (const kind of ['a', 'j', 's', 'e', 't', 'n', 'x'])
      expect([kind, (await keysOf(world, kind)).length > 0]).toEqual([kind, true])
    const { damages, verified } = await damagesIn(world)
    expect(damages).toEqual([])
    expect(verified.actors).toBe(3)
  })

  it('finds nothing wrong with an encrypted one, and names what was changed in it', async () => {
    const encryption = { key: new Uint8Array(32).fill(3), keyId: 'k' }
    const world = await richWorld({ encryption })
    const values = encryptedStore(world.store, encryption) as never
    expect((await damagesIn(world, values)).damages).toEqual([])
    await flip(world, 'a/l')
    expect((await damagesIn(world, values)).damages.map(({ key }) => key)).toContain('a/l')
  })

  for (const kind of ['a', 'j', 's', 'q', 'n', 'x']) {
    it(`names a damaged record of kind ${kind}/`, async () => {
      const world = await richWorld()
      if (kind === 'q') await put(world, 'q/r:0000000002', Uint8Array.of(1, 2, 3))
      const key = kind === 'a' ? 'a/l' : (await keysOf(world, kind))[0]!
      await flip(world, key)
      expect((await damagesIn(world)).damages.map((damage) => damage.key)).toContain(key)
    })
  }

  for (const key of ['meta', 'structures']) {
    it(`names a damaged or missing ${key}`, async () => {
      const world = await richWorld()
      await flip(world, key)
      expect((await damagesIn(world)).damages[0]?.key).toBe(key)
      if (key === 'structures') return
      await remove(world, key)
      expect((await damagesIn(world)).damages).toEqual([{ key, problem: expect.stringContaining('missing') }])
    })
  }

  it('names a missing record in the middle of a journal, and one at its end', async () => {
    const world = await richWorld()
    const keys = (await keysOf(world, 'j')).filter((key) => key.startsWith('j/r:'))
    await remove(world, keys[5]!)
    expect((await damagesIn(world)).damages.map(({ key }) => key)).toEqual([keys[5]])
    const again = await richWorld()
    const child = createMachine({ initial: 'a', states: { a: { on: { END: 'b' } }, b: { type: 'final' } } })
    const other = new World({ child })
    await (await (await other.open()).spawn('child', { id: 'c' })).deliver({ type: 'END' })
    await other.stop()
    await remove(other, 'j/c:0000000002')
    expect((await damagesIn(other)).damages).toMatchObject([
      { key: 'j/c:0000000002', problem: expect.stringContaining('missing') },
    ])
    expect((await damagesIn(again)).damages).toEqual([])
  })

  it('names a record whose delta does not fit', async () => {
    const world = await richWorld()
    const keys = (await keysOf(world, 'j')).filter((key) => key.startsWith('j/r:'))
    // The record of another actor, intact in itself.
    const deep = createMachine({
      context: { deep: { n: 0, m: 0 } },
      on: { INC: { actions: assign({ deep: ({ context }) => ({ ...context.deep, n: 1 }) }) } },
    })
    const foreign = new World({ leaf: deep })
    await (await (await foreign.open()).spawn('leaf', { id: 'l' })).deliver({ type: 'INC' })
    await foreign.stop()
    await put(world, keys[7]!, foreign.store.get('j/l:0000000002')!)
    const { damages } = await damagesIn(world)
    expect(damages.map(({ key }) => key)).toContain(keys[7])
  })

  it('names a head whose state is not what its records lead to', async () => {
    const world = await richWorld()
    const keys = (await keysOf(world, 'j')).filter((key) => key.startsWith('j/r:'))
    // A record that fits, but tells another story: one ADD twice.
    await put(world, keys[3]!, world.store.get(keys[2]!)!)
    const { damages } = await damagesIn(world)
    expect(damages).toEqual([
      { key: expect.stringMatching(/^s\/r:/), problem: expect.stringContaining('records before it') },
    ])
  })

  it('names a timer that nobody waits for, one of no actor, and one that is missing from the index', async () => {
    const world = await richWorld()
    const [key] = await keysOf(world, 't')
    const stray = key!.replace(/^t\/.{10}/, 't/00000zzzzz')
    const orphan = key!.replace(':r:', ':ghost:')
    await put(world, stray)
    await put(world, orphan)
    expect((await damagesIn(world)).damages).toEqual(
      [
        { key: stray, problem: expect.stringContaining('does not wait') },
        { key: orphan, problem: expect.stringContaining('ghost') },
      ].sort((a, b) => (a.key < b.key ? -1 : 1)),
    )
    await remove(world, stray)
    await remove(world, orphan)
    await remove(world, key!)
    expect((await damagesIn(world)).damages).toEqual([{ key, problem: expect.stringContaining('missing') }])
  })

  it('names what belongs to an actor that does not exist', async () => {
    const world = await richWorld()
    const [record] = await keysOf(world, 'j')
    const [archived] = await keysOf(world, 's')
    const strays = [
      'e/ghost',
      record!.replace('/r:', '/ghost:').replace('r/child', 'ghost'),
      archived!.replace('/r:', '/ghost:'),
      'z/ghost',
    ]
    await put(world, strays[0]!)
    await put(world, strays[1]!, world.store.get(record!)!)
    await put(world, strays[2]!, world.store.get(archived!)!)
    await put(world, strays[3]!)
    const { damages } = await damagesIn(world)
    expect(damages.map(({ key }) => key).sort()).toEqual([...strays].sort())
    await put(world, 'g/ghost')
    expect((await damagesIn(world)).damages).toEqual([])
  })

  it('names mail for nobody, but not mail for an actor whose start waits before it', async () => {
    const boss = createMachine({ on: { HIRE: { actions: spawnActor('leaf', { id: 'w' }) } } })
    const world = new World({ boss, leaf }, { turn: { maxEvents: 1 } })
    const system = await world.open()
    const ref = await system.spawn('boss', { id: 'b' })
    world.store.crashAtBatch(3, 'after')
    ref.send({ type: 'HIRE' })
    await Promise.race([world.store.crashed, system.settled()])
    await world.crash()
    const [key] = await keysOf(world, 'm')
    expect(key).toMatch(/^m\/b\/w:/)
    expect((await damagesIn(world)).damages).toEqual([])
    await flip(world, key!)
    expect((await damagesIn(world)).damages.map((damage) => damage.key)).toEqual([key])
  })

  it('names a watch whose actors are not there, unless the watched one was in memory only', async () => {
    const world = await richWorld()
    await put(world, 'w/r:l')
    expect((await damagesIn(world)).damages).toEqual([])
    await put(world, 'w/ghost:r')
    await put(world, 'w/r:ghost#1-1.1')
    await put(world, 'w/vapour:r', Uint8Array.of(1))
    expect((await damagesIn(world)).damages).toEqual([
      { key: 'w/ghost:r', problem: expect.stringContaining('end of the actor ghost') },
      { key: 'w/r:ghost#1-1.1', problem: expect.stringContaining('tell the actor ghost') },
    ])
  })

  it('names a systemId that leads elsewhere, and one of no actor', async () => {
    const world = await richWorld()
    const leads = world.store.get('n/main')!
    await remove(world, 'n/main')
    expect((await damagesIn(world)).damages).toEqual([{ key: 'a/r', problem: expect.stringContaining('"main"') }])
    await put(world, 'n/main', leads)
    await remove(world, 'a/l')
    await put(world, 'n/other', leads)
    expect((await damagesIn(world)).damages).toEqual([])
  })

  it('names a key that is none of Roscius', async () => {
    const world = await richWorld()
    await put(world, 'something else')
    expect((await damagesIn(world)).damages).toEqual([
      { key: 'something else', problem: expect.stringContaining('not a key') },
    ])
  })

  it('tells how far it is', async () => {
    const world = await richWorld()
    const counts: number[] = []
    const found = verify(world.store, { onProgress: (records) => counts.push(records) })
    let step = await found.next()
    while (step.done !== true) step = await found.next()
    expect(counts.at(-1)).toBe(step.value.records)
  })
})
