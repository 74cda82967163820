/**
 * How often supervisors restart. More than `maxRestarts` within `withinMs` must not be, of one child (`oneForOne`) or of the
 * group; and whoever gives up for that had reason to.
 *
 * 1. Counts begin anew with a supervisor, and with a child that escalated. After a crash they are not known here: what is
 *    counted is a lower bound.
 * 2. An event that is delivered again does not count again, and a restart that waits does not count at all.
 */
import type { SystemEvent } from 'roscius'
import type { Breach, TrialRecord } from './record.js'
import { type Branch, branchesOf, type Leaf, leavesOf, type Twig } from './tree.js'

type Told = { readonly event: SystemEvent; readonly atMs: number }

export function checkIntensity({ root, log }: TrialRecord): readonly Breach[] {
  const told = log.filter((seen) => seen.kind === 'told' || seen.kind === 'crashed')
  return branchesOf(root).flatMap((branch) =>
    branch.strategy === 'oneForOne'
      ? branch.children.flatMap((child) => checkChild(child, branch, told as Told[], root))
      : checkGroup(branch, told as Told[], root),
  )
}

function checkChild(child: Twig, branch: Branch, log: readonly Told[], root: Branch): readonly Breach[] {
  return checkWindow(child.path, branch, log, (event) => {
    if (isAnew(event, branch) || isEscalation(event, child)) return 'anew'
    return isCounted(event, child, root) ? 'counts' : 'nothing'
  })
}

/**
 * A restart of the group counts if all those do who failed and have not been restarted since. Nobody knows who had when a
 * process crashed.
 */
function checkGroup(branch: Branch, log: readonly Told[], root: Branch): readonly Breach[] {
  const waiting = new Map<string, boolean>()
  return checkWindow(branch.path, branch, log, (event) => {
    if (event === undefined) for (const { path } of branch.children) waiting.set(path, false)
    if (isAnew(event, branch)) return 'anew'
    const child = branch.children.find(({ path }) => event !== undefined && 'path' in event && event.path === path)
    if (child !== undefined && event?.type === 'childFailed') waiting.set(child.path, isCounted(event, child, root))
    // One that ended by itself has not failed, and waits all the same.
    if (child !== undefined && event?.type === 'childBackingOff') waiting.set(child.path, false)
    if (child !== undefined && event?.type === 'childRestarted') waiting.delete(child.path)
    // An operator has let it go on: what its failure asked of the group is not due any more.
    if (child !== undefined && event?.type === 'actorRestarted') waiting.delete(child.path)
    if (event?.type !== 'groupRestarting' || event.path !== branch.path) return 'nothing'
    return waiting.size > 0 && [...waiting.values()].every((counts) => counts) ? 'counts' : 'nothing'
  })
}

function checkWindow(
  path: string,
  { intensity: { maxRestarts, withinMs } }: Branch,
  log: readonly Told[],
  meaning: (event: SystemEvent | undefined) => 'counts' | 'anew' | 'nothing',
): readonly Breach[] {
  let times: number[] = []
  for (const { event, atMs } of log) {
    const means = meaning(event)
    if (means === 'anew') times = []
    if (means !== 'counts') continue
    times = [...times.filter((time) => time > atMs - withinMs), atMs]
    if (times.length > maxRestarts)
      return [{ what: 'intensity', message: `${path} was restarted ${times.length} times in ${withinMs} ms` }]
  }
  return []
}

/** The supervisor begins again, or the process does. */
function isAnew(event: SystemEvent | undefined, { path }: Branch): boolean {
  return event === undefined || ('path' in event && event.path === path && ANEW.has(event.type))
}

const ANEW: ReadonlySet<string> = new Set(['childRestarted', 'actorStarted'])

function isEscalation(event: SystemEvent | undefined, { path }: Twig): boolean {
  return event?.type === 'childFailed' && event.path === path && event.decision === 'escalate'
}

function isCounted(event: SystemEvent | undefined, child: Twig, root: Branch): boolean {
  if (event?.type !== 'childFailed' || event.path !== child.path || event.decision !== 'restart') return false
  const leaf = leavesOf(root).find(({ path }) => path === child.path)
  if (event.rule === 'failed') return !waits(leaf, event.failureClass)
  return event.rule === 'poison' && leaf?.maxDeliveries === 1
}

/** Whether a restart after such a failure waits; supervisors have no backoff of their own. */
function waits(leaf: Leaf | undefined, failureClass: string): boolean {
  return leaf?.backoff === undefined
    ? failureClass === 'transient' || failureClass === 'timeout'
    : leaf.backoff !== false
}
