/**
 * Who ran when: nobody twice, everybody in order.
 *
 * 1. A leaf is started when its supervisor starts or restarts it, and no other run of it is left then. Nor are there two
 *    attempts of one effect.
 * 2. A supervisor that restarts a group has stopped the group before it starts it: whenever a child of one begins, no
 *    sibling that comes after it runs. Whoever is stopped in a row is stopped after those that come after it.
 * 3. At the first start of a tree the leaves begin in its order.
 */
import type { Breach, TrialRecord } from './record.js'
import { type Branch, branchesOf, leavesOf } from './tree.js'

/** Reasons of effects that are aborted by a supervisor, one child after the other. */
const IN_A_ROW = /restarted with its group/

export function checkRuns(record: TrialRecord): readonly Breach[] {
  return [...checkLog(record), ...checkFirstStarts(record)]
}

function checkLog({ root, log }: TrialRecord): readonly Breach[] {
  const breaches: Breach[] = []
  const later = laterSiblings(root)
  const grouped = new Set(
    branchesOf(root)
      .flatMap((branch) => (isGroup(branch) ? branch.children : []))
      .map(pathOf),
  )
  const running = new Map<string, number>()
  const calls = new Map<string, number>()
  // Whom an operator has restarted or resumed begins when they want it to, with all below it.
  const ordered = new Set<string>()
  const isOrdered = (path: string): boolean => [...ordered].some((above) => isWithin(path, above))
  const assertNoneLater = (path: string, what: string): void => {
    if (isOrdered(path)) return
    const isLater = (each: string): boolean => later.get(path)?.some((sibling) => isWithin(each, sibling)) === true
    const other = [...running.keys()].find((each) => isLater(each) && !isOrdered(each))
    if (other !== undefined) breaches.push({ what: 'order', message: `${path} ${what} while ${other} runs` })
  }
  // Who goes on after a crash, or was lost in it, begins in no order the first time.
  const unordered = new Set<string>()
  // Who resumes begins without its group, until that is restarted or it fails in another way.
  const resuming = new Set<string>()
  for (const seen of log) {
    if (seen.kind === 'reopened') for (const path of grouped) unordered.add(path)
    if (seen.kind === 'begins') {
      if (running.has(seen.path)) breaches.push({ what: 'twice', message: `${seen.path} runs twice` })
      const isAlone = unordered.delete(seen.path) || resuming.has(seen.path)
      if (grouped.has(seen.path) && !isAlone) assertNoneLater(seen.path, 'starts')
      running.set(seen.path, seen.run)
    } else if (seen.kind === 'ends') {
      if (running.get(seen.path) === seen.run) running.delete(seen.path)
      if (IN_A_ROW.test(seen.reason)) resuming.delete(seen.path)
      if (IN_A_ROW.test(seen.reason)) assertNoneLater(seen.path, `stops (${seen.reason})`)
    } else if (seen.kind === 'calls') {
      if (calls.has(seen.effectId)) breaches.push({ what: 'twice', message: `the effect ${seen.effectId} runs twice` })
      calls.set(seen.effectId, seen.run)
    } else if (seen.kind === 'returns') {
      if (calls.get(seen.effectId) === seen.run) calls.delete(seen.effectId)
    } else if (seen.kind === 'crashed') {
      running.clear()
      calls.clear()
    } else if (seen.kind === 'told' && seen.event.type === 'childFailed') {
      if (seen.event.decision === 'resume') resuming.add(seen.event.path)
      else resuming.delete(seen.event.path)
    } else if (seen.kind === 'told' && seen.event.type === 'childRestarted' && grouped.has(seen.event.path)) {
      if (!resuming.has(seen.event.path)) assertNoneLater(seen.event.path, 'is restarted')
    } else if (seen.kind === 'told' && (seen.event.type === 'actorRestarted' || seen.event.type === 'actorResumed')) {
      ordered.add(seen.event.path)
    } else if (seen.kind === 'told' && seen.event.type === 'actorStopped') {
      assertNoneLater(seen.event.path, 'is stopped')
    }
  }
  return breaches
}

/** Before anything has failed, and within the first process. */
function checkFirstStarts({ root, log }: TrialRecord): readonly Breach[] {
  const begun: string[] = []
  for (const seen of log) {
    if (seen.kind === 'begins') begun.push(seen.path)
    if (seen.kind === 'crashed' || (seen.kind === 'told' && seen.event.type === 'childFailed')) break
  }
  const expected = leavesOf(root).map(pathOf)
  const isLegal = begun.every((path, index) => index >= expected.length || path === expected[index])
  return isLegal ? [] : [{ what: 'order', message: `the leaves began in the order ${begun.join(', ')}` }]
}

function laterSiblings(root: Branch): ReadonlyMap<string, readonly string[]> {
  const each = branchesOf(root).flatMap(({ children }) =>
    children.map((child, index) => [child.path, children.slice(index + 1).map(pathOf)] as const),
  )
  return new Map(each)
}

const isGroup = ({ strategy }: Branch): boolean => strategy !== 'oneForOne'
const pathOf = ({ path }: { readonly path: string }): string => path
const isWithin = (path: string, root: string): boolean => path === root || path.startsWith(`${root}/`)
