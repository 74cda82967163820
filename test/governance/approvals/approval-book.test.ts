import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type ApprovalState,
  advanced,
  asked,
  type Change,
  decided,
  type Happening,
  nextMs,
  reopened,
  statusOf,
  withdrawn,
} from '../../../src/governance/approvals/approval-book.js'
import { packState, unpackState } from '../../../src/governance/approvals/approval-record.js'
import { planOf, readSettings } from '../../../src/governance/approvals/settings.js'

const LATE = 'too late'
const ada = { decision: 'approved', by: 'ada' } as const
const bob = { decision: 'denied', by: 'bob', reason: 'no' } as const

const plan = (settings: object, nowMs: number) => planOf({}, readSettings(settings), nowMs)
const pending = (settings: object = {}): ApprovalState => asked(plan(settings, 0), 0, false)

describe('a question', () => {
  it('is decided once: whoever comes second is not taken, and changes nothing', () => {
    const first = decided(pending(), ada, 10, LATE)
    expect(first).toMatchObject({ isTaken: true, state: { settled: { status: 'approved', by: 'ada', atMs: 10 } } })
    const second = decided(first.state, bob, 20, LATE)
    expect(second).toEqual({ isTaken: false, state: first.state, happened: [] })
  })

  it('counts as denied at its deadline, whether or not anybody has noticed', () => {
    const late = decided(pending({ timeoutMs: 100 }), ada, 100, LATE)
    expect(late.isTaken).toBe(false)
    expect(late.state.settled).toEqual({ status: 'expired', reason: LATE, atMs: 100 })
    expect(late.happened).toEqual([{ type: 'approvalExpired', reason: LATE, atMs: 100 }])
  })

  it('is escalated step by step, and denied at the end', () => {
    const chain = [
      { to: 'lead', afterMs: 10 },
      { to: 'cto', afterMs: 20 },
    ]
    const state = pending({ chain, timeoutMs: 50 })
    expect(nextMs(state)).toBe(10)
    const once = advanced(state, 10, LATE)
    expect(once.happened).toEqual([{ type: 'approvalEscalated', to: 'lead', atMs: 10 }])
    expect(nextMs(once.state)).toBe(20)
    expect(advanced(once.state, 30, LATE).happened).toEqual([{ type: 'approvalEscalated', to: 'cto', atMs: 20 }])
    expect(advanced(once.state, 60, LATE).happened).toEqual([{ type: 'approvalExpired', reason: LATE, atMs: 50 }])
  })

  it('of an actor that was lost with its process is withdrawn at the opening', () => {
    const state = asked(plan({}, 0), 0, true)
    expect(reopened(state, 5, LATE).state.settled).toMatchObject({ status: 'withdrawn', atMs: 5 })
  })

  it('that was decided while no system was there is told of at the opening, once', () => {
    const state: ApprovalState = { ...decided(pending(), bob, 7, LATE).state, isNews: true }
    const opened = reopened(unpackState(packState(state)), 9, LATE)
    expect(opened.happened).toEqual([{ type: 'approvalDecided', decision: 'denied', by: 'bob', reason: 'no', atMs: 7 }])
    expect(reopened(unpackState(packState(opened.state)), 9, LATE).happened).toEqual([])
  })
})

type Act = { readonly act: 'ask' | 'approve' | 'deny' | 'withdraw' | 'notice' | 'crash'; readonly afterMs: number }

const acts = fc.array(
  fc.record({
    act: fc.constantFrom<Act['act']>('ask', 'approve', 'deny', 'withdraw', 'notice', 'crash'),
    afterMs: fc.nat(400_000),
  }),
  { maxLength: 30 },
)

const settings = fc.record(
  {
    chain: fc
      .uniqueArray(fc.integer({ min: 1, max: 900_000 }), { maxLength: 4 })
      .map((times) => times.sort((a, b) => a - b).map((afterMs, at) => ({ to: `step ${at}`, afterMs }))),
    timeoutMs: fc.integer({ min: 900_001, max: 2_000_000 }),
  },
  { requiredKeys: [] },
)

/** One question through whatever comes, with what was told of each time that it was asked. */
class Life {
  state: ApprovalState
  nowMs = 0
  rounds: Happening[][] = [[]]
  taken = [0]

  constructor(private readonly settings: object) {
    this.state = asked(plan(settings, 0), 0, false)
  }

  do({ act, afterMs }: Act): void {
    this.nowMs += afterMs
    if (act === 'ask') this.#ask()
    else if (act === 'approve' || act === 'deny') this.#decide(act === 'approve' ? ada : bob)
    else if (act === 'withdraw') this.#note(withdrawn(this.state, 'gone', this.nowMs, LATE))
    else if (act === 'notice') this.#note(advanced(this.state, this.nowMs, LATE))
    else this.#note(reopened(unpackState(packState(this.state)), this.nowMs, LATE))
  }

  #decide(decision: typeof ada | typeof bob): void {
    const change = decided(this.state, decision, this.nowMs, LATE)
    if (change.isTaken) this.taken.push((this.taken.pop() as number) + 1)
    expect(change.isTaken && this.nowMs >= this.state.expiresMs).toBe(false)
    this.#note(change)
  }

  #ask(): void {
    if (statusOf(this.state) !== 'withdrawn') return
    this.state = asked(plan(this.settings, this.nowMs), this.nowMs, false)
    this.rounds.push([])
    this.taken.push(0)
  }

  #note({ state, happened }: Change): void {
    const before = this.state
    if (before.settled !== undefined) expect(state.settled).toEqual(before.settled)
    this.state = state
    this.rounds.at(-1)?.push(...happened)
  }
}

describe('whatever approvers, clocks, askers and crashes do', () => {
  it('a question is decided at most once, and what was decided stays', () => {
    fc.assert(
      fc.property(settings, acts, (given, all) => {
        const life = new Life(given)
        for (const act of all) life.do(act)
        for (const taken of life.taken) expect(taken).toBeLessThanOrEqual(1)
        for (const round of life.rounds) {
          const ends = round.filter(({ type }) => type !== 'approvalEscalated')
          expect(ends.length).toBeLessThanOrEqual(1)
          // Nothing is told of a question that is settled.
          expect(ends).toEqual(round.slice(round.length - ends.length))
          const steps = round.flatMap((one) => (one.type === 'approvalEscalated' ? one.to : []))
          expect(steps).toEqual([...new Set(steps)].sort())
        }
      }),
      { numRuns: 1_000 },
    )
  })

  it('never waits for ever: each question that nobody decides ends by itself', () => {
    fc.assert(
      fc.property(settings, (given) => {
        let state = pending(given)
        for (let dueMs = nextMs(state); dueMs !== undefined; dueMs = nextMs(state)) {
          const { state: next, happened } = advanced(state, dueMs, LATE)
          expect(happened).toHaveLength(1)
          state = next
        }
        expect(statusOf(state)).toBe('expired')
      }),
    )
  })
})
