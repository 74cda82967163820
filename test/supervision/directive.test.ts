import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DEFAULT_BACKOFF } from '../../src/supervision/backoff.js'
import type { Directive, RestartType } from '../../src/supervision/child-spec.js'
import {
  DEFAULT_DIRECTIVES,
  type Decision,
  decide,
  EMPTY_HISTORY,
  type History,
  type RestartDecision,
  type Situation,
} from '../../src/supervision/directive.js'
import { FAILURE_CLASSES } from '../../src/supervision/failure-class.js'
import { affected, type Strategy } from '../../src/supervision/strategy.js'
import { situation } from './situations.js'

function restartOf(of: Situation): RestartDecision {
  const decision = decide(of)
  if (decision.kind !== 'restart') throw new Error(`expected a restart, got ${JSON.stringify(decision)}`)
  return decision
}

/** The history after restarts at these times. */
function restartedAt(...times: readonly number[]): History {
  return { restarts: times, streak: times.length, lastMs: times.at(-1) ?? 0 }
}

/**
 * What OTP's supervisor does with children a, b, c of one restart type, of which one ends for a reason. A cell is what is
 * stopped / what is started, each in order; `-` is no restart. `stopped` is OTP's exit reason `shutdown`; `cancelled`
 * is its `terminate_child`; `startFailed` its `try_again_restart`.
 */
const OTP = `
                          oneForOne            oneForAll                    restForOne
restart     reason        a     b     c        a        b        c          a        b      c
permanent   done          /a    /b    /c       cb/abc   ca/abc   ba/abc     cb/abc   c/bc   /c
permanent   stopped       /a    /b    /c       cb/abc   ca/abc   ba/abc     cb/abc   c/bc   /c
permanent   failed        /a    /b    /c       cb/abc   ca/abc   ba/abc     cb/abc   c/bc   /c
permanent   startFailed   /a    /b    /c       cb/abc   ca/abc   ba/abc     cb/abc   c/bc   /c
permanent   cancelled     -     -     -        -        -        -          -        -      -
transient   done          -     -     -        -        -        -          -        -      -
transient   stopped       -     -     -        -        -        -          -        -      -
transient   failed        /a    /b    /c       cb/abc   ca/abc   ba/abc     cb/abc   c/bc   /c
transient   startFailed   /a    /b    /c       cb/abc   ca/abc   ba/abc     cb/abc   c/bc   /c
transient   cancelled     -     -     -        -        -        -          -        -      -
temporary   done          -     -     -        -        -        -          -        -      -
temporary   stopped       -     -     -        -        -        -          -        -      -
temporary   failed        -     -     -        -        -        -          -        -      -
temporary   startFailed   -     -     -        -        -        -          -        -      -
temporary   cancelled     -     -     -        -        -        -          -        -      -
`

interface Case {
  readonly strategy: Strategy
  readonly restart: RestartType
  readonly reason: Situation['reason']
  readonly child: string
  readonly cell: string
}

const STRATEGIES = ['oneForOne', 'oneForAll', 'restForOne'] as const

function casesOf(table: string): Case[] {
  const rows = table.trim().split('\n').slice(2)
  return rows.flatMap((row) => {
    const [restart, reason, ...cells] = row.split(/ +/)
    return cells.map((cell, column) => ({
      strategy: STRATEGIES[Math.floor(column / 3)]!,
      restart: restart as RestartType,
      reason: reason as Situation['reason'],
      child: 'abc'[column % 3]!,
      cell,
    }))
  })
}

/** Who a decision stops and starts, written as in the table. */
function cellOf(decision: Decision, strategy: Strategy, child: string): string {
  if (decision.kind !== 'restart') return '-'
  const { stop, start } = affected(strategy, ['a', 'b', 'c'], child)
  return `${stop.join('')}/${start.join('')}`
}

describe('as in OTP', () => {
  const cases = casesOf(OTP)

  test('the table is whole: strategy × restart type × reason × position', () => {
    expect(new Set(cases.map(({ cell, ...key }) => JSON.stringify(key))).size).toBe(3 * 3 * 5 * 3)
  })

  test.each(cases)('$strategy, $restart $child $reason: $cell', ({ strategy, restart, reason, child, cell }) => {
    expect(cellOf(decide(situation({ strategy, reason, spec: { restart } })), strategy, child)).toBe(cell)
  })

  test('an ending supervisor restarts nobody, whatever the rest of the table says', () => {
    for (const { strategy, restart, reason } of cases) {
      const decision = decide(situation({ strategy, reason, spec: { restart }, isSupervisorEnding: true }))
      expect(decision).toEqual({ kind: 'stop', rule: 'supervisorEnding' })
    }
  })

  test.each([
    ['oneForOne', 'one'],
    ['oneForAll', 'all'],
    ['restForOne', 'rest'],
  ] as const)('%s restarts %s', (strategy, scope) => {
    expect(restartOf(situation({ strategy })).scope).toBe(scope)
  })
})

describe('a failure class', () => {
  const OUTCOMES = [
    ['transient', 'restart', 'failed'],
    ['timeout', 'restart', 'failed'],
    ['bug', 'restart', 'failed'],
    ['permanent', 'escalate', 'directiveEscalate'],
    ['budget', 'stop', 'directiveStop'],
    ['cancelled', 'stop', 'directiveStop'],
  ] as const

  test('has a default directive, each of them', () => {
    expect(Object.keys(DEFAULT_DIRECTIVES).sort()).toEqual([...FAILURE_CLASSES].sort())
    expect(OUTCOMES.map(([failureClass]) => failureClass).sort()).toEqual([...FAILURE_CLASSES].sort())
  })

  test.each(OUTCOMES)('%s means %s by default', (failureClass, kind, rule) => {
    expect(decide(situation({ failureClass }))).toMatchObject({ kind, rule })
  })

  test('is a bug where nobody says which', () => {
    const decision = decide(situation({ spec: { directives: { bug: 'stop' } } }))
    expect(decision).toEqual({ kind: 'stop', rule: 'directiveStop' })
  })

  test.each([
    ['stop', { kind: 'stop', rule: 'directiveStop' }],
    ['resume', { kind: 'resume', rule: 'directiveResume' }],
    ['escalate', { kind: 'escalate', why: 'directive', history: EMPTY_HISTORY, rule: 'directiveEscalate' }],
  ] as const)('can mean %s', (directive, decision) => {
    expect(decide(situation({ envelope: 'mail', deliveries: 1, directives: { bug: directive } }))).toEqual(decision)
  })

  test.each<[spec: Directive | undefined, supervisor: Directive | undefined, kind: Decision['kind']]>([
    ['stop', 'resume', 'stop'],
    [undefined, 'resume', 'resume'],
    [undefined, undefined, 'escalate'],
    ['restart', undefined, 'restart'],
  ])('is looked up in the spec (%s), then in the supervisor (%s): %s', (spec, supervisor, kind) => {
    const directives = { permanent: supervisor }
    const given = situation({
      envelope: 'mail',
      deliveries: 1,
      failureClass: 'permanent',
      directives,
      spec: { directives: { permanent: spec } },
    })
    expect(decide(given).kind).toBe(kind)
  })

  test('is looked up one by one: a spec that speaks of bugs leaves the others to the supervisor', () => {
    const given = situation({
      failureClass: 'timeout',
      directives: { timeout: 'stop' },
      spec: { directives: { bug: 'resume' } },
    })
    expect(decide(given).kind).toBe('stop')
  })

  test('does not matter to a child that ended by itself', () => {
    const directives = { bug: 'stop', permanent: 'stop' } as const
    expect(restartOf(situation({ reason: 'done', failureClass: 'permanent', directives })).rule).toBe('permanentEnded')
  })

  test('does not bring a temporary child back', () => {
    const given = situation({ spec: { restart: 'temporary' }, directives: { bug: 'restart' } })
    expect(decide(given)).toEqual({ kind: 'stop', rule: 'temporary' })
  })

  test.each(['failed', 'startFailed'] as const)(
    'cannot resume without what is not mail: %s is a restart, and counts',
    (reason) => {
      const of = situation({ reason, directives: { bug: 'resume', transient: 'resume' }, now: 7 })
      expect(restartOf(of)).toMatchObject({ rule: 'failed', isCounted: true, history: { restarts: [7] } })
      expect(restartOf({ ...of, failureClass: 'transient' })).toMatchObject({ rule: 'failed', delayMs: 200 })
      expect(decide({ ...of, history: restartedAt(5, 6, 7) })).toMatchObject({ rule: 'intensityExceeded' })
    },
  )

  test('is no matter to a child that has never been up: as in OTP it stays down', () => {
    for (const directive of ['restart', 'resume', 'escalate'] as const) {
      const of = situation({ reason: 'neverStarted', directives: { bug: directive } })
      expect(decide(of)).toEqual({ kind: 'stop', rule: 'neverStarted' })
      expect(decide({ ...of, isSupervisorEnding: true })).toEqual({ kind: 'stop', rule: 'neverStarted' })
    }
  })
})

describe('a restart', () => {
  test.each(['lastGood', 'initial'] as const)('is from %s as the spec says', (restartFrom) => {
    expect(restartOf(situation({ spec: { restartFrom } })).from).toBe(restartFrom)
  })

  test.each(['done', 'stopped'] as const)('of a permanent child that is %s is a fresh start', (reason) => {
    expect(restartOf(situation({ reason }))).toMatchObject({ from: 'initial', isCounted: true, redeliver: false })
  })

  test.each(['failed', 'startFailed'] as const)('counts when it %s', (reason) => {
    const { isCounted, history } = restartOf(situation({ reason, now: 7 }))
    expect({ isCounted, history }).toEqual({ isCounted: true, history: { restarts: [7], streak: 1, lastMs: 7 } })
  })
})

describe('intensity', () => {
  const at = (now: number, restarts: readonly number[], rest: Parameters<typeof situation>[0] = {}): Situation =>
    situation({ now, history: restartedAt(...restarts), ...rest })

  test('bears maxRestarts restarts in the window, and escalates with the next', () => {
    expect(restartOf(at(5_000, [1_000, 2_000])).history.restarts).toEqual([1_000, 2_000, 5_000])
    expect(decide(at(5_000, [1_000, 2_000, 3_000]))).toEqual({
      kind: 'escalate',
      why: 'intensity',
      history: { restarts: [1_000, 2_000, 3_000, 5_000], streak: 3, lastMs: 3_000 },
      rule: 'intensityExceeded',
    })
  })

  test('counts a restart of exactly withinMs ago, and none that is older', () => {
    expect(decide(at(6_000, [1_000, 2_000, 3_000])).kind).toBe('escalate')
    expect(restartOf(at(6_001, [1_000, 2_000, 3_000])).history.restarts).toEqual([2_000, 3_000, 6_001])
  })

  test('of 0 escalates the first failure', () => {
    expect(decide(at(1, [], { intensity: { maxRestarts: 0, withinMs: 1 } })).kind).toBe('escalate')
  })

  test('of the spec comes before that of the supervisor', () => {
    const spec = { intensity: { maxRestarts: 0, withinMs: 1 } }
    expect(decide(at(1, [], { spec })).kind).toBe('escalate')
  })

  test.each(['done', 'stopped', 'startFailed'] as const)('counts a permanent child that is %s', (reason) => {
    expect(decide(at(5_000, [1_000, 2_000, 3_000], { reason })).kind).toBe('escalate')
  })

  test('is no matter for a child that is not restarted', () => {
    expect(decide(at(5_000, [1, 2, 3], { spec: { restart: 'temporary' } })).kind).toBe('stop')
    expect(decide(at(5_000, [1, 2, 3], { envelope: 'mail', deliveries: 1, directives: { bug: 'resume' } })).kind).toBe(
      'resume',
    )
  })

  test('is about hot loops: a restart that waits does not count, and is not one too many', () => {
    const full = at(5_000, [3_000, 4_000, 5_000], { failureClass: 'transient' })
    expect(restartOf(full)).toMatchObject({
      rule: 'failed',
      isCounted: false,
      history: { restarts: [3_000, 4_000, 5_000] },
    })
    expect(restartOf(at(5_000, [], { reason: 'done', spec: { backoff: DEFAULT_BACKOFF } })).isCounted).toBe(false)
  })

  test('counts what has a backoff and does not wait all the same', () => {
    const backoff = { ...DEFAULT_BACKOFF, initialMs: 0 }
    expect(restartOf(at(5_000, [], { spec: { backoff } }))).toMatchObject({ delayMs: 0, isCounted: true })
    const poison = { envelope: 'mail', deliveries: 1, spec: { backoff: DEFAULT_BACKOFF, maxDeliveries: 1 } } as const
    expect(restartOf(at(5_000, [], poison))).toMatchObject({ rule: 'poison', delayMs: 0, isCounted: true })
  })

  test('escalates exactly when OTP would, for any times of failures', () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 3_000 }), { maxLength: 40 })
    const intensity = fc.record({
      maxRestarts: fc.integer({ min: 0, max: 5 }),
      withinMs: fc.constantFrom(1, 1_000, 5_000),
    })
    fc.assert(
      fc.property(gaps, intensity, (between, bound) => {
        let now = 0
        let history = EMPTY_HISTORY
        let otp: readonly number[] = []
        for (const gap of between) {
          now += gap
          otp = [now, ...otp.filter((time) => time >= now - bound.withinMs)]
          const decision = decide(situation({ now, history, intensity: bound }))
          expect(decision.kind).toBe(otp.length > bound.maxRestarts ? 'escalate' : 'restart')
          if (decision.kind !== 'restart') return
          history = decision.history
        }
      }),
    )
  })
})

describe('an event that fails its actor', () => {
  const mail = (deliveries: number, rest: Parameters<typeof situation>[0] = {}): Situation =>
    situation({ envelope: 'mail', deliveries, ...rest })

  test('is delivered again until the last time, then it is poison', () => {
    const fates = [1, 2, 3].map((deliveries) => {
      const { rule, redeliver, isPoison, isCounted } = restartOf(mail(deliveries))
      return { rule, redeliver, isPoison, isCounted }
    })
    expect(fates).toEqual([
      { rule: 'failed', redeliver: true, isPoison: false, isCounted: true },
      { rule: 'redelivery', redeliver: true, isPoison: false, isCounted: false },
      { rule: 'poison', redeliver: false, isPoison: true, isCounted: false },
    ])
  })

  test('is poison at once with maxDeliveries 1, and counts', () => {
    const decision = restartOf(mail(1, { spec: { maxDeliveries: 1 } }))
    expect(decision).toMatchObject({ rule: 'poison', isPoison: true, redeliver: false, isCounted: true })
  })

  test('costs one restart of the intensity, however often it is delivered', () => {
    const full = { history: restartedAt(1, 2, 3), now: 4 }
    expect(decide(mail(1, full)).kind).toBe('escalate')
    expect(restartOf(mail(2, full)).history.restarts).toEqual([1, 2, 3])
    expect(restartOf(mail(3, full)).history.restarts).toEqual([1, 2, 3])
  })

  test('leaves its supervisor alone: three poison events in the window are borne', () => {
    let history = EMPTY_HISTORY
    const rules: string[] = []
    for (const [index, deliveries] of [1, 2, 3, 1, 2, 3, 1, 2, 3].entries()) {
      const decision = restartOf(mail(deliveries, { history, now: index }))
      history = decision.history
      rules.push(decision.rule)
    }
    expect(rules.filter((rule) => rule === 'poison')).toHaveLength(3)
    expect(history.restarts).toEqual([0, 3, 6])
  })

  test('from inside the actor is never delivered again and never poison', () => {
    const { redeliver, isPoison, isCounted } = restartOf(situation({ envelope: 'internal', deliveries: 9 }))
    expect({ redeliver, isPoison, isCounted }).toEqual({ redeliver: false, isPoison: false, isCounted: true })
  })

  test.each(['startFailed', 'done', 'stopped'] as const)('is not to blame for a child that is %s', (reason) => {
    expect(restartOf(mail(3, { reason }))).toMatchObject({ redeliver: false, isPoison: false, isCounted: true })
  })

  test('restarts the group like any failure', () => {
    expect(restartOf(mail(3, { strategy: 'oneForAll' }))).toMatchObject({ scope: 'all', isPoison: true })
  })
})

describe('backoff', () => {
  const explicit = { initialMs: 100, factor: 3, maxMs: 1_000, jitter: 0, resetMs: 10_000 }

  test.each([
    ['transient', 200],
    ['timeout', 200],
    ['bug', 0],
  ] as const)('by default makes a failure of class %s wait %d ms', (failureClass, delayMs) => {
    expect(restartOf(situation({ failureClass })).delayMs).toBe(delayMs)
  })

  test('given makes every restart wait', () => {
    const delays = (['failed', 'startFailed', 'done', 'stopped'] as const).map(
      (reason) => restartOf(situation({ reason, spec: { backoff: explicit } })).delayMs,
    )
    expect(delays).toEqual([100, 100, 100, 100])
  })

  test('of false makes none wait', () => {
    expect(restartOf(situation({ failureClass: 'transient', spec: { backoff: false } })).delayMs).toBe(0)
  })

  test('does not ask for the class of what has not failed', () => {
    expect(restartOf(situation({ reason: 'done', failureClass: 'transient' })).delayMs).toBe(0)
  })

  test('holds for a redelivery, and not for poison: nothing is tried again', () => {
    const mail = { envelope: 'mail', spec: { backoff: explicit } } as const
    expect(restartOf(situation({ ...mail, deliveries: 2 })).delayMs).toBe(100)
    expect(restartOf(situation({ ...mail, deliveries: 3 })).delayMs).toBe(0)
  })

  const streak = (resetAfter: number): number[] => {
    let history = EMPTY_HISTORY
    let now = 1_000
    return [0, 0, 0, 0, resetAfter, 0].map((quiet) => {
      now = Math.max(now, history.lastMs) + quiet
      const decision = restartOf(
        situation({ now, history, spec: { backoff: explicit }, intensity: { maxRestarts: 99, withinMs: 1 } }),
      )
      history = decision.history
      return decision.delayMs
    })
  }

  test('grows with each failure up to maxMs, and begins anew after a quiet time', () => {
    expect(streak(10_000)).toEqual([100, 300, 900, 1_000, 100, 300])
    expect(streak(9_999)).toEqual([100, 300, 900, 1_000, 1_000, 1_000])
  })

  test('does not take its own wait for a quiet time', () => {
    const backoff = { ...explicit, initialMs: 30_000, maxMs: 30_000, resetMs: 10_000 }
    const first = restartOf(situation({ now: 0, spec: { backoff } }))
    const second = restartOf(situation({ now: 30_001, history: first.history, spec: { backoff } }))
    expect(second.history.streak).toBe(2)
  })

  test('is spread by chance', () => {
    const delayMs = (chance: number): number => restartOf(situation({ failureClass: 'timeout', chance })).delayMs
    expect([delayMs(0), delayMs(0.5), delayMs(0.999)]).toEqual([160, 200, 239])
  })
})

describe('a dependency that stays down', () => {
  /** Fails at once after each wait; the restarts, until it escalates or there have been so many. */
  const failFor = (times: number, of: Parameters<typeof situation>[0]): { waits: number[]; last: Decision } => {
    const waits: number[] = []
    let [history, now] = [EMPTY_HISTORY, 0]
    for (;;) {
      const decision = decide(situation({ ...of, history, now }))
      if (decision.kind !== 'restart' || waits.length === times) return { waits, last: decision }
      waits.push(decision.delayMs)
      history = decision.history
      now += decision.delayMs
    }
  }

  test('is waited for without end by the defaults: 200 ms, doubling to 30 s', () => {
    const { waits, last } = failFor(100, { failureClass: 'transient' })
    expect(waits.slice(0, 9)).toEqual([200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600, 30_000])
    expect(new Set(waits.slice(9))).toEqual(new Set([30_000]))
    expect(last).toMatchObject({ kind: 'restart', history: { restarts: [] } })
  })

  test('is given up after maxRestarts of the backoff', () => {
    const spec = { backoff: { ...DEFAULT_BACKOFF, maxRestarts: 4 } }
    const { waits, last } = failFor(100, { spec })
    expect(waits).toEqual([200, 400, 800, 1_600])
    expect(last).toMatchObject({ kind: 'escalate', why: 'backoff', rule: 'backoffExhausted' })
  })

  test('is not given up while there are quiet times between the failures', () => {
    const backoff = { ...DEFAULT_BACKOFF, maxRestarts: 1, resetMs: 10 }
    const history = { restarts: [], streak: 1, lastMs: 100 }
    expect(decide(situation({ now: 109, history, spec: { backoff } })).rule).toBe('backoffExhausted')
    expect(decide(situation({ now: 110, history, spec: { backoff } })).rule).toBe('failed')
  })

  test('is not given up in the middle of an event that is delivered again', () => {
    const spec = { backoff: { ...DEFAULT_BACKOFF, maxRestarts: 1 } }
    const history = { restarts: [], streak: 1, lastMs: 100 }
    const rules = [1, 2, 3].map(
      (deliveries) => decide(situation({ envelope: 'mail', deliveries, now: 100, history, spec })).rule,
    )
    expect(rules).toEqual(['backoffExhausted', 'redelivery', 'poison'])
  })
})

describe('any situation', () => {
  const directive = fc.constantFrom<(Directive | undefined)[]>('restart', 'resume', 'stop', 'escalate', undefined)
  const directives = fc.record({ bug: directive, transient: directive, permanent: directive })
  const intensity = fc.record({
    maxRestarts: fc.integer({ min: 0, max: 4 }),
    withinMs: fc.integer({ min: 1, max: 900 }),
  })
  const backoff = fc.record({
    initialMs: fc.integer({ min: 0, max: 1_000 }),
    factor: fc.double({ min: 1, max: 10, noNaN: true }),
    maxMs: fc.integer({ min: 0, max: 60_000 }),
    jitter: fc.double({ min: 0, max: 1, noNaN: true }),
    resetMs: fc.integer({ min: 0, max: 60_000 }),
    maxRestarts: fc.option(fc.integer({ min: 1, max: 100 }), { nil: undefined }),
  })
  const situations: fc.Arbitrary<Situation> = fc.record({
    spec: fc.record({
      restart: fc.constantFrom('permanent', 'transient', 'temporary'),
      restartFrom: fc.constantFrom('lastGood', 'initial'),
      shutdownMs: fc.constant(5_000),
      backoff: fc.oneof(backoff, fc.constant(false as const), fc.constant(undefined)),
      significant: fc.boolean(),
      directives,
      maxDeliveries: fc.integer({ min: 1, max: 4 }),
      intensity: fc.option(intensity, { nil: undefined }),
    }),
    strategy: fc.constantFrom(...STRATEGIES),
    intensity,
    directives,
    reason: fc.constantFrom('failed', 'startFailed', 'neverStarted', 'done', 'stopped', 'cancelled'),
    failureClass: fc.option(fc.constantFrom(...FAILURE_CLASSES), { nil: undefined }),
    envelope: fc.constantFrom('mail', 'internal'),
    deliveries: fc.integer({ min: 0, max: 5 }),
    history: fc.record({
      restarts: fc
        .array(fc.integer({ min: 0, max: 2_000 }), { maxLength: 8 })
        .map((times) => times.sort((a, b) => a - b)),
      streak: fc.integer({ min: 0, max: 2_000 }),
      lastMs: fc.integer({ min: 0, max: 2_000 }),
    }),
    now: fc.integer({ min: 0, max: 2_000 }),
    chance: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    isSupervisorEnding: fc.boolean(),
  })
  const holds = (claim: (of: Situation, decision: Decision) => void): void =>
    fc.assert(
      fc.property(situations, (of) => {
        claim(of, decide(of))
      }),
      { numRuns: 2_000 },
    )

  test('has one decision, and the same again', () => {
    holds((of, decision) => expect(decide(structuredClone(of))).toEqual(decision))
  })

  test('leaves a history that is bounded and can be stored', () => {
    holds((of, decision) => {
      if (!('history' in decision) || (decision.kind === 'escalate' && decision.why !== 'intensity')) return
      const { maxRestarts } = of.spec.intensity ?? of.intensity
      expect(decision.history.restarts.length).toBeLessThanOrEqual(maxRestarts + 1)
      expect(JSON.parse(JSON.stringify(decision.history))).toEqual(decision.history)
    })
  })

  test('restarts nobody who is temporary, cancelled, or under an ending supervisor', () => {
    holds(({ spec, reason, isSupervisorEnding }, { kind }) => {
      if (spec.restart === 'temporary' || reason === 'cancelled' || isSupervisorEnding) expect(kind).toBe('stop')
    })
  })

  test('keeps an event, gives it up, or has none to keep: never two of these', () => {
    holds(({ envelope, reason }, decision) => {
      if (decision.kind !== 'restart') return
      const fates = Number(decision.redeliver) + Number(decision.isPoison)
      expect(fates).toBe(envelope === 'mail' && reason === 'failed' ? 1 : 0)
    })
  })

  test('counts a restart, or makes it wait, or delivers again: nobody restarts for ever for free', () => {
    holds((of, decision) => {
      if (decision.kind === 'resume') expect([of.envelope, of.reason]).toEqual(['mail', 'failed'])
      if (decision.kind !== 'restart' || (of.envelope === 'mail' && of.deliveries > 1 && of.reason === 'failed')) return
      expect(decision.isCounted).toBe(decision.delayMs === 0)
    })
  })

  test('waits a whole number of ms within the bounds', () => {
    holds(({ spec }, decision) => {
      if (decision.kind !== 'restart') return
      const { maxMs, jitter } = spec.backoff || { maxMs: 30_000, jitter: 0.2 }
      expect(Number.isInteger(decision.delayMs)).toBe(true)
      expect(decision.delayMs).toBeGreaterThanOrEqual(0)
      expect(decision.delayMs).toBeLessThanOrEqual(maxMs * (1 + jitter))
    })
  })
})
