import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../src/testing/seeded-random.js'

const draws = (seed: number | string) => {
  const random = seededRandom(seed)
  return [random.next(), random.id(), Buffer.from(random.bytes(9)).toString('hex'), random.next()]
}

describe('seeded chance', () => {
  it('repeats numbers, ids and bytes for the same seed', () => {
    expect(draws(7)).toEqual(draws(7))
    expect(draws('a name')).toEqual(draws('a name'))
  })

  it('gives the same answers in every release, so that a printed seed can be replayed', () => {
    expect(draws(1)).toMatchInlineSnapshot(`
      [
        0.33469745042754284,
        "d6c0872e-05c6-4938-b5d4-763431822ff6",
        "c1172c4fe51ce09eea",
        0.6536479795980973,
      ]
    `)
  })

  it('shares nothing between neighbouring seeds', () => {
    const all = Array.from({ length: 100 }, (_, seed) => draws(seed)).flat()
    expect(new Set(all).size).toBe(all.length)
  })

  it('spreads numbers evenly over [0, 1)', () => {
    const random = seededRandom(42)
    const buckets = new Array<number>(10).fill(0)
    for (let draw = 0; draw < 100_000; draw++) buckets[Math.floor(random.next() * 10)]! += 1
    expect(buckets).toHaveLength(10)
    for (const count of buckets) expect(Math.abs(count - 10_000)).toBeLessThan(500)
  })

  it('gives unique ids in the form of a UUID', () => {
    const random = seededRandom(0)
    const ids = Array.from({ length: 10_000 }, () => random.id())
    expect(new Set(ids).size).toBe(10_000)
    expect(
      ids.filter((id) => !/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id)),
    ).toEqual([])
  })

  it('gives as many bytes as asked for', () => {
    expect(seededRandom(3).bytes(0)).toHaveLength(0)
    expect(new Set(seededRandom(3).bytes(10_000)).size).toBe(256)
  })
})
