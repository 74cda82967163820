import { beforeAll, describe, expect, test } from 'vitest'
import { build } from '../support/build.js'
import { checkTree } from './supervision/check.js'
import type { Line, Rest, Seen } from './supervision/ledger.js'
import type { Step } from './supervision/steps.js'
import { attackTree, suite } from './supervision.suite.js'

beforeAll(() => build().then(() => build('test/faults')), 120_000)

test('twelve kills in the middle of restarts, backoffs, stops and cancels leave every property of the tree whole', async () => {
  const { runs, violations, facts } = await suite.run({ kills: 12, log: console.log })
  expect(violations).toEqual([])
  expect(runs).toBe(12)
  expect(facts?.['steps asked for']).toBeGreaterThan(100)
  expect(facts?.restarts).toBeGreaterThan(20)
}, 120_000)

/** What is seen of `path` when all is at rest. */
const atRest =
  (path: string, change: Partial<Seen>) =>
  (lines: readonly Line[]): Line[] =>
    lines.map((line) =>
      line.t === 'picture' && line.isAtRest
        ? { ...line, actors: line.actors.map((actor) => (actor.path === path ? { ...actor, ...change } : actor)) }
        : line,
    )

const withRest =
  (change: (rest: Rest) => Partial<Rest>) =>
  (lines: readonly Line[]): Line[] =>
    lines.map((line) => (line.t === 'rest' ? { ...line, rest: { ...line.rest, ...change(line.rest) } } : line))

const HEALTHY = 'root/pool/h0'

const withJournal = (change: (entries: readonly Rest['journals'][string][number][]) => Rest['journals'][string]) =>
  withRest(({ journals }) => ({ journals: { ...journals, [HEALTHY]: change(journals[HEALTHY] ?? []) } }))

/** Steps that were asked for and answered, before the last look; then somebody is seen alive. */
const done =
  (steps: readonly (readonly [step: Step, answer: string])[], seen: string) =>
  (lines: readonly Line[]): Line[] =>
    lines.flatMap((line) => {
      if (line.t !== 'picture' || !line.isAtRest) return [line]
      const asked = steps.flatMap(([step, answer], index): Line[] => [
        { t: 'asked', n: `x-${index}`, step },
        { t: 'answered', n: `x-${index}`, answer },
      ])
      const stray: Seen = { path: seen, status: 'active', value: 'running', mailbox: 0, stash: 0 }
      return [...asked, { ...line, actors: [...line.actors, stray] }]
    })

const MISSION = 'root/yard/mission-x'
const TEMP = 'root/yard/temp-x'
const start = (path: string, logic: 'leaf' | 'squad'): readonly [Step, string] => [
  { kind: 'start', path, logic, restart: 'temporary' },
  'ok',
]
const failure = (n: string) => ({ kind: 'failure', key: undefined, time: 1_000_000, event: { type: 'FAIL', n } })
const begins = (at: number): Line => ({ t: 'begin', path: HEALTHY, life: 9, at })

describe('the judge of the supervision suite finds', () => {
  let lines: readonly Line[] = []
  beforeAll(async () => {
    lines = (await attackTree(43, 2, () => {})).lines
    expect(checkTree(lines)).toEqual([])
    expect(lines.some(({ t }) => t === 'rest')).toBe(true)
  }, 60_000)

  test.each<[claim: string, invariant: string, tamper: (lines: readonly Line[]) => readonly Line[]]>([
    ['a permanent child that is not there', 'children', atRest('root/crew/a', { status: 'failed' })],
    ['one that waits for a restart that never comes', 'children', atRest('root/pool/f1', { status: 'restarting' })],
    ['a supervisor that is stuck', 'children', atRest('root/crew', { value: { restarting: 'stopping' } })],
    ['an orphan', 'children', atRest('root/pool/ward', { status: 'stopped' })],
    [
      'one that runs after its cancel',
      'children',
      done([start(MISSION, 'squad'), [{ kind: 'cancel', path: MISSION }, 'ok']], MISSION),
    ],
    [
      'a temporary child that failed and runs',
      'children',
      done(
        [start(TEMP, 'leaf'), [{ kind: 'tell', path: TEMP, event: { type: 'FAIL', n: 'x' } }, 'ACTOR_FAILED']],
        TEMP,
      ),
    ],
    ['an actor that runs twice', 'twice', (all) => [...all, begins(1), begins(2)]],
    [
      'a restart that comes too early',
      'I6',
      (all) => [
        ...all,
        { t: 'threw', what: 'x', path: HEALTHY, at: 1_000 },
        { t: 'told', event: 'childBackingOff', path: HEALTHY, delayMs: 500 },
        { t: 'end', path: HEALTHY, life: 9 },
        begins(1_400),
      ],
    ],
    [
      'an attempt that is made twice',
      'I4',
      (all) =>
        [1, 2].reduce<readonly Line[]>(
          (sum) => [...sum, { t: 'call', n: 'x', effectId: 'x', attempt: 1, life: 9 }],
          all,
        ),
    ],
    [
      'mail that was lost to a healthy sibling',
      'I5',
      withJournal((entries) => entries.filter(({ event }) => event.type !== 'MSG')),
    ],
    ['mail that was handled out of order', 'I5', withJournal((entries) => [...entries].reverse())],
    [
      'mail that was handled twice',
      'I3',
      withRest(({ contexts }) => {
        const { got = [], woke = [], called = [] } = contexts[HEALTHY] ?? {}
        return { contexts: { ...contexts, [HEALTHY]: { got: [...got, ...got], woke, called } } }
      }),
    ],
    [
      'mail that became a dead letter though it never fails',
      'poison',
      withRest(({ letters }) => ({ letters: [...letters, { path: HEALTHY, reason: 'actorFailed', n: 'x' }] })),
    ],
    [
      'more restarts than the supervisor bears',
      'intensity',
      withJournal((entries) => [...entries, ...['1', '2', '3', '4', '5'].map((n) => failure(`x-${n}`))]),
    ],
    ['work in progress that nobody goes on with', 'I1', withRest(() => ({ leftovers: ['z/root/gang'] }))],
    ['a damaged store', 'I1', withRest(() => ({ damages: ['s/root: wrong'] }))],
  ])('%s', (_, invariant, tamper) => {
    expect(checkTree(tamper(lines)).map((breach) => breach.invariant)).toContain(invariant)
  })
})
