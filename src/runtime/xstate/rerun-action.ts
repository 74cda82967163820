/**
 * Runs an `atLeastOnce` action again that a crash left without a completion mark: same effect id, next attempt, with the
 * params, event and context that it saw (D9).
 */
import type { AnyStateMachine } from 'xstate'
import type { ActorPath } from '../../core/address.js'
import type { RecordRef } from '../../core/inspection.js'
import type { Cell } from '../cell.js'
import { EffectRun } from '../effect-run.js'
import type { Engine } from '../engine.js'
import type { StoredAction } from './held-action.js'

export interface RerunPort extends Engine {
  activate(path: ActorPath): Cell | undefined
}

/** The attempt of an action that is run again: how often it was before is not counted. */
const RERUN = 2

/** `record`: whose action it is. Answers false if the action is not to be found any more; `done` is called when it is through, as after its first run. */
export function rerunAction(
  engine: RerunPort,
  record: RecordRef,
  [effectId, type, , params, event, context]: StoredAction,
  done: () => void,
): boolean {
  const { path } = record
  const cell = engine.activate(path)
  const exec = cell && implementationOf(cell, type)
  if (cell === undefined || exec === undefined) return false
  const run = new EffectRun(engine, path, undefined, effectId, RERUN, true)
  run.cause = record
  const info = { context, event, self: cell.self, system: cell.self.system }
  let result: unknown
  run.run(() => {
    result = exec(info, params)
  })
  if (result instanceof Promise) {
    result.then(done, (error) => {
      done()
      run.fail(error)
    })
  } else done()
  return true
}

type Implementation = (info: unknown, params: unknown) => unknown

/** The action of that name in the cell's own machine, or in one inside it. */
function implementationOf(cell: Cell, name: string): Implementation | undefined {
  for (const logic of [cell.row.logic, ...[...(cell.children?.values() ?? [])].map((child) => child.logic)]) {
    const exec = (logic as unknown as Partial<AnyStateMachine>).implementations?.actions[name]
    if (typeof exec === 'function') return exec as Implementation
  }
  return undefined
}
