import { expect, it } from 'vitest'
import { SortedKeys } from '../../src/persistence/sorted-keys.js'

it('stays small when keys come and go and nobody asks for an order', () => {
  const alive = new Map<string, number>()
  const keys = new SortedKeys(alive)
  const add = (key: string) => {
    alive.set(key, 1)
    keys.add(key)
  }
  add('kept')
  for (let n = 0; n < 100_000; n++) {
    add(`timer${n}`)
    alive.delete(`timer${n}`)
  }
  expect(keys.size).toBeLessThan(3_000)
  expect(keys.between('', 'z', false, 10)).toEqual(['kept'])
})

it('does not visit the whole of what was deleted again and again', () => {
  const alive = new Map<string, number>()
  const keys = new SortedKeys(alive)
  for (let n = 0; n < 10_000; n++) {
    alive.set(`k${n}`, n)
    keys.add(`k${n}`)
  }
  expect(keys.between('k', 'l', false, Number.POSITIVE_INFINITY)).toHaveLength(10_000)
  alive.clear()
  expect(keys.between('k', 'l', false, 1)).toEqual([])
  expect(keys.size).toBe(0)
})
