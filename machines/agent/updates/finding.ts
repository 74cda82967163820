/** What an agent finds out: from tools, peers, persons, and its own memory. */
import { readCommand } from '../commands.js'
import { callKey } from '../decisions.js'
import { told } from '../failure.js'
import { canonical, withCall } from '../repetition.js'
import {
  type Change,
  dropWaiting,
  forgetCall,
  forgetTask,
  learn,
  observe,
  outputOf,
  type UpdateArgs,
  type UpdateEvent,
} from './learning.js'

export function noteToolResult({ context, event }: UpdateArgs): Change {
  const data = outputOf(event)
  const error = errorIn(data)
  const text = error === undefined ? `${context.call?.tool} answered.` : `${context.call?.tool} failed: ${error}`
  return forgetCall(context, { kind: 'tool', text, data })
}

/** A tool may answer with what went wrong: `{ ok: false, error: { message } }`. */
function errorIn(data: unknown): string | undefined {
  if (typeof data !== 'object' || data === null || Reflect.get(data, 'ok') !== false) return undefined
  const error = Reflect.get(data, 'error')
  return typeof error === 'object' && error !== null ? told(error).message : undefined
}

export function noteToolError({ context, event }: UpdateArgs): Change {
  const error = told(Reflect.get(event, 'error'))
  const text = `${context.call?.tool} failed: ${error.message}`
  return forgetCall(context, { kind: 'tool', text, data: { ok: false, error } })
}

export function noteToolSilence({ context }: UpdateArgs): Change {
  const error = { code: 'TIMEOUT', message: 'no answer in time' }
  return forgetCall(context, {
    kind: 'tool',
    text: `${context.call?.tool} did not answer.`,
    data: { ok: false, error },
  })
}

/** It is not run again, and the brain knows. */
export function noteUnclear({ context }: UpdateArgs): Change {
  const error = { code: 'OUTCOME_UNKNOWN', message: 'it is not known whether it happened; it is not run again' }
  const text = `It is not known whether ${context.call?.tool} happened.`
  return forgetCall(context, { kind: 'tool', text, data: { ok: false, error } })
}

export function noteVerification({ context, event }: UpdateArgs): Change {
  const data = outputOf(event) as { readonly happened?: boolean; readonly output?: unknown } | undefined
  const text = `${context.call?.tool} ${data?.happened === true ? 'happened' : 'did not happen'}, as was verified.`
  return forgetCall(context, { kind: 'tool', text, data })
}

export function noteReply({ context, event }: UpdateArgs): Change {
  const command = readCommand('REPLY', event)
  const output = command === undefined ? Reflect.get(outputOf(event) as object, 'output') : command.output
  return forgetTask(context, { kind: 'peer', text: `${context.task?.to} answered.`, data: output })
}

export function noteNoReply({ context, event }: UpdateArgs): Change {
  const error = Reflect.get(event, 'error')
  const why = error === undefined ? 'no answer in time' : told(error).message
  const data = { ok: false, error: error === undefined ? { code: 'TIMEOUT', message: why } : told(error) }
  return forgetTask(context, { kind: 'peer', text: `${context.task?.to} did not answer: ${why}.`, data })
}

export function noteAnswer({ context, event }: UpdateArgs): Change {
  const { text, context: guidance, by } = event as UpdateEvent & { text?: string; context?: string; by?: string }
  const who = by === undefined ? 'A person' : by
  return {
    ...dropWaiting({ context, event }),
    ...learn(context, { kind: 'person', text: `${who} says: ${text ?? guidance ?? ''}` }),
  }
}

export function noteNoAnswer(args: UpdateArgs): Change {
  return { ...dropWaiting(args), ...observe(args.context, { kind: 'person', text: 'Nobody answered in time.' }) }
}

export function noteReflection({ context, event }: UpdateArgs): Change {
  const { note } = event as UpdateEvent & { note: string }
  const seen = withCall(context.seen, callKey(event)!, '')
  return { ...observe(context, { kind: 'note', text: note }), seen }
}

export function noteQuestion({ context, event }: UpdateArgs): Change {
  const { question } = event as UpdateEvent & { question: string }
  return { question, seen: withCall(context.seen, callKey(event)!, '') }
}

/** A crash left open whether a call happened, and a person is to say. */
export function askWhatHappened({ context: { call } }: UpdateArgs): Change {
  return {
    question: `Did ${call?.tool} happen? It is not known, and it is not run again. Arguments: ${canonical(call?.input)}`,
  }
}

export function noteMemory({ event }: UpdateArgs): Change {
  const memory = outputOf(event)
  return { memory: Array.isArray(memory) ? memory.map(String) : [] }
}
