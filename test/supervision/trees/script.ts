/** What happens to a tree from outside, as data: made up beforehand, so that a run can be repeated with a crash in it. */

import type { LeafEvent } from './leaf.js'
import { type Branch, type Chance, leavesOf, type Twig } from './tree.js'

export type Step =
  | { readonly kind: 'wait'; readonly ms: number }
  /** How often what the event sets off fails. */
  | {
      readonly kind: 'tell'
      readonly path: string
      readonly event: LeafEvent
      readonly fails: number
      readonly to?: string
    }
  /** What an operator tells an actor, whether or not it is there. */
  | { readonly kind: 'order'; readonly path: string; readonly order: 'pause' | 'resume' | 'restart' }

/** Events that come at once, then a wait; as often as there are rounds. */
export function writeScript(root: Branch, chance: Chance, rounds: number): readonly Step[] {
  const paths = leavesOf(root).map(({ path }) => path)
  let n = 0
  const tell = (): Step => {
    const path = chance.pick(paths)
    const type = chance.weigh<LeafEvent['type']>(
      [6, 'MSG'],
      [2, 'PASS'],
      [3, 'FAIL'],
      [3, 'FLAKY'],
      [2, 'TIMER'],
      [2, 'CALL'],
      [1, 'ACT'],
      [1, 'FINISH'],
    )
    const failureClass = chance.weigh<string>(
      [10, 'bug'],
      [3, 'transient'],
      [1, 'timeout'],
      [1, 'permanent'],
      [1, 'budget'],
    )
    const event: LeafEvent = { type, n: ++n, failureClass }
    const fails = chance.below(3)
    if (type === 'PASS') return { kind: 'tell', path, fails, to: chance.pick(paths), event: { ...event, m: ++n } }
    if (type === 'FAIL')
      return { kind: 'tell', path, fails, event: { ...event, starts: chance.weigh([5, 0], [1, 1], [1, 2]) } }
    return { kind: 'tell', path, event, fails }
  }
  const steps: Step[] = []
  for (let round = 0; round < rounds && paths.length > 0; round++) {
    for (let count = 1 + chance.below(6); count > 0; count--) steps.push(tell())
    steps.push({ kind: 'wait', ms: chance.weigh([3, 0], [2, 10], [2, 60], [1, 1_000], [1, 8_000]) })
  }
  return steps
}

/** The same script, with an operator who pauses, resumes and restarts actors here and there, and resumes all in the end. */
export function withOrders(steps: readonly Step[], root: Branch, chance: Chance): readonly Step[] {
  const paths = pathsOf(root)
  const order = (): Step => {
    const kind = chance.weigh<'pause' | 'resume' | 'restart'>([3, 'pause'], [2, 'resume'], [1, 'restart'])
    return { kind: 'order', path: chance.pick(paths), order: kind }
  }
  const mixed = steps.flatMap((step) => (chance.below(3) === 0 ? [order(), step] : [step]))
  return [...mixed, ...paths.map((path): Step => ({ kind: 'order', path, order: 'resume' }))]
}

function pathsOf(twig: Twig): readonly string[] {
  return [twig.path, ...(twig.kind === 'leaf' ? [] : twig.children.flatMap(pathsOf))]
}
