/**
 * What became of the mail of those that nobody stops.
 *
 * 1. Each event is answered in the end: as handled, or, if it always fails, as poison.
 * 2. What was handled is in the journal once, in the order in which it was asked for, and in the context once.
 * 3. What failed always is one dead letter, however often it was sent under its key; nothing else is.
 */
import { groupBy } from '../society/group.js'
import type { Breach } from '../society/ordeal.js'
import type { LeafEvent } from './leaf.js'
import type { Line, Rest } from './ledger.js'
import { AFRESH, STEADY, VOLATILE } from './tree.js'

interface Told {
  readonly path: string
  readonly event: LeafEvent
  readonly answer: string | undefined
}

/** May be deferred, and then takes its turn later. */
const CAN_WAIT: ReadonlySet<string> = new Set(['NAP', 'CALL'])

export function mailBreaches(lines: readonly Line[], rest: Rest): Breach[] {
  const told = groupBy(toldIn(lines), ({ path }) => path)
  return STEADY.flatMap((path) => {
    const mail = told.get(path) ?? []
    return [
      ...mail.flatMap(answerFaults).map((message) => ({ invariant: 'I3', message })),
      ...journalFaults(path, mail, rest).map((message) => ({ invariant: 'I5', message })),
      ...contextFaults(path, mail, rest).map((message) => ({ invariant: 'I3', message })),
      ...letterFaults(path, mail, rest).map((message) => ({ invariant: 'poison', message })),
    ]
  })
}

function toldIn(lines: readonly Line[]): Told[] {
  const answers = new Map(lines.flatMap((line) => (line.t === 'answered' ? [[line.n, line.answer] as const] : [])))
  return lines.flatMap((line) =>
    line.t === 'asked' && line.step.kind === 'tell'
      ? [{ path: line.step.path, event: line.step.event, answer: answers.get(line.n) }]
      : [],
  )
}

function answerFaults({ path, event: { type, n }, answer }: Told): string[] {
  const expected = type === 'FAIL' ? 'DEAD_LETTER poison' : 'ok'
  // The memory of a process ends with it, and nobody is there until it is started anew.
  if (answer === expected || (path === VOLATILE && answer?.startsWith('DEAD_LETTER'))) return []
  return [`${type} ${n} to ${path} was answered with ${answer}`]
}

function journalFaults(path: string, mail: readonly Told[], { journals }: Rest): string[] {
  if (path === VOLATILE) return []
  const entries = (journals[path] ?? []).filter(({ kind, key }) => kind === 'event' && key !== undefined)
  const steady = mail.filter(({ event: { type } }) => type !== 'FAIL' && !CAN_WAIT.has(type))
  const expected = steady.map(({ event: { n } }) => n)
  const found = entries.filter(({ event: { type } }) => !CAN_WAIT.has(type)).map(({ key }) => key)
  const at = expected.findIndex((n, index) => found[index] !== n)
  if (at >= 0)
    return [`the journal of ${path} has ${found.slice(at, at + 3)} where ${expected.slice(at, at + 3)} should be`]
  return found.length > expected.length ? [`the journal of ${path} goes on with ${found.slice(expected.length)}`] : []
}

function contextFaults(path: string, mail: readonly Told[], { contexts }: Rest): string[] {
  if (AFRESH.includes(path)) return []
  const { got = [], woke = [], called = [] } = contexts[path] ?? {}
  const of = (...types: readonly string[]) =>
    mail.filter(({ event: { type } }) => types.includes(type)).map(({ event: { n } }) => n)
  return [
    ...differences(`${path} got`, got, of('MSG', 'FLAKY', 'NAP', 'CALL')),
    ...differences(`${path} woke from`, woke, of('NAP')),
    ...differences(`${path} called`, called, of('CALL')),
  ]
}

function differences(what: string, found: readonly string[], expected: readonly string[]): string[] {
  const times = (n: string): number => found.filter((other) => other === n).length
  return [
    ...expected.filter((n) => times(n) !== 1).map((n) => `${what} ${n} ${times(n)} times instead of once`),
    ...found.filter((n) => !expected.includes(n)).map((n) => `${what} ${n}, which nobody asked for`),
  ]
}

function letterFaults(path: string, mail: readonly Told[], { letters }: Rest): string[] {
  if (path === VOLATILE) return []
  const own = letters.filter((letter) => letter.path === path)
  const strange = own.filter(({ reason }) => reason !== 'poison')
  const poison = mail.filter(({ event: { type } }) => type === 'FAIL').map(({ event: { n } }) => n)
  return [
    ...strange.map(({ n, reason }) => `${n} to ${path} is a dead letter: ${reason}`),
    ...differences(
      `${path} has dead letters of`,
      own.map(({ n }) => n ?? ''),
      poison,
    ),
  ]
}
