/**
 * What a started effect is given: the scope of its actor, for as long as the effect is not over. Whatever it sends through
 * it is a sign of life; afterwards it is dropped, also where the effect has lost its async context.
 */
import type { EventObject } from 'xstate'
import type { EffectRun } from '../effect-run.js'
import type { CellSystem } from './cell-system.js'
import type { Scope } from './internals.js'

/** `tell`, if given, is told of all that it emits until it has settled. */
export function effectScope(
  scope: Scope,
  run: EffectRun,
  isPromise: boolean,
  tell?: (event: EventObject) => void,
): Scope {
  const { self, id, sessionId, logger, defer, stopChild, actionExecutor } = scope
  const system = scope.system as CellSystem
  const fenced = system.relayingThrough((source, target, event) => {
    if (run.isOver) return
    // All that a promise sends through its scope is its answer.
    if (isPromise) run.settle()
    else run.heartbeat()
    system._relay(source, target, event)
  })
  return {
    self,
    id,
    sessionId,
    logger,
    defer,
    stopChild,
    actionExecutor,
    system: fenced,
    emit: (event) => {
      if (run.isOver) return
      run.heartbeat()
      scope.emit(event)
      if (!run.hasSettled) tell?.(event)
    },
  }
}
