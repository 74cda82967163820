/**
 * What became of the events: each was answered, and what was answered is what was seen to happen.
 *
 * 1. An event ends once: handled, or as a dead letter. What was ignored, or refused at the door, was not handled.
 * 2. What a handled event sent on ends once as well; what an event sent on that was not handled does not exist.
 * 3. Over a crash an action is run at most once, and dead letters may be told of twice or not at all. But no state holds an event
 *    twice, and that of a leaf that never begins anew holds all that it said it had handled.
 * 4. A healthy leaf takes everything.
 */
import type { Breach, Telling, TrialRecord } from './record.js'
import { type Branch, branchesOf, type Leaf, leavesOf, type Twig } from './tree.js'

export function checkMail(record: TrialRecord): readonly Breach[] {
  const told = record.tellings.flatMap((telling) => checkAnswer(telling, record))
  return [...told, ...leavesOf(record.root).flatMap((leaf) => checkState(leaf, record)), ...checkHealthy(record)]
}

function checkAnswer(telling: Telling, record: TrialRecord): readonly Breach[] {
  const { path, event, answer } = telling
  const { n, m, type } = event
  const handled = handledTimes(n, record)
  const buried = buriedTimes(n, record)
  const breach = (what: string): Breach => ({
    what: 'mail',
    message: `${type} ${n} to ${path}: ${what} (answer ${answer}, handled ${handled}, dead letters ${buried})`,
  })
  if (answer === undefined) return [breach('is never answered')]
  if (handled > 1 && !mayBeLost(path, record)) return [breach('is handled twice')]
  if (record.crashes > 0) return !TAKEN.has(answer) && handled > 0 ? [breach('is handled all the same')] : []
  if (handled + buried > 1) return [breach('has two ends')]
  if (handled !== 1 && answer === 'handled') return [breach('is lost')]
  if (handled + buried !== 1 && answer === 'deferred') return [breach('is lost in the stash')]
  if (handled !== 0 && !TAKEN.has(answer)) return [breach('is handled all the same')]
  if (m !== undefined && endsOf(m, record) !== handled)
    return [breach(`sent ${m} on, which ends ${endsOf(m, record)} times`)]
  return []
}

/** Its state may be older than what was seen of it: a loss of power took what was not synced. */
function mayBeLost(path: string, { root, powerLoss }: TrialRecord): boolean {
  return powerLoss && leavesOf(root).some((leaf) => leaf.path === path && leaf.durability !== 'durable')
}

const TAKEN: ReadonlySet<string> = new Set(['handled', 'deferred'])

const endsOf = (n: number, record: TrialRecord): number => handledTimes(n, record) + buriedTimes(n, record)

function handledTimes(n: number, { log }: TrialRecord): number {
  return log.filter((seen) => seen.kind === 'handled' && seen.n === n).length
}

function buriedTimes(n: number, { log }: TrialRecord): number {
  return log.filter(
    (seen) => seen.kind === 'told' && seen.event.type === 'deadLetter' && (seen.event.event as { n?: number }).n === n,
  ).length
}

function checkState(leaf: Leaf, record: TrialRecord): readonly Breach[] {
  const { path } = leaf
  const got = record.end.get(path)?.got
  if (got === undefined) return []
  const twice = got.filter((n, index) => got.indexOf(n) !== index)
  const breaches: Breach[] = twice.map((n) => ({ what: 'mail', message: `the state of ${path} holds ${n} twice` }))
  if (!isLasting(leaf, record)) return breaches
  const lost = record.tellings.filter((telling) => telling.path === path && telling.answer === 'handled')
  for (const { event } of lost)
    if (!got.includes(event.n) && !LEAVES_NO_TRACE.has(event.type))
      breaches.push({ what: 'mail', message: `${path} had handled ${event.n}, its state does not hold it` })
  return breaches
}

const LEAVES_NO_TRACE: ReadonlySet<string> = new Set(['FAIL'])

/** Whether the leaf keeps its state, whatever happens: it and those above it are never begun anew or ended. */
function isLasting(leaf: Leaf, { root, tellings, end, powerLoss }: TrialRecord): boolean {
  if (powerLoss || end.get('root')?.status !== 'active') return false
  const line: readonly Twig[] = [...branchesOf(root).filter(({ path }) => leaf.path.startsWith(`${path}/`)), leaf]
  if (line.some(({ restart, durability }) => restart !== 'permanent' || durability !== 'durable')) return false
  if (leaf.restartFrom === 'initial') return false
  return !tellings.some(({ path, event }) => path === leaf.path && isEnding(event))
}

function isEnding({ type, failureClass }: Telling['event']): boolean {
  return type === 'FINISH' || failureClass === 'budget'
}

/** Leaves that were seen to begin once and never to end. */
function checkHealthy({ root, log, tellings, crashes }: TrialRecord): readonly Breach[] {
  if (crashes > 0) return []
  const times = new Map<string, number>()
  for (const seen of log)
    if (seen.kind === 'begins' || seen.kind === 'ends') times.set(seen.path, (times.get(seen.path) ?? 0) + 1)
  const healthy = new Set(pathsOf(root).filter((path) => times.get(path) === 1))
  return tellings
    .filter(({ path, answer = '' }) => healthy.has(path) && !ANSWERS.has(answer))
    .map(({ path, event, answer }) => ({ what: 'mail', message: `${path} is healthy, but ${event.n} is ${answer}` }))
}

const ANSWERS: ReadonlySet<string> = new Set(['handled', 'deferred', 'ignored'])

const pathsOf = (root: Branch): readonly string[] => leavesOf(root).map(({ path }) => path)
