import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { leastUseful, relevanceOf, type Scored, scoreOf } from '../../src/memory/score.js'

const HOUR = 3_600_000
const rules = { weights: { recency: 1, importance: 1, relevance: 1 }, decayPerHour: 0.995 }
const event: Scored = { kind: 'episodic', atMs: 0, importance: 0.5 }

const scored: fc.Arbitrary<Scored> = fc.record({
  kind: fc.constantFrom('episodic', 'semantic', 'note'),
  atMs: fc.nat(1e12),
  importance: fc.double({ min: 0, max: 1, noNaN: true }),
})

describe('a score', () => {
  it('is the mean of recency, importance and relevance', () => {
    expect(scoreOf(event, 1, 0, rules)).toBeCloseTo((1 + 0.5 + 1) / 3)
    expect(scoreOf(event, 0.2, 100 * HOUR, rules)).toBeCloseTo((0.995 ** 100 + 0.5 + 0.2) / 3)
  })

  it('of a fact does not fade', () => {
    const fact = { ...event, kind: 'semantic' as const }
    expect(scoreOf(fact, 1, 0, rules)).toBe(0.75)
    expect(scoreOf(fact, 1, 10_000 * HOUR, rules)).toBe(0.75)
  })

  it('follows the weights', () => {
    const onlyRelevance = { ...rules, weights: { recency: 0, importance: 0, relevance: 3 } }
    expect(scoreOf(event, 0.4, HOUR, onlyRelevance)).toBeCloseTo(0.4)
  })

  it('is 0 to 1, and no lower for what is newer, more important or more relevant', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true })
    fc.assert(
      fc.property(scored, share, fc.nat(2e12), (item, relevance, nowMs) => {
        const score = scoreOf(item, relevance, nowMs, rules)
        expect(score).toBeGreaterThanOrEqual(0)
        expect(score).toBeLessThanOrEqual(1)
        expect(scoreOf({ ...item, atMs: item.atMs + HOUR }, relevance, nowMs, rules)).toBeGreaterThanOrEqual(score)
        expect(scoreOf({ ...item, importance: 1 }, relevance, nowMs, rules)).toBeGreaterThanOrEqual(score)
        expect(scoreOf(item, 1, nowMs, rules)).toBeGreaterThanOrEqual(score)
      }),
    )
  })
})

describe('the relevance of a match', () => {
  it('is its text against the best text, and the cosine, in equal parts', () => {
    expect(relevanceOf({ text: 2, similarity: undefined }, 4)).toBe(0.5)
    expect(relevanceOf({ text: 4, similarity: 0.5 }, 4)).toBe(0.75)
    expect(relevanceOf({ text: 0, similarity: 0.5 }, 0)).toBe(0.25)
    expect(relevanceOf({ text: 0, similarity: -1 }, 4)).toBe(0)
  })
})

describe('the least useful items', () => {
  it('are those with the lowest scores; of equals the oldest', () => {
    const items = [
      { ...event, atMs: 3 * HOUR },
      { ...event, atMs: 2 * HOUR },
      { ...event, atMs: 0, importance: 1 },
      { ...event, atMs: 2 * HOUR, importance: 0 },
      { ...event, atMs: 1 * HOUR },
    ]
    expect(leastUseful(items, 3, 4 * HOUR, rules)).toEqual([items[3], items[4], items[1]])
  })
})
