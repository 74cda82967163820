/**
 * The reference page against the code. Its decision table is interpreted here, row by row, in words of its own, and
 * compared with `decide` for every combination of what the table speaks of.
 */
import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { DEFAULT_BACKOFF } from '../../src/supervision/backoff.js'
import {
  childSchema,
  type Directive,
  type RestartFrom,
  type RestartType,
  readChildSpec,
  supervisionOf,
} from '../../src/supervision/child-spec.js'
import { DEFAULT_DIRECTIVES, type Decision, decide, type Situation } from '../../src/supervision/directive.js'
import { classify, FAILURE_CLASSES } from '../../src/supervision/failure-class.js'
import { readSupervisorOptions } from '../../src/supervision/supervisor-options.js'
import { situation } from './situations.js'

const page = await readFile(new URL('../../docs/reference/supervision.md', import.meta.url), 'utf8')

type Cells = readonly string[]

/** The rows of the first table under a heading. */
function tableUnder(heading: string): Cells[] {
  const section = page.slice(page.indexOf(`\n## ${heading}\n`))
  const lines = section.slice(section.indexOf('\n|') + 1).split('\n')
  const end = lines.findIndex((line) => !line.startsWith('|'))
  return lines.slice(2, end).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
}

const codesIn = (cell = ''): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code)

/** The value that a cell's first code span stands for; undefined where it has none. */
function valueIn(cell: string): unknown {
  if (!cell.startsWith('`')) return undefined
  const json = codesIn(cell)[0]!
    .replaceAll("'", '"')
    .replaceAll('_', '')
    .replace(/(\w+):/g, '"$1":')
  return JSON.parse(json)
}

interface Facts {
  readonly isSupervisorEnding: boolean
  readonly restart: RestartType
  readonly restartFrom: RestartFrom
  readonly reason: Situation['reason']
  readonly directive: Directive
  readonly envelope: Situation['envelope']
  readonly deliveries: number
  readonly maxDeliveries: number
  readonly isWindowFull: boolean
  readonly hasBackoff: boolean
  readonly isRowFull: boolean
}

const WAIT_MS = 77

function situationOf({ directive, isWindowFull, hasBackoff, isRowFull, ...facts }: Facts): Situation {
  const { restart, restartFrom, maxDeliveries, ...rest } = facts
  const backoff = hasBackoff && { ...DEFAULT_BACKOFF, initialMs: WAIT_MS, factor: 1, jitter: 0, maxRestarts: 2 }
  const spec = { restart, restartFrom, maxDeliveries, backoff, directives: { bug: directive } }
  const history = { restarts: isWindowFull ? [1_000] : [], streak: isRowFull ? 2 : 1, lastMs: 999 }
  const intensity = { maxRestarts: 1, withinMs: 10 }
  return situation({ ...rest, spec, history, intensity, now: 1_000, chance: 0 })
}

const ended = ({ reason }: Facts): boolean => reason === 'done' || reason === 'stopped'
const byMail = ({ reason, envelope }: Facts): boolean => reason === 'failed' && envelope === 'mail'
const directiveOf = (facts: Facts): Directive | undefined => {
  if (ended(facts)) return undefined
  return facts.directive === 'resume' && !byMail(facts) ? 'restart' : facts.directive
}
const waits = (facts: Facts): boolean => facts.hasBackoff && !(byMail(facts) && facts.deliveries >= facts.maxDeliveries)

const PHRASES: Readonly<Record<string, (facts: Facts) => boolean>> = {
  'the supervisor is ending': (facts) => facts.isSupervisorEnding,
  'its first start failed': (facts) => facts.reason === 'neverStarted',
  'it was cancelled': (facts) => facts.reason === 'cancelled',
  'it is temporary': (facts) => facts.restart === 'temporary',
  'it is transient': (facts) => facts.restart === 'transient',
  'it is done or stopped': ended,
  'the directive is `stop`': (facts) => directiveOf(facts) === 'stop',
  'the directive is `escalate`': (facts) => directiveOf(facts) === 'escalate',
  'the directive is `resume`': (facts) => directiveOf(facts) === 'resume',
  'it is no redelivery': (facts) => !(byMail(facts) && facts.deliveries > 1),
  'the restart would be at once': (facts) => !waits(facts),
  'the restart would wait': waits,
  'the window is full': (facts) => facts.isWindowFull,
  'so did the last `maxRestarts` of the backoff': (facts) => facts.isRowFull,
  'mail failed it': byMail,
  'for the last time': (facts) => facts.deliveries >= facts.maxDeliveries,
  'not for the first time': (facts) => facts.deliveries > 1,
  'nothing above holds': () => true,
}

const decisions = tableUnder('The decision')

/** What the page says, in the words of `summaryOf`. */
function documented(facts: Facts): object {
  const row = decisions.find(([, when = '']) => when.split('; ').every((phrase) => PHRASES[phrase]!(facts)))!
  const [rule = '', , decision = '', counts = '', event = ''] = row
  const from = codesIn(decision)[0]
  return {
    rule: codesIn(rule)[0],
    kind: decision.split(' ')[0],
    from: from === 'restartFrom' ? facts.restartFrom : from,
    delayMs: decision.endsWith('after the backoff') && facts.hasBackoff ? WAIT_MS : 0,
    isCounted: counts === 'yes' || COUNTED[counts]?.(facts) === true,
    redeliver: event === 'is delivered again' || (event === 'mail is delivered again' && byMail(facts)),
    isPoison: event === 'is a dead letter',
  }
}

const COUNTED: Readonly<Record<string, (facts: Facts) => boolean>> = {
  'the first time': (facts) => facts.deliveries <= 1,
  'at once': (facts) => !waits(facts),
}

function summaryOf(decision: Decision): object {
  const restart = decision.kind === 'restart' ? decision : undefined
  return {
    rule: decision.rule,
    kind: decision.kind,
    from: restart?.from,
    delayMs: restart?.delayMs ?? 0,
    isCounted: restart?.isCounted ?? (decision.kind === 'escalate' && decision.history.restarts.length > 1),
    redeliver: restart?.redeliver ?? false,
    isPoison: restart?.isPoison ?? false,
  }
}

/** Every combination of the values of each field. */
function product<T>(values: { readonly [K in keyof T]: readonly T[K][] }): T[] {
  const fields = Object.keys(values) as (keyof T)[]
  return fields.reduce<T[]>(
    (all, field) => all.flatMap((one) => values[field].map((value) => ({ ...one, [field]: value }))),
    [{} as T],
  )
}

const everything = product<Facts>({
  isSupervisorEnding: [false, true],
  restart: ['permanent', 'transient', 'temporary'],
  restartFrom: ['lastGood', 'initial'],
  reason: ['failed', 'startFailed', 'neverStarted', 'done', 'stopped', 'cancelled'],
  directive: ['restart', 'resume', 'stop', 'escalate'],
  envelope: ['mail', 'internal'],
  deliveries: [1, 2, 3],
  maxDeliveries: [1, 3],
  isWindowFull: [false, true],
  hasBackoff: [false, true],
  isRowFull: [false, true],
})

describe('the decision table of the reference', () => {
  test('uses only words that it explains', () => {
    const phrases = decisions.flatMap(([, when = '']) => when.split('; '))
    expect(phrases.filter((phrase) => PHRASES[phrase] === undefined)).toEqual([])
    expect(Object.keys(PHRASES).filter((phrase) => !phrases.includes(phrase))).toEqual([])
  })

  test('says what decide does, in every case', () => {
    for (const facts of everything) {
      expect({ facts, decision: documented(facts) }).toEqual({ facts, decision: summaryOf(decide(situationOf(facts))) })
    }
  })

  test('has no row in vain', () => {
    const used = new Set(everything.map((facts) => decide(situationOf(facts)).rule))
    expect(decisions.map(([rule]) => codesIn(rule)[0]).sort()).toEqual([...used].sort())
  })
})

describe('the defaults of the reference', () => {
  const defaultsOf = (rows: readonly Cells[]): Record<string, unknown> =>
    Object.fromEntries(rows.map(([field = '', value = '']) => [codesIn(field)[0], valueIn(value)]))

  test('are those of a child spec, all of its fields and no other', () => {
    const { 'extra:<name>': extras, ...named } = defaultsOf(tableUnder('Child spec'))
    const documentedDefaults: Record<string, unknown> = { ...named, extras }
    const { shape } = childSchema.out
    expect(Object.keys(documentedDefaults).sort()).toEqual(Object.keys(shape).sort())
    const read = readChildSpec({ id: 'a', logic: 'a' }, 'spec')
    expect(documentedDefaults).toEqual({
      ...Object.fromEntries(Object.keys(shape).map((field) => [field, undefined])),
      ...supervisionOf(read, { durability: 'durable', isSupervisor: false }),
    })
  })

  test('are those of a supervisor', () => {
    expect(defaultsOf(tableUnder('Supervisor'))).toEqual(readSupervisorOptions({}))
  })

  test('are those of a backoff', () => {
    expect(defaultsOf(tableUnder('Backoff'))).toEqual({ ...DEFAULT_BACKOFF, maxRestarts: undefined })
  })

  test('are those of a failure class', () => {
    const rows = tableUnder('Failure classes')
    expect(Object.fromEntries(rows.map(([name, directive]) => [codesIn(name)[0], directive]))).toEqual(
      DEFAULT_DIRECTIVES,
    )
    expect(rows).toHaveLength(FAILURE_CLASSES.length)
  })
})

describe('the failure classes of the reference', () => {
  const rows = tableUnder('Failure classes')
  const knownIn = (cell = ''): string[] => codesIn(cell).map((code) => code.replace('*', 'CONNECT'))

  test.each(rows)('%s: the names, codes and statuses have it', (name, _, codes, statuses = '') => {
    const [failureClass] = codesIn(name)
    const errors = [
      ...knownIn(codes).map((code) => (/[a-z]/.test(code) ? { name: code } : { code })),
      ...(statuses.match(/\d+/g) ?? []).map((status) => ({ status: Number(status) })),
    ]
    expect(errors.map((error) => [error, classify(error)])).toEqual(errors.map((error) => [error, failureClass]))
  })

  test('name every code that the rules know', async () => {
    const source = await readFile(new URL('../../src/supervision/failure-class.ts', import.meta.url), 'utf8')
    const codes = [...source.matchAll(/'([A-Z][A-Z_]{3,})'/g)].map(([, code]) => code)
    const named = rows.flatMap(([, , cell]) => knownIn(cell))
    expect(codes.length).toBeGreaterThan(20)
    expect(codes.filter((code = '') => !named.includes(code))).toEqual([])
  })
})
