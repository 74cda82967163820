/** What the side-by-side suite makes of its figures. */
import { describe, expect, it } from 'vitest'
import { goals } from '../bench/peers/report/goals.js'
import { measureOf } from '../bench/peers/report/measures.js'
import { goalRows, peerRows } from '../bench/peers/report/rows.js'
import { tables } from '../bench/peers/report/tables.js'
import type { PeerResult, Results, WorkResult } from '../bench/peers/results.js'

describe('the rows of the goals', () => {
  it('compare with the best of the peers that were measured, and name those that were not', () => {
    const results = run(peer('roscius', 0.3), peer('restate', 4), peer('langgraph', 2), absent('dbos', 'no PostgreSQL'))
    expect(goalRows(results)).toContainEqual(
      expect.objectContaining({
        id: 'peers.step-1',
        value: 0.3,
        baseline: 2,
        ratio: 0.15,
        met: true,
        note: 'the best of langgraph, restate; without dbos',
      }),
    )
  })

  it('are not met by a figure beyond the goal', () => {
    const results = run(peer('roscius', 1), peer('restate', 3))
    expect(rowOf(results, 'peers.step-1')).toMatchObject({ ratio: 0.3333, met: false })
  })

  it('say so where nothing was there to compare with', () => {
    const results = run(peer('roscius', 1), absent('restate', 'not installed'))
    expect(rowOf(results, 'peers.step-1')).toMatchObject({
      value: null,
      met: null,
      note: expect.stringContaining('restate'),
    })
  })

  it('want no step lost and none applied twice', () => {
    const losing = (lost: number): Results => run(crashed('roscius', 300, { lost }))
    expect(rowOf(losing(0), 'peers.crash-lost')).toMatchObject({ value: 0, goal: 0, met: true })
    expect(rowOf(losing(1), 'peers.crash-lost')).toMatchObject({ value: 1, goal: 0, met: false })
  })

  it('leave out of the time after a crash whoever has lost a step or applied one twice, and say who and why', () => {
    const results = run(
      crashed('roscius', 300),
      crashed('xstate', 100, { twice: 9 }),
      crashed('otp-disk', 100, { twice: 1 }),
      crashed('langgraph', 200, { lost: 1 }),
      crashed('dbos', 600),
    )
    expect(rowOf(results, 'peers.crash-first')).toMatchObject({
      baseline: 600,
      ratio: 0.5,
      met: true,
      note: 'beside dbos; without xstate, otp-disk, which have applied steps twice; without langgraph, which has lost steps; without restate',
    })
  })

  it('compare with whoever has kept each step once, be it an engine or not', () => {
    const results = run(crashed('roscius', 300), crashed('otp-disk', 100), crashed('dbos', 600))
    expect(rowOf(results, 'peers.crash-first')).toMatchObject({ baseline: 100, ratio: 3, met: false })
  })

  it('say why where nobody has kept each step once', () => {
    const results = run(crashed('roscius', 300), crashed('xstate', 100, { twice: 9 }))
    expect(rowOf(results, 'peers.crash-first')).toMatchObject({
      value: null,
      note: expect.stringContaining('without xstate, which has applied steps twice'),
    })
  })

  it('that are only told compare with those as well', () => {
    const results = run(crashed('roscius', 300), crashed('xstate', 100, { twice: 9 }))
    expect(rowOf(results, 'peers.crash-first-by-hand')).toMatchObject({ baseline: 100, note: 'beside xstate' })
  })

  it('are of measures that there are', () => {
    for (const { measure, against } of goals) {
      expect(measureOf(measure).label).not.toBe('')
      if (typeof against === 'object' && 'own' in against) expect(measureOf(against.own).label).not.toBe('')
    }
  })
})

describe('the rows of the peers', () => {
  it('name a peer that is not there, a work that it does not do, and one at which it failed', () => {
    const declined: PeerResult = {
      ...peer('nact', 1),
      works: { sleep: { declined: 'it has no timers' }, crash: { failed: 'it hangs' } },
    }
    const rows = peerRows(run(peer('roscius', 1), absent('otp', 'erlang-base is not installed'), declined))
    expect(rows).toContainEqual(
      expect.objectContaining({ id: 'peers.otp', value: null, note: 'erlang-base is not installed' }),
    )
    expect(rows).toContainEqual(expect.objectContaining({ id: 'peers.sleep.nact', note: 'it has no timers' }))
    expect(rows).toContainEqual(expect.objectContaining({ id: 'peers.crash.nact', note: 'failed: it hangs' }))
  })

  it('put each figure beside that of Roscius, and say what is not promised', () => {
    const rows = peerRows(run(peer('roscius', 1), peer('restate', 4)))
    expect(rows).toContainEqual({
      id: 'peers.step-1.p50.restate',
      unit: 'ms p50',
      better: 'lower',
      goal: null,
      note: 'durable; not promised: much',
      value: 1,
      baseline: 4,
      ratio: 0.25,
      met: null,
    })
  })
})

describe('the tables', () => {
  it('name whoever is missing or has failed', () => {
    const failed: PeerResult = { ...peer('nact', 1), works: { step: { failed: 'it hangs' } } }
    const text = tables(run(peer('roscius', 1), absent('otp', 'erlang-base is not installed'), failed), [])
    expect(text).toContain('otp: erlang-base is not installed')
    expect(text).toContain('nact failed: it hangs')
  })
})

function run(...peers: readonly PeerResult[]): Results {
  return { peers }
}

function peer(id: string, p50: number): PeerResult {
  return withWork(id, 'step', { 'step-1.p50': p50 })
}

function crashed(id: string, first: number, { lost = 0, twice = 0 } = {}): PeerResult {
  return withWork(id, 'crash', { 'crash.lost': lost, 'crash.twice': twice, 'crash.first': first })
}

function withWork(id: string, work: 'step' | 'crash', figures: Readonly<Record<string, number>>): PeerResult {
  const result: WorkResult = { promise: 'durable', lacks: 'much', figures }
  return { id, name: id, settings: '', versions: {}, works: { [work]: result } }
}

function absent(id: string, missing: string): PeerResult {
  return { id, name: id, settings: '', missing, works: {} }
}

function rowOf(results: Results, id: string) {
  return goalRows(results).find((row) => row.id === id)
}
