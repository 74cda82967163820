import { describe, expect, test } from 'vitest'
import { recorder, TwoSides } from './two-sides.js'

describe('observing over a lost connection', () => {
  test('subscribes again, and tells what is new', async () => {
    const sides = await observed()
    sides.disconnect()
    expect(sides.actors.listeners).toBe(0)
    for (const n of [2, 3]) sides.actors.commit('a', n)
    expect(sides.near.latest('a')).toMatchObject({ context: 1 })
    sides.connect()
    await sides.settle()
    expect(sides.observer.told).toEqual([1, 3])
  })

  test('tells nothing when nothing is new, and keeps the very snapshot', async () => {
    const sides = await observed()
    const before = sides.near.latest('a')
    sides.disconnect()
    sides.connect()
    await sides.settle()
    expect(sides.observer.told).toEqual([1])
    expect(sides.near.latest('a')).toBe(before)
    sides.actors.commit('a', 2)
    await sides.settle()
    expect(sides.observer.told).toEqual([1, 2])
  })

  test('tells the snapshot of another run of that node, though it has the same number', async () => {
    const sides = await observed()
    sides.disconnect()
    sides.connect(2)
    await sides.settle()
    expect(sides.observer.told).toEqual([1, 1])
  })

  test('tells the end that was missed', async () => {
    const sides = await observed()
    sides.disconnect()
    sides.actors.end('a', { status: 'done' })
    sides.connect()
    await sides.settle()
    expect(sides.observer.told).toEqual([1, 1, 'complete'])
  })

  test('opens what was asked for in between, and not what was given up', async () => {
    const sides = await observed()
    sides.disconnect()
    sides.subscription.unsubscribe()
    const other = recorder()
    sides.actors.commit('b', 'b')
    sides.near.subscribe('b', other)
    sides.near.on('c', '*', () => {})
    sides.connect()
    await sides.settle()
    expect(other.told).toEqual(['b'])
    expect(sides.nearEnd.sent).toEqual([
      { kind: 'subscribe', subscription: 1, path: 'b', subject: 'snapshots' },
      { kind: 'subscribe', subscription: 2, path: 'c', subject: 'emitted' },
    ])
  })

  test('gives up the connection before, if nobody has said that it is gone', async () => {
    const sides = await observed()
    sides.connect()
    await sides.settle()
    sides.actors.commit('a', 2)
    await sides.settle()
    expect([sides.observer.told, sides.actors.listeners, sides.near.figures().subscribed]).toEqual([[1, 2], 1, 1])
  })

  test('leaves nothing on the side that was observed, whatever waited there', async () => {
    const sides = await observed()
    sides.near.on('a', '*', () => {})
    await sides.settle()
    sides.farEnd.bufferedAmount = 1_000_000
    sides.actors.commit('a', 2)
    sides.actors.emit('a', { type: 'ping' })
    expect(sides.far.figures().emittedWaiting.count).toBe(1)
    sides.disconnect()
    expect(sides.actors.listeners).toBe(0)
    expect(sides.far.figures()).toEqual({
      published: 0,
      publishedActors: 0,
      subscribed: 0,
      emittedWaiting: { count: 0, bytes: 0 },
      emittedDropped: 0,
    })
  })
})

async function observed() {
  const sides = new TwoSides()
  const observer = recorder()
  sides.actors.commit('a', 1)
  const subscription = sides.near.subscribe('a', observer)
  await sides.settle()
  return Object.assign(sides, { observer, subscription })
}
