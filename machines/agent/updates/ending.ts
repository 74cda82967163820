/** What goes wrong with an agent, and how it ends. */
import type { AgentEnding } from '../context.js'
import { onExhaustedOf, told } from '../failure.js'
import { usedUp } from '../limits.js'
import type { ToolCall } from '../options.js'
import type { Change, UpdateArgs, UpdateEvent } from './learning.js'

export function countFailure({ context }: UpdateArgs): Change {
  return { failures: context.failures + 1 }
}

export function noteDone({ event }: UpdateArgs): Change {
  return { ending: { status: 'done', output: Reflect.get(event, 'output') } }
}

export function noteGiveUp({ event }: UpdateArgs): Change {
  return { ending: { status: 'failed', reason: String(Reflect.get(event, 'reason')) } }
}

/** The brain has failed, or was refused, too often. */
export function noteStuck({ context, event }: UpdateArgs): Change {
  const error = Reflect.get(event, 'error')
  if (error !== undefined) return ending({ status: 'failed', reason: 'The brain fails.', error: told(error) })
  const last = context.refused.at(-1)
  if (last === undefined) return ending({ status: 'failed', reason: 'The brain does not answer in time.' })
  return ending({ status: 'failed', reason: `The brain decides what can not be done: ${last.reason}` })
}

const SHORTAGES = ['turns', 'tokens', 'costUsd'] as const

/** Which of its own limits is used up; the deadline if none is. */
export function noteShortage({ context }: UpdateArgs): Change {
  return ending({ status: 'exhausted', limit: usedUp(context, SHORTAGES) ?? 'deadline' })
}

/** The ledger refuses. */
export function noteOverBudget({ event }: UpdateArgs): Change {
  const error = Reflect.get(event, 'error')
  const onExhausted = onExhaustedOf(error)
  const wish = onExhausted === undefined ? {} : { onExhausted }
  return ending({ status: 'exhausted', limit: 'budget', error: told(error), ...wish })
}

export function noteDeadline({ context }: UpdateArgs): Change {
  return ending({ status: 'exhausted', limit: 'deadline', ...unfinished(context) })
}

export function noteCancel({ context, event }: UpdateArgs): Change {
  const { reason, by } = event as UpdateEvent & { reason?: string; by?: string }
  const given = { ...(reason === undefined ? {} : { reason }), ...(by === undefined ? {} : { by }) }
  return ending({ status: 'cancelled', ...given, ...unfinished(context) })
}

function unfinished({ call }: UpdateArgs['context']): { readonly unfinished?: ToolCall } {
  return call === undefined ? {} : { unfinished: call }
}

/** Somebody has helped. */
export function forgetTrouble(_: UpdateArgs): Change {
  return { ending: undefined, refused: [], failures: 0 }
}

function ending(how: AgentEnding): Change {
  return { ending: how }
}
