/**
 * Who is there after the quiet.
 *
 * 1. A permanent child of a running supervisor runs, unless its last failure was of a class that stops it. A transient one
 *    may have come to its end. A temporary one that failed does not run, unless its supervisor began again since.
 * 2. Nobody is an orphan: below whoever is not alive, nobody is. Nobody is left half-way, with mail or in a wait.
 * 3. A leaf that is alive was seen to begin, and one that runs is alive.
 * 4. A supervisor that bears everything has not given up.
 */
import type { Breach, Resting, TrialRecord } from './record.js'
import { type Branch, branchesOf, GENEROUS, type Leaf, leavesOf, type Twig } from './tree.js'

export function checkRest(record: TrialRecord): readonly Breach[] {
  const { root } = record
  return [
    ...checkTwig(root, true, record),
    ...checkRunning(record),
    ...leavesOf(root).flatMap((leaf) => checkTemporary(leaf, record)),
    ...checkGenerous(record),
  ]
}

function checkTwig(twig: Twig, isParentUp: boolean, record: TrialRecord): readonly Breach[] {
  const { path } = twig
  const resting = record.end.get(path)
  const isUp = resting?.status === 'active'
  const breaches = isParentUp ? checkBelowRunning(twig, resting, record) : checkBelowEnded(path, resting)
  if (twig.kind === 'leaf') return breaches
  return [...breaches, ...twig.children.flatMap((child) => checkTwig(child, isUp, record))]
}

function checkBelowEnded(path: string, resting: Resting | undefined): readonly Breach[] {
  const isGone = resting === undefined || ENDED.has(resting.status)
  return isGone ? [] : [{ what: 'orphan', message: `${path} is ${resting.status}, its supervisor is not` }]
}

/** `missing`: of a volatile supervisor, after a crash, only those below are known. */
const ENDED: ReadonlySet<string> = new Set(['done', 'failed', 'stopped', 'missing'])

function checkBelowRunning(twig: Twig, resting: Resting | undefined, record: TrialRecord): readonly Breach[] {
  const { path, restart } = twig
  if (resting?.status === 'active') return checkActive(twig, resting)
  const { status = 'nowhere', error = '' } = resting ?? {}
  if (mayBeGone(twig, status, error, record)) return []
  return [{ what: restart, message: `${path} (${restart}) is ${status}: ${error}` }]
}

function checkActive({ path, kind }: Twig, { value, mailbox, stash }: Resting): readonly Breach[] {
  const isBusy = mailbox > 0 || stash > 0 || (kind === 'branch' && value !== 'running')
  if (!isBusy) return []
  const message = `${path} is left in ${JSON.stringify(value)} with ${mailbox} in its mail and ${stash} in its stash`
  return [{ what: 'rest', message }]
}

function mayBeGone(twig: Twig, status: string, error: string, { root }: TrialRecord): boolean {
  // The root guardian bears as much as the root.
  if (twig === root) return status === 'failed' && !isGenerous(root)
  if (twig.restart === 'temporary') return status === 'nowhere' || ENDED.has(status)
  if (status === 'failed') return twig.kind === 'leaf' && error.includes('injected budget')
  return status === 'done' && twig.restart === 'transient'
}

function checkRunning({ root, log, end }: TrialRecord): readonly Breach[] {
  const running = new Map<string, number>()
  for (const seen of log) {
    if (seen.kind === 'crashed') running.clear()
    if (seen.kind === 'begins') running.set(seen.path, seen.run)
    if (seen.kind === 'ends' && running.get(seen.path) === seen.run) running.delete(seen.path)
  }
  return leavesOf(root).flatMap(({ path }) => {
    const status = end.get(path)?.status ?? 'nowhere'
    if (running.has(path) === (status === 'active')) return []
    const message = `${path} is ${status}, and ${running.has(path) ? 'runs' : 'does not run'}`
    return [{ what: running.has(path) ? 'orphan' : 'rest', message }]
  })
}

/** Failed, and not with one of the supervisors above it, which would have begun anew with it. */
function checkTemporary({ path, restart }: Leaf, { root, log, end }: TrialRecord): readonly Breach[] {
  if (restart !== 'temporary' || end.get(path)?.status !== 'active') return []
  const above = branchesOf(root).filter((branch) => path.startsWith(`${branch.path}/`))
  let hasFailed = false
  for (const seen of log) {
    // What was told last before a crash is not all that was committed.
    if (seen.kind === 'reopened') {
      const areUp = above.every((branch) => seen.stored.get(branch.path)?.value === 'running')
      hasFailed = areUp && seen.stored.get(path)?.status === 'failed'
    }
    if (seen.kind !== 'told') continue
    const { event } = seen
    if (event.type === 'childFailed' && event.path === path) hasFailed = true
    if (event.type === 'childRestarted' && above.some((branch) => branch.path === event.path)) hasFailed = false
    if (event.type === 'actorRestarted' && event.path === path) hasFailed = false
  }
  return hasFailed ? [{ what: 'temporary', message: `${path} (temporary) failed and runs` }] : []
}

function checkGenerous({ root, log }: TrialRecord): readonly Breach[] {
  if (!isGenerous(root)) return []
  return log.flatMap((seen) => {
    const isGivingUp =
      seen.kind === 'told' && (seen.event.type === 'intensityExceeded' || seen.event.type === 'rootFailed')
    return isGivingUp ? [{ what: 'intensity', message: `${JSON.stringify(seen.event)} though all is borne` }] : []
  })
}

function isGenerous({ intensity }: Branch): boolean {
  return intensity === GENEROUS
}
