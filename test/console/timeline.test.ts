import { describe, expect, it } from 'vitest'
import { lanesOf } from '../../src/console/timeline/lanes.js'
import { noticeParts } from '../../src/console/timeline/notice-parts.js'
import { endingWith, moved, opened, stepped, ticksOf, zoomed } from '../../src/console/timeline/time-window.js'
import { TimelineFeed } from '../../src/console/timeline/timeline-feed.js'
import type { TimelineItem } from '../../src/control/protocol/live.js'

const unit = (path: string, seqNr: number, atMs: number): TimelineItem => ({
  kind: 'unit',
  atMs,
  ms: 1,
  path,
  logic: 'worker',
  seqNr,
  event: { type: 'GO' },
  outcome: 'handled',
  isMove: true,
  turn: seqNr,
  commit: seqNr,
  sent: [],
})

const effect = (status: 'started' | 'done' | 'failed' | 'aborted', atMs: number, ms?: number): TimelineItem => ({
  kind: 'effect',
  atMs,
  path: 'a',
  effectId: 'e1',
  id: 'fetch',
  src: 'fetch',
  attempt: 1,
  status,
  ...(ms !== undefined && { ms }),
})

describe('what the timeline holds', () => {
  it('is in the order of time, and each once, however it comes', () => {
    const feed = new TimelineFeed()
    feed.take([unit('a', 2, 20), unit('a', 1, 10)])
    feed.take([unit('a', 1, 10), unit('b', 1, 15)], 3)
    expect(feed.items.map(({ atMs }) => atMs)).toEqual([10, 15, 20])
    expect(feed.lost).toBe(3)
  })

  it('makes one run of the beginning and the end of an effect', () => {
    const feed = new TimelineFeed()
    feed.take([effect('started', 10)])
    expect(feed.runs).toMatchObject([{ startMs: 10, endMs: undefined }])
    feed.take([effect('failed', 30, 20)])
    expect(feed.runs).toMatchObject([{ startMs: 10, endMs: 30, last: { status: 'failed' } }])
  })

  it('knows when an effect began of which only the end was told', () => {
    const feed = new TimelineFeed()
    feed.take([effect('done', 30, 25)])
    expect(feed.runs).toMatchObject([{ startMs: 5, endMs: 30 }])
  })

  it('holds a record once, whether a journal tells it or it was seen live, and then as it was seen', () => {
    const told = (seqNr: number, atMs: number) => ({ ...unit('a', seqNr, atMs), ms: 0, turn: 0, commit: 0 })
    const feed = new TimelineFeed()
    feed.take([told(1, 10), told(2, 20)])
    feed.take([unit('a', 2, 20), unit('a', 3, 30)])
    feed.take([told(1, 10), told(2, 20), told(3, 30)])
    expect(feed.items).toMatchObject([
      { seqNr: 1, commit: 0 },
      { seqNr: 2, commit: 2 },
      { seqNr: 3, commit: 3 },
    ])
  })

  it('takes what an actor ignored for no record of it', () => {
    const feed = new TimelineFeed()
    feed.take([{ ...unit('a', 1, 20), outcome: 'ignored' } as TimelineItem])
    feed.take([{ ...unit('a', 1, 10), turn: 0, commit: 0 } as TimelineItem])
    expect(feed.items).toHaveLength(2)
  })

  it('is bounded: the oldest go', () => {
    const feed = new TimelineFeed()
    feed.take(Array.from({ length: 30_000 }, (_, i) => unit('a', i, i)))
    expect(feed.items.length).toBeLessThanOrEqual(22_000)
    expect(feed.items.at(-1)?.atMs).toBe(29_999)
  })
})

describe('lanes', () => {
  it('are those of actors that did something in sight, in the order of their paths', () => {
    const feed = new TimelineFeed()
    feed.take([unit('w10', 1, 10), unit('w9', 1, 11), unit('late', 1, 99), effect('started', 5)])
    expect(lanesOf(feed, 0, 50, () => true)).toEqual({ paths: ['a', 'w9', 'w10'], hidden: 0 })
    expect(lanesOf(feed, 0, 50, (path) => path.startsWith('w')).paths).toEqual(['w9', 'w10'])
  })

  it('of too many actors are the busiest, and it is said how many are not there', () => {
    const feed = new TimelineFeed()
    feed.take(Array.from({ length: 100 }, (_, i) => unit(`w${i}`, 1, i)))
    feed.take([unit('w99', 2, 100)])
    const { paths, hidden } = lanesOf(feed, 0, 200, () => true)
    expect([paths.length, hidden, paths.includes('w99')]).toEqual([60, 40, true])
  })
})

describe('the stretch of time in sight', () => {
  it('stays around the moment at which one zooms', () => {
    const near = zoomed({ spanMs: 1_000, endMs: 5_000 }, 0.5, 0.25, 9_000)
    expect(near).toEqual({ spanMs: 500, endMs: 4_625 })
    expect(zoomed({ spanMs: 1_000, endMs: undefined }, 2, 0.5, 9_000)).toEqual({ spanMs: 2_000, endMs: undefined })
  })

  it('never goes beyond now', () => {
    expect(moved({ spanMs: 1_000, endMs: 5_000 }, 9_000, 6_000)).toEqual({ spanMs: 1_000, endMs: 6_000 })
    expect(moved({ spanMs: 1_000, endMs: undefined }, -500, 6_000)).toEqual({ spanMs: 1_000, endMs: 5_500 })
  })

  it('opens with the newest thing in it, if that was not too long ago', () => {
    const now = 10_000_000
    expect(opened(undefined, now)).toEqual({ spanMs: 10_000, endMs: undefined })
    expect(opened(now - 1_000, now).spanMs).toBe(10_000)
    expect(opened(now - 8_000, now).spanMs).toBe(30_000)
    expect(opened(now - 90_000, now).spanMs).toBe(180_000)
    expect(opened(now - 3_600_000, now).spanMs).toBe(10_000)
  })

  it('goes to a moment that is long ago, and stands still there', () => {
    expect(endingWith(5_000_000, 9_000_000)).toEqual({ spanMs: 10_000, endMs: 5_000_500 })
    expect(endingWith(5_000_000, 5_000_100).endMs).toBe(5_000_100)
  })

  it('steps through the usual lengths', () => {
    const window = { spanMs: 10_000, endMs: undefined }
    expect([stepped(window, 1, 0).spanMs, stepped(window, -1, 0).spanMs]).toEqual([30_000, 5_000])
  })

  it('has round moments marked, not too many', () => {
    for (const span of [50, 1_000, 10_000, 600_000]) {
      const ticks = ticksOf(1_000_003, 1_000_003 + span, 1_000)
      expect(ticks.length, String(span)).toBeGreaterThan(1)
      expect(ticks.length, String(span)).toBeLessThan(12)
    }
  })
})

describe('a notice', () => {
  it('names its actor once: where the sentence has it', () => {
    expect(noticeParts('a/b has failed: no', 'a/b')).toEqual({ before: '', after: ' has failed: no' })
    expect(noticeParts('GO for b is a dead letter.', 'b')).toEqual({ before: 'GO for ', after: ' is a dead letter.' })
    expect(noticeParts('Nobody has answered b: now ann is asked.', 'b')?.after).toBe(': now ann is asked.')
    expect(noticeParts('Nobody knows of b.', 'b')?.after).toBe('.')
  })

  it('does not take a part of a longer path or word for its actor', () => {
    expect(noticeParts('b/c and ab failed', 'b')).toBeUndefined()
    expect(noticeParts('b.c has failed', 'b')).toBeUndefined()
  })
})
