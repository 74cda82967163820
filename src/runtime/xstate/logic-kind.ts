/**
 * What kind of logic an XState logic object is. XState does not say, so logic made by its own creators is told by the text
 * of its `transition` function, compared with a sample made by the same copy of XState; anything else is `custom`.
 */
import { fromCallback, fromEventObservable, fromObservable, fromPromise, fromTransition } from 'xstate'
import type { HostedLogic } from './internals.js'

export type LogicKind = 'machine' | 'transition' | 'promise' | 'callback' | 'observable' | 'custom'

const nothing = (): never => {
  throw new Error('never called')
}

const KIND_BY_TEXT = new Map<string, LogicKind>([
  [fromTransition(nothing, undefined).transition.toString(), 'transition'],
  [fromPromise(nothing).transition.toString(), 'promise'],
  [fromCallback(nothing).transition.toString(), 'callback'],
  [fromObservable(nothing).transition.toString(), 'observable'],
  [fromEventObservable(nothing).transition.toString(), 'observable'],
])

const known = new WeakMap<object, LogicKind>()

export function logicKind(logic: object): LogicKind {
  let kind = known.get(logic)
  if (kind === undefined) {
    kind =
      '__xstatenode' in logic ? 'machine' : (KIND_BY_TEXT.get((logic as HostedLogic).transition.toString()) ?? 'custom')
    known.set(logic, kind)
  }
  return kind
}

/** Whether logic of this kind does something outside when it starts: such a start waits for the commit. */
export function isEffectful(logic: HostedLogic): boolean {
  return logic.start !== undefined && logicKind(logic) !== 'machine'
}
