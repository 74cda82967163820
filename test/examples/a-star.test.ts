import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findPath } from '../../examples/06-drones/a-star.js'
import { type Cell, cellAt, distance, HEIGHT, isFree, neighboursOf, WIDTH } from '../../examples/06-drones/city.js'

const cells = Array.from({ length: WIDTH * HEIGHT }, (_, n) => cellAt(n % WIDTH, Math.floor(n / WIDTH))).filter(isFree)
const cell = fc.constantFrom(...cells)

describe('a way through the city', () => {
  test('is as short as any, goes from cell to cell, and passes nothing that is closed', () => {
    fc.assert(
      fc.property(cell, cell, fc.subarray(cells, { maxLength: 30 }), (from, to, closed) => {
        const path = findPath(from, to, closed)
        expect(path?.length).toBe(shortest(from, to, closed))
        for (const [index, next] of (path ?? []).entries()) {
          expect(distance(path?.[index - 1] ?? from, next)).toBe(1)
          expect(closed).not.toContain(next)
          expect(isFree(next)).toBe(true)
        }
        expect(path?.at(-1) ?? to).toBe(to)
      }),
    )
  })

  test('is the same each time', () => {
    fc.assert(
      fc.property(cell, cell, (from, to) => {
        expect(findPath(from, to, [])).toEqual(findPath(from, to, []))
      }),
    )
  })
})

/** By looking at all cells in rings around the start. */
function shortest(from: Cell, to: Cell, closed: readonly Cell[]): number | undefined {
  const seen = new Set([from, ...closed])
  let ring = [from]
  for (let length = 0; ring.length > 0; length++) {
    if (ring.includes(to)) return length
    const next = new Set(ring.flatMap(neighboursOf).filter((one) => !seen.has(one)))
    for (const one of next) seen.add(one)
    ring = [...next]
  }
  return undefined
}
