/**
 * Who was seen to run, by the callbacks of the leaves, and when.
 *
 * 1. Nobody runs twice at a time; at rest those run who are alive, and nobody else.
 * 2. Children of a group start in their order.
 * 3. A restart that waits is never early.
 * 4. An effect keeps its id over all its attempts; an attempt runs once in a life.
 */
import type { Breach } from '../society/ordeal.js'
import type { Line } from './ledger.js'
import { ALONE, GROUPS, VOLATILE } from './tree.js'

/** Timers run by a clock that is not the wall's. */
const CLOCK_SKEW_MS = 3

export function runBreaches(lines: readonly Line[]): Breach[] {
  return [
    ...concurrency(lines).map((message) => ({ invariant: 'twice', message })),
    ...earlyRestarts(lines).map((message) => ({ invariant: 'I6', message })),
    ...attempts(lines).map((message) => ({ invariant: 'I4', message })),
  ]
}

function concurrency(lines: readonly Line[]): string[] {
  const faults: string[] = []
  let running = new Set<string>()
  let seen = new Set<string>()
  for (const line of lines) {
    if (line.t === 'life') [running, seen] = [new Set(), new Set()]
    if (line.t === 'end') running.delete(line.path)
    if (line.t === 'begin') {
      if (running.has(line.path)) faults.push(`life ${line.life}: ${line.path} runs twice`)
      if (seen.has(line.path)) faults.push(...outOfOrder(line.path, running))
      running.add(line.path)
      seen.add(line.path)
    }
    if (line.t !== 'picture' || !line.isAtRest) continue
    const leaves = line.actors.filter(({ status, value }) => status === 'active' && value === 'idle')
    const alive = leaves.map(({ path }) => path)
    for (const path of alive) if (!running.has(path)) faults.push(`${path} is active and does not run`)
    for (const path of running) if (!alive.includes(path)) faults.push(`${path} runs and is not active`)
  }
  return faults
}

/** Not in the first start of a life: what was there before comes back in any order. */
function outOfOrder(path: string, running: ReadonlySet<string>): string[] {
  return GROUPS.flatMap((group) => {
    const later = group.includes(path) ? group.slice(group.indexOf(path) + 1) : []
    return later.filter((other) => running.has(other)).map((other) => `${path} starts while ${other} runs`)
  })
}

/** What happens while a system opens is told when it is open: of several failures it is then not known which one is meant. */
function earlyRestarts(lines: readonly Line[]): string[] {
  const faults: string[] = []
  const untold = new Map<string, number[]>()
  const due = new Map<string, number>()
  for (const line of lines) {
    if (line.t === 'threw') untold.set(line.path, [...(untold.get(line.path) ?? []), line.at])
    if (line.t === 'told') {
      const [at, another] = untold.get(line.path) ?? []
      untold.delete(line.path)
      const isMeant = line.event === 'childBackingOff' && ALONE.includes(line.path)
      if (isMeant && at !== undefined && another === undefined)
        due.set(line.path, at + (line.delayMs ?? 0) - CLOCK_SKEW_MS)
    }
    if (line.t !== 'begin') continue
    const dueMs = due.get(line.path) ?? 0
    if (line.at < dueMs) faults.push(`${line.path} came back ${dueMs - line.at} ms early`)
    due.delete(line.path)
  }
  return faults
}

function attempts(lines: readonly Line[]): string[] {
  const faults: string[] = []
  const ids = new Map<string, string>()
  const seen = new Set<string>()
  for (const line of lines) {
    if (line.t !== 'call') continue
    const { n, effectId, attempt, life } = line
    const key = `${effectId} attempt ${attempt} life ${life}`
    if (seen.has(key)) faults.push(`${key} was started twice`)
    if ((ids.get(n) ?? effectId) !== effectId) faults.push(`call ${n} was made as ${ids.get(n)} and as ${effectId}`)
    seen.add(key)
    ids.set(n, effectId)
  }
  return [...faults, ...notes(lines)]
}

/** A plain action is run at most once; a volatile actor knows nothing of its earlier lives. */
function notes(lines: readonly Line[]): string[] {
  const faults: string[] = []
  const seen = new Set<string>()
  for (const line of lines) {
    if (line.t !== 'noted') continue
    const key = line.path === VOLATILE ? `${line.n} life ${line.life}` : line.n
    if (seen.has(key)) faults.push(`${line.path} noted ${key} twice`)
    seen.add(key)
  }
  return faults
}
