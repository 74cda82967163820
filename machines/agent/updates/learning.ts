/**
 * How an agent's context takes up what is new: the parts that all updates share.
 *
 * 1. Updates are pure functions for `assign`. The time is nowhere in them.
 * 2. What was being carried out is forgotten as soon as it is told: an observation has it then.
 */
import type { Observation } from '../../brain.js'
import type { AgentContext } from '../context.js'
import { callKey } from '../decisions.js'
import { fingerprint, forgetCounts, withCall } from '../repetition.js'

export interface UpdateEvent {
  readonly type: string
}

export interface UpdateArgs {
  readonly context: AgentContext
  readonly event: UpdateEvent
}

export type Change = Partial<AgentContext>
export type Told = Pick<Observation, 'kind' | 'text'> & { readonly data?: unknown }

export function observe(context: AgentContext, what: Told): Pick<AgentContext, 'observations'> {
  const { observations, used, limits } = context
  return { observations: [...observations, { turn: used.turns, ...what }].slice(-limits.observations) }
}

/** Something new: whatever was done before may be worth doing again. */
export function learn(context: AgentContext, what: Told): Change {
  return { ...observe(context, what), seen: forgetCounts(context.seen) }
}

export function forgetCall(context: AgentContext, what: Told): Change {
  const { call } = context
  const key = call && callKey({ type: 'USE_TOOL', ...call })
  const seen = key === undefined ? context.seen : withCall(context.seen, key, resultOf(what))
  return { ...observe(context, what), seen, call: undefined, approval: undefined }
}

export function forgetTask(context: AgentContext, what: Told): Change {
  const key = context.task && callKey({ type: 'DELEGATE', ...context.task })
  const seen = key === undefined ? context.seen : withCall(context.seen, key, resultOf(what))
  return { ...observe(context, what), seen, task: undefined }
}

/** It isn't needed any more: what was asked is withdrawn. */
export function dropWaiting(_: UpdateArgs): Change {
  return { call: undefined, approval: undefined, task: undefined, question: undefined }
}

export function outputOf(event: UpdateEvent): unknown {
  return Reflect.get(event, 'output')
}

function resultOf({ text, data }: Told): string {
  return fingerprint([text, data])
}
