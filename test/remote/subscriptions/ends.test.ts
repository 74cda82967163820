import { describe, expect, test } from 'vitest'
import { toPromise } from 'xstate'
import { recorder, TwoSides } from './two-sides.js'

describe('the end of an observed actor', () => {
  test('is its last snapshot, then complete; what it emitted comes before', async () => {
    const sides = new TwoSides()
    const observer = recorder()
    sides.actors.commit('a', 1)
    sides.near.subscribe('a', observer)
    sides.near.on('a', '*', ({ type }) => observer.told.push(type))
    await sides.settle()
    sides.actors.commit('a', 2)
    sides.actors.emit('a', { type: 'last' })
    sides.actors.end('a', { status: 'done', output: 'all' })
    await sides.settle()
    expect(observer.told).toEqual([1, 'last', 2, 'complete'])
    expect(sides.near.latest('a')).toMatchObject({ status: 'done', output: 'all' })
    expect([sides.near.figures().subscribed, sides.far.figures().published]).toEqual([0, 0])
  })

  test('is complete for one that was stopped', async () => {
    const sides = await observed()
    sides.actors.end('a', { status: 'stopped' })
    await sides.settle()
    expect(sides.observer.told).toEqual([1, 1, 'complete'])
  })

  test('is its error, without another snapshot, for one that has failed', async () => {
    const sides = await observed()
    sides.actors.end('a', { status: 'error', error: new TypeError('broken') })
    await sides.settle()
    expect(sides.observer.told).toEqual([1, ['error', new TypeError('broken')]])
    expect(sides.near.latest('a')).toMatchObject({ status: 'error' })
  })

  test('is told with the last snapshot when that can not be read any more', async () => {
    const sides = await observed()
    sides.actors.end('a', { status: 'done', output: 7 }, false)
    await sides.settle()
    expect(sides.observer.told).toEqual([1, 1, 'complete'])
    expect(sides.near.latest('a')).toMatchObject({ output: 7 })
  })

  test('is told at once to who comes after it', async () => {
    const sides = new TwoSides()
    sides.actors.commit('a', 1)
    sides.actors.end('a', { status: 'done' })
    const observer = recorder()
    sides.near.subscribe('a', observer)
    sides.near.on('a', '*', () => {})
    await sides.settle()
    expect(observer.told).toEqual([1, 'complete'])
    expect([sides.near.figures().subscribed, sides.actors.listeners]).toEqual([0, 0])
  })

  test('leaves the last snapshot to be asked for, until the observer leaves', async () => {
    const sides = await observed()
    sides.actors.end('a', { status: 'done', output: 'all' })
    await sides.settle()
    expect(sides.near.latest('a')).toMatchObject({ output: 'all' })
    sides.subscription.unsubscribe()
    expect(sides.near.latest('a')).toBeUndefined()
  })

  test('keeps the last snapshots of the 64 that ended last, for observers that never leave', async () => {
    const sides = new TwoSides()
    const paths = Array.from({ length: 70 }, (_, i) => `a${i}`)
    for (const path of paths) sides.near.subscribe(path, {})
    await sides.settle()
    for (const path of paths) sides.actors.end(path, { status: 'done' })
    await sides.settle()
    const kept = paths.filter((path) => sides.near.latest(path) !== undefined)
    expect([kept.length, kept[0]]).toEqual([64, 'a6'])
  })

  test('resolves `toPromise` of a ref made of it', async () => {
    const sides = new TwoSides()
    const ref = {
      subscribe: (observer: object) => sides.near.subscribe('a', observer),
      getSnapshot: () => sides.near.latest('a'),
    }
    const output = toPromise(ref as Parameters<typeof toPromise>[0])
    await sides.settle()
    sides.actors.end('a', { status: 'done', output: 42 })
    await sides.settle()
    expect(await output).toBe(42)
  })

  test('is no end of the path: who subscribes again sees its next life', async () => {
    const sides = await observed()
    sides.actors.end('a', { status: 'done' })
    await sides.settle()
    sides.actors.commit('a', 'again')
    const observer = recorder()
    sides.near.subscribe('a', observer)
    expect(sides.near.latest('a')).toMatchObject({ status: 'done' })
    await sides.settle()
    sides.subscription.unsubscribe()
    sides.actors.commit('a', 'and again')
    await sides.settle()
    expect(observer.told).toEqual(['again', 'and again'])
    expect(sides.near.latest('a')).toMatchObject({ context: 'and again' })
  })

  test('is not told to an observer that another one takes away', async () => {
    const sides = await observed()
    const leaving = recorder()
    sides.near.subscribe('b', { complete: () => left.unsubscribe() })
    const left = sides.near.subscribe('b', leaving)
    await sides.settle()
    sides.actors.end('b', { status: 'stopped' }, false)
    await sides.settle()
    expect(leaving.told).toEqual([{}])
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
