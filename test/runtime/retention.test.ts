import { describe, expect, it } from 'vitest'
import { assign, createMachine } from 'xstate'
import { all, World } from '../support/world.js'

const hoard = createMachine({
  context: { items: [] as string[] },
  on: {
    ADD: { actions: assign({ items: ({ context, event }) => [...context.items.slice(-3), event.item] }) },
    END: '.over',
  },
  initial: 'going',
  states: { going: {}, over: { type: 'final' } },
})

/** Large enough that a few records outweigh a head. */
const item = (n: number): string => `${n}:`.padEnd(3_000, 'x')

const numbers = async (entries: AsyncIterable<{ seqNr: number }>): Promise<number[]> =>
  (await all(entries)).map(({ seqNr }) => seqNr)
const upTo = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i)
const lastItem = (snapshot: unknown): string | undefined =>
  (snapshot as { context: { items: string[] } } | undefined)?.context.items.at(-1)?.split(':')[0]

describe('the journal', () => {
  it('keeps everything with keep: all, across heads and archived heads', async () => {
    const world = new World({ hoard: { logic: hoard, keep: 'all' } }, { development: false })
    const system = await world.open()
    const ref = await system.spawn('hoard', { id: 'h' })
    for (let n = 2; n <= 40; n++) await ref.deliver({ type: 'ADD', item: item(n) })
    expect((await all(world.store.range({ gte: 's/h:', lt: 's/h;' }))).length).toBeGreaterThan(3)
    const again = (await world.crashAndOpen()).actor('hoard', 'h')
    expect(await numbers(again.journal())).toEqual(upTo(1, 40))
    expect(await numbers(again.journal({ from: 17, to: 23 }))).toEqual(upTo(17, 23))
    expect(await numbers(again.journal({ from: 40 }))).toEqual([40])
    expect(await numbers(again.journal({ from: 41 }))).toEqual([])
    await world.stop()
  })

  it('gives each record with its event, state value and time, and the state at any of them', async () => {
    const world = new World({ hoard: { logic: hoard, keep: 'all' } }, { development: false })
    await using system = await world.open()
    const ref = await system.spawn('hoard', { id: 'h' })
    for (let n = 2; n <= 40; n++) {
      await world.clock.advance(10)
      await ref.deliver({ type: 'ADD', item: item(n) })
    }
    for (let n = 2; n <= 40; n++) expect([n, lastItem(await ref.snapshotAt(n))]).toEqual([n, String(n)])
    expect(await ref.snapshotAt(1)).toMatchObject({ context: { items: [] } })
    expect(await ref.snapshotAt(41)).toBeUndefined()
    const [record] = await all(ref.journal({ from: 21, to: 21 }))
    expect(record).toMatchObject({
      seqNr: 21,
      kind: 'event',
      event: { type: 'ADD', item: item(21) },
      value: 'going',
      time: 1_000_200,
    })
    expect(lastItem(record?.snapshot)).toBe('21')
  })

  it('keeps at least as many records as asked for, and not all', async () => {
    const world = new World({ hoard: { logic: hoard, keep: { records: 10 } } }, { development: false })
    const system = await world.open()
    const ref = await system.spawn('hoard', { id: 'h' })
    for (let n = 2; n <= 60; n++) await ref.deliver({ type: 'ADD', item: item(n) })
    await system.settled()
    const kept = await numbers(ref.journal())
    expect(kept.at(-1)).toBe(60)
    expect(kept.length).toBeGreaterThanOrEqual(10)
    expect(kept.length).toBeLessThan(30)
    expect(kept).toEqual(upTo(kept[0]!, 60))
    expect(await ref.snapshotAt(5)).toBeUndefined()
    expect(lastItem(await ref.snapshotAt(kept[0]!))).toBe(String(kept[0]))
    const again = await world.crashAndOpen()
    expect(lastItem(again.actor('hoard', 'h').getSnapshot())).toBe('60')
    await world.stop()
  })

  it('keeps by days', async () => {
    const world = new World({ hoard: { logic: hoard, keep: { days: 1 } } }, { development: false })
    await using system = await world.open()
    const ref = await system.spawn('hoard', { id: 'h' })
    for (let n = 2; n <= 30; n++) await ref.deliver({ type: 'ADD', item: item(n) })
    await world.clock.advance(86_400_001)
    for (let n = 31; n <= 50; n++) await ref.deliver({ type: 'ADD', item: item(n) })
    await system.settled()
    const kept = await numbers(ref.journal())
    expect(kept[0]).toBeGreaterThan(15)
    expect(kept).toEqual(upTo(kept[0]!, 50))
    for (const seqNr of upTo(31, 50)) expect(lastItem(await ref.snapshotAt(seqNr))).toBe(String(seqNr))
  })

  it('is there in full for an actor that started and ended in one commit', async () => {
    const world = new World({ hoard })
    await using system = await world.open()
    const spawned = system.spawn('hoard', { id: 'h' })
    const ref = system.actor('hoard', 'h')
    await Promise.resolve()
    ref.send({ type: 'ADD', item: 'x' })
    ref.send({ type: 'END' })
    await spawned
    await system.settled()
    expect(ref.getSnapshot().status).toBe('done')
    expect((await all(ref.journal())).map(({ seqNr, event }) => [seqNr, event.type])).toEqual([
      [1, 'xstate.init'],
      [2, 'ADD'],
      [3, 'END'],
    ])
    expect(await ref.snapshotAt(1)).toMatchObject({ context: { items: [] } })
  })

  it('writes the change, not the state: a large history costs what is added', async () => {
    const growing = createMachine({
      context: { history: Array.from({ length: 2_000 }, (_, i) => ({ id: i, text: 'y'.repeat(500) })) },
      on: { ADD: { actions: assign({ history: ({ context, event }) => [...context.history, event.message] }) } },
    })
    const world = new World({ growing }, { development: false })
    await using system = await world.open()
    const ref = await system.spawn('growing', { id: 'g' })
    const before = world.store.written.bytes
    await ref.deliver({ type: 'ADD', message: { id: 2_000, text: 'z'.repeat(500) } })
    expect(world.store.written.bytes - before).toBeLessThan(1_500)
  })
})
