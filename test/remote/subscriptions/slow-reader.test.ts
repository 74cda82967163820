import { describe, expect, test } from 'vitest'
import type { EmittedFrame, Frame } from '../../../src/remote/protocol/frames.js'
import { EMITTED_DROPPED } from '../../../src/remote/subscriptions/emitted-dropped.js'
import { recorder, rest, TwoSides } from './two-sides.js'

const FULL = 65_536

describe('a reader that does not read', () => {
  test('costs the same after 100 000 commits as after one, and gets the last', async () => {
    const sides = new TwoSides({ publisher: { bounds: { bufferedBytes: FULL } } })
    const observer = recorder()
    sides.near.subscribe('a', observer)
    await sides.settleFar()
    const pad = 'x'.repeat(1_000)
    for (let n = 1; n <= 100_000; n++) {
      sides.actors.commit('a', { n, pad })
      if (n % 50 === 0) await Promise.resolve()
    }
    await rest()
    // No more is read, encoded or buffered than fits, and one frame.
    expect(sides.farEnd.mostBuffered).toBeLessThan(FULL + 2_000)
    expect(sides.actors.reads).toBeLessThan(100)
    await sides.settle()
    expect(observer.told.at(-1)).toEqual({ n: 100_000, pad })
    expect(sides.near.latest('a')).toMatchObject({ seqNr: 100_000 })
  })

  test('holds up no other actor: the one that waited longest goes first', async () => {
    const sides = new TwoSides({ publisher: { bounds: { bufferedBytes: FULL } } })
    const paths = ['a', 'b', 'c']
    for (const path of paths) sides.near.subscribe(path, {})
    await sides.settle()
    const before = sides.farEnd.sent.length
    sides.farEnd.bufferedAmount = FULL + 1
    for (const path of ['c', 'a', 'b', 'c']) sides.actors.commit(path, 'x'.repeat(FULL))
    sides.farEnd.bufferedAmount = 0
    await sides.settle()
    expect(sides.farEnd.sent.slice(before).map(numberOf)).toEqual([3, 1, 2])
  })

  test('gets the newest events, and in the place of the others how many they were', async () => {
    const { sides, told, emit } = await listening()
    sides.farEnd.bufferedAmount = FULL * 10
    for (let n = 0; n < 1_000; n++) emit(n)
    expect(sides.far.figures()).toMatchObject({ emittedWaiting: { count: 256 }, emittedDropped: 744 })
    sides.farEnd.bufferedAmount = 0
    sides.far.drained()
    await sides.settle()
    expect(told.slice(0, 2)).toEqual([
      { type: EMITTED_DROPPED, count: 744 },
      { type: 'n', n: 744 },
    ])
    expect([told.length, told.at(-1)]).toEqual([257, { type: 'n', n: 999 }])
    emit(1_000)
    await sides.settle()
    expect(told.at(-1)).toEqual({ type: 'n', n: 1_000 })
    expect(sides.far.figures().emittedWaiting).toEqual({ count: 0, bytes: 0 })
  })

  test('has no more than its bytes kept for it, over all subscriptions', async () => {
    const bounds = { emitted: { count: 256, bytes: 10_000, totalBytes: 15_000 } }
    const sides = new TwoSides({ publisher: { bounds } })
    for (const path of ['a', 'b', 'c']) sides.near.on(path, '*', () => {})
    await sides.settle()
    sides.farEnd.bufferedAmount = 1_000_000
    for (let n = 0; n < 300; n++) {
      for (const path of ['a', 'b', 'c'])
        sides.actors.emit(path, { type: 'n', pad: 'x'.repeat(90) } as { type: string })
    }
    expect(sides.far.figures().emittedWaiting.bytes).toBeLessThanOrEqual(15_000)
    expect(sides.far.figures().emittedWaiting.bytes).toBeGreaterThan(14_000)
  })

  test('is told of an event that is too large for it, and of one that can not be sent, as of lost ones', async () => {
    const { sides, told } = await listening({ frameBytes: 16_384 })
    sides.actors.emit('a', { type: 'big', pad: 'x'.repeat(20_000) } as { type: string })
    sides.actors.emit('a', { type: 'odd', fn: () => 1 } as { type: string })
    sides.actors.emit('a', { type: '' })
    sides.actors.emit('a', { type: 'after' })
    await sides.settle()
    expect(told).toEqual([{ type: EMITTED_DROPPED, count: 3 }, { type: 'after' }])
  })

  test('gets the end: what was emitted, the last snapshot, and that there is no more', async () => {
    const sides = new TwoSides()
    const observer = recorder()
    sides.near.subscribe('a', observer)
    sides.near.on('a', '*', ({ type }) => observer.told.push(type))
    await sides.settle()
    sides.farEnd.bufferedAmount = 1_000_000
    sides.actors.commit('a', 1)
    sides.actors.emit('a', { type: 'last' })
    sides.actors.end('a', { status: 'done' })
    await rest()
    expect(sides.farEnd.waiting).toEqual([])
    sides.farEnd.bufferedAmount = 0
    await sides.settle()
    // Snapshots and events are two subscriptions: between them only the order of the connection holds.
    expect(observer.told.toSorted()).toEqual([1, 'complete', 'last'])
    expect(sides.far.figures().published).toBe(0)
  })

  test('may end its subscription while something waits for it', async () => {
    const sides = new TwoSides()
    const subscription = sides.near.subscribe('a', {})
    await sides.settle()
    sides.farEnd.bufferedAmount = 1_000_000
    sides.actors.commit('a', 1)
    subscription.unsubscribe()
    sides.readAtFar()
    sides.farEnd.bufferedAmount = 0
    await sides.settle()
    expect(sides.farEnd.sent).toEqual([])
    expect(sides.actors.listeners).toBe(0)
  })
})

async function listening(limits = {}) {
  const sides = new TwoSides({ limits, publisher: { bounds: { bufferedBytes: FULL } } })
  const told: EmittedFrame['event'][] = []
  sides.near.on('a', '*', (event) => told.push(event))
  await sides.settle()
  const emit = (n: number): void => sides.actors.emit('a', { type: 'n', n } as { type: string })
  return { sides, told, emit }
}

function numberOf(frame: Frame): number | undefined {
  return 'subscription' in frame ? frame.subscription : undefined
}
