/**
 * Runs an `atLeastOnce` action again that a crash left without a completion mark: same effect id, next attempt, with the
 * params, event and context that it saw (D9).
 */
import type { AnyStateMachine } from 'xstate'
import type { ActorPath } from '../../core/address.js'
import type { Cell } from '../cell.js'
import { EffectRun } from '../effect-run.js'
import type { Engine } from '../engine.js'
import type { StoredAction } from './held-action.js'

export interface RerunPort extends Engine {
  activate(path: ActorPath): Cell | undefined
}

export function rerunAction(engine: RerunPort, path: ActorPath, effectId: string, action: StoredAction): void {
  const cell = engine.activate(path)
  if (cell === undefined) return
  const exec = (cell.row.logic as unknown as AnyStateMachine).implementations?.actions[action.type]
  if (typeof exec !== 'function') return
  const run = new EffectRun(engine, path, undefined, effectId, action.attempt + 1, true)
  const info = { context: action.context, event: action.event, self: cell.self, system: cell.self.system }
  run.run(() => (exec as (info: unknown, params: unknown) => void)(info, action.params))
}
