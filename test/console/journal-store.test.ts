import { describe, expect, test } from 'vitest'
import { JournalStore, PAGE } from '../../src/console/actor/past/journal-store.js'
import { isFailure, isMove, toneOfRecord } from '../../src/console/actor/past/records.js'
import { nearStretch, placeOn, recordAt } from '../../src/console/actor/past/track.js'
import type { JournalRow } from '../../src/control/protocol/journal.js'

const FAILED = 61_234

const rowOf = (seqNr: number): JournalRow => ({
  seqNr,
  atMs: seqNr,
  kind: seqNr === FAILED ? 'failure' : 'event',
  event: { type: 'TICK' },
  isMove: seqNr % 1_000 === 0,
  error: seqNr === FAILED ? 'it broke' : undefined,
})

/** A journal of so many records. */
function journalOf(count: number, first = 1) {
  const asked: number[] = []
  const end = { last: count }
  const load = async (from: number, limit: number) => {
    asked.push(from)
    const rows = Array.from({ length: Math.max(0, Math.min(limit, end.last - from + 1)) }, (_, index) =>
      rowOf(from + index),
    )
    return { rows, first, last: end.last }
  }
  return { asked, end, journal: new JournalStore(load, { first, last: count }) }
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 0))

describe('a journal of a hundred thousand records', () => {
  test('fetches the pages that are in view, once', async () => {
    const { asked, journal } = journalOf(100_000)
    journal.need(50_010, 50_090)
    journal.need(50_020, 50_100)
    await settled()
    expect(asked).toEqual([50_000])
    expect(journal.row(50_050)?.seqNr).toBe(50_050)
    expect(journal.row(70_000)).toBeUndefined()
  })

  test('finds the failure before, page by page, and says where it is on its way', async () => {
    const { journal } = journalOf(100_000)
    const way: number[] = []
    const found = await journal.find(100_001, -1, isFailure, { onWay: (seqNr) => way.push(seqNr) })
    expect(found).toBe(FAILED)
    expect(way.length).toBeGreaterThan(70)
    expect(await journal.find(FAILED, -1, isMove)).toBe(61_000)
    expect(await journal.find(FAILED, 1, isFailure)).toBeUndefined()
  })

  test('stops looking when it is told to', async () => {
    const { asked, journal } = journalOf(100_000)
    const abort = new AbortController()
    const looking = journal.find(100_001, -1, isFailure, { signal: abort.signal, onWay: () => abort.abort() })
    expect(await looking).toBeUndefined()
    expect(asked).toHaveLength(1)
  })

  test('that grows reads its newest page again, and no other', async () => {
    const { asked, end, journal } = journalOf(1_200)
    journal.need(400, 1_200)
    await settled()
    asked.length = 0
    end.last = 1_210
    journal.grow({ first: 1, last: 1_210 })
    journal.need(400, 1_210)
    await settled()
    expect(asked).toEqual([2 * PAGE])
    expect(journal.row(1_210)?.seqNr).toBe(1_210)
  })

  test('that has lost its beginning is read from where it begins', async () => {
    const { asked, journal } = journalOf(2_000, 730)
    journal.need(0, 900)
    await settled()
    expect(asked).toEqual([730])
  })

  test('says why a page could not be read', async () => {
    const journal = new JournalStore(() => Promise.reject(new Error('no answer')), { first: 1, last: 10 })
    journal.need(1, 10)
    await settled()
    expect(journal.problem).toMatchObject({ message: 'no answer' })
  })
})

describe('the marks of a journal', () => {
  test('a failure stands out over a change of state, and that over the rest', () => {
    expect(toneOfRecord({ ...rowOf(1_000), kind: 'failure' })).toBe('failure')
    expect(toneOfRecord({ ...rowOf(1), kind: 'effect', error: 'no answer' })).toBe('error')
    expect(toneOfRecord(rowOf(1_000))).toBe('move')
    expect(toneOfRecord(rowOf(1))).toBe('plain')
  })

  test('those around the shown record are on the track, without running over its ends', () => {
    const whole = { from: 1, to: 100_000 }
    expect(nearStretch(50_000, whole, 100)).toEqual({ from: 49_950, to: 50_049 })
    expect(nearStretch(2, whole, 100)).toEqual({ from: 1, to: 100 })
    expect(nearStretch(100_000, whole, 100)).toEqual({ from: 99_901, to: 100_000 })
    expect(nearStretch(3, { from: 1, to: 9 }, 100)).toEqual({ from: 1, to: 9 })
  })

  test('a place on the track is a record, and the other way round', () => {
    const stretch = { from: 11, to: 20 }
    for (let seqNr = 11; seqNr <= 20; seqNr++) expect(recordAt(placeOn(seqNr, stretch), stretch)).toBe(seqNr)
    expect(recordAt(-5, stretch)).toBe(11)
    expect(recordAt(1, stretch)).toBe(20)
  })
})
