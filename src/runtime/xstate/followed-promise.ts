/**
 * Promise logic whose own promise is followed to its end. XState tells of a settlement only as long as somebody waits for
 * it; whoever ends an actor must know when its effect has really stopped working, also long after it was aborted.
 *
 * Logic made by `fromPromise` is told by the text of its `start`, as `logic-kind.ts` does. Any other is left as it is: when
 * it has stopped working, nobody can tell.
 */
import { fromPromise } from 'xstate'
import { currentRun } from '../effect-run.js'
import type { HostedLogic } from './internals.js'

type Creator = (args: never) => unknown

const nothing = (): never => {
  throw new Error('never called')
}

const START = startOf(fromPromise(nothing))?.toString()
const known = new WeakMap<object, HostedLogic['start']>()

/** The `start` of promise logic, which the run that it is part of follows. */
export function followedStart(logic: HostedLogic): HostedLogic['start'] {
  if (!known.has(logic)) known.set(logic, follow(logic))
  return known.get(logic)
}

function follow(logic: HostedLogic): HostedLogic['start'] {
  const { config } = logic as { readonly config?: unknown }
  if (typeof config !== 'function' || logic.start?.toString() !== START) return logic.start
  return startOf(fromPromise((args) => settling((config as Creator)(args as never))))
}

/** As XState does with what the creator gives; so a thenable is asked once. */
function settling(value: unknown): Promise<unknown> {
  const promise = Promise.resolve(value)
  currentRun()?.follow(promise)
  return promise
}

function startOf(logic: object): HostedLogic['start'] {
  return (logic as { readonly start?: HostedLogic['start'] }).start
}
