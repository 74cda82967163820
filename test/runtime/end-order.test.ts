import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EndOrder } from '../../src/runtime/end-order.js'

interface Started {
  readonly path: string
  readonly order: number
}

const inOrder = (root: string, started: readonly Started[], alive = started): string[] => {
  const order = new EndOrder<Started>(root)
  for (const one of started) order.add(one)
  return [...order.take(new Map(alive.map((one) => [one.path, one])))].map(({ path }) => path)
}
const started = (...paths: string[]): Started[] => paths.map((path, order) => ({ path, order }))

describe('the order of an end', () => {
  it('takes one branch after the other, the one that was started last first', () => {
    expect(inOrder('t', started('t', 't/a', 't/b', 't/a/x', 't/b/y', 't/a/z'))).toEqual([
      't/b/y',
      't/b',
      't/a/z',
      't/a/x',
      't/a',
      't',
    ])
  })

  it('does not depend on the order in which they were found, or on their names', () => {
    const found = started('t', 't/z', 't/a', 't/m', 't/z/1')
    expect(inOrder('t', found.toReversed())).toEqual(inOrder('t', found))
    expect(inOrder('t', found)).toEqual(['t/m', 't/a', 't/z/1', 't/z', 't'])
  })

  it('keeps the place of who has ended before its turn, for those below it', () => {
    const all = started('t', 't/a', 't/b', 't/c', 't/b/x', 't/b/x/y')
    const without = (...gone: string[]) => all.filter(({ path }) => !gone.includes(path))
    expect(inOrder('t', all, without('t/b'))).toEqual(['t/c', 't/b/x/y', 't/b/x', 't/a', 't'])
    expect(inOrder('t', all, without('t/b', 't/b/x'))).toEqual(['t/c', 't/b/x/y', 't/a', 't'])
    expect(inOrder('t', all, without('t', 't/b/x'))).toEqual(['t/c', 't/b/x/y', 't/b', 't/a'])
  })

  it('counts whose parent was never added as a child of the nearest one above that was', () => {
    expect(inOrder('t', started('t', 't/a', 't/gone/deep/x', 't/b'))).toEqual(['t/b', 't/gone/deep/x', 't/a', 't'])
    expect(inOrder('t', started('t/a/x', 't/b'))).toEqual(['t/b', 't/a/x'])
    const all = started('t', 't/a', 't/b', 't/a/gone/x')
    expect(inOrder('t', all, all.slice(2))).toEqual(['t/b', 't/a/gone/x'])
  })

  it('goes by path, backwards, where an older store knows no order', () => {
    const old = ['t', 't/a', 't/b', 't/a/x'].map((path) => ({ path, order: 0 }))
    expect(inOrder('t', old)).toEqual(['t/b', 't/a/x', 't/a', 't'])
  })

  it('leaves out who has ended before its turn', () => {
    const all = started('t', 't/a', 't/a/x', 't/b')
    const [t, , x] = all as [Started, Started, Started]
    expect(inOrder('t', all, [t, x])).toEqual(['t/a/x', 't'])
  })

  it('names everybody once, children before their parents, in any tree', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 40 }), (parents) => {
        const paths = ['t']
        for (const [index, parent] of parents.entries()) paths.push(`${paths[parent % paths.length]}/${index}`)
        const ordered = inOrder('t', started(...paths))
        expect([...ordered].sort()).toEqual([...paths].sort())
        for (const [index, path] of ordered.entries())
          for (const later of ordered.slice(index)) expect(later.startsWith(`${path}/`)).toBe(false)
      }),
    )
  })
})
