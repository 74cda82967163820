/** What an agent uses and decides, and what becomes of the decision until it is carried out. */
import { type Decision, type Observation, usageSchema } from '../../brain.js'
import { readCommand } from '../commands.js'
import type { Delegate, UseTool } from '../decisions.js'
import { approvalIdOf, demandOf, told } from '../failure.js'
import { withUsage } from '../limits.js'
import type { ApprovalRequest } from '../options.js'
import { canonical } from '../repetition.js'
import { type Change, forgetCall, outputOf, type UpdateArgs } from './learning.js'

export function countTurn({ context: { used } }: UpdateArgs): Change {
  return { used: { ...used, turns: used.turns + 1 } }
}

export function countModelCall({ context: { used } }: UpdateArgs): Change {
  return { used: { ...used, modelCalls: used.modelCalls + 1 } }
}

/** What the brain's answer has cost, also one that is refused. */
export function countUsage({ context: { used }, event }: UpdateArgs): Change {
  return { used: withUsage(used, usageOf(outputOf(event))) }
}

export function noteRefusal({ context, event }: UpdateArgs, reason: string): Change {
  return { refused: [...context.refused, { decision: outputOf(event), reason }] }
}

export function noteDecision(_: UpdateArgs, decision: Decision): Change {
  return { decision, refused: [], failures: 0 }
}

export function prepareCall({ context, event }: UpdateArgs): Change {
  const { tool, input } = event as UseTool
  const { nextId, used, depth, decision, goal } = context
  const call = { id: `c${nextId}`, tool, input, reason: decision?.reason ?? '', goal, turn: used.turns, depth }
  return { call, nextId: nextId + 1, used: { ...used, toolCalls: used.toolCalls + 1 } }
}

export function prepareTask({ context, event }: UpdateArgs): Change {
  const { to, task } = event as Delegate
  const { nextId, used, depth } = context
  const change = { task: { id: `t${nextId}`, to, task, depth: depth + 1 }, nextId: nextId + 1 }
  return { ...change, used: { ...used, delegations: used.delegations + 1 } }
}

/** The call that is prepared needs an approval, by the agent's policy or by the tool's gate. */
export function prepareApproval({ context, event }: UpdateArgs, risk: ApprovalRequest['risk']): Change {
  const { call, goal, nextId, observations } = context
  if (call === undefined) return {}
  const error = Reflect.get(event, 'error')
  const approvalId = approvalIdOf(error) ?? `a${nextId}`
  const demand = demandOf(error)
  const trace = observations.slice(-TRACE_STEPS).map(step)
  return {
    approval: { approvalId, goal, call, risk, trace, ...(demand !== undefined && { demand }) },
    nextId: nextId + 1,
  }
}

/** What a person who decides is shown of the past. */
const TRACE_STEPS = 20
const TRACE_DATA_CHARS = 300

function step({ turn, text, data }: Observation): { readonly turn: number; readonly text: string } {
  if (data === undefined) return { turn, text }
  const whole = canonical(data)
  const shown = whole.length > TRACE_DATA_CHARS ? `${whole.slice(0, TRACE_DATA_CHARS).toWellFormed()}…` : whole
  return { turn, text: `${text} ${shown}` }
}

export function noteApproval({ context: { call }, event }: UpdateArgs): Change {
  const command = readCommand('APPROVE', event)
  if (call === undefined || command === undefined) return {}
  return { call: { ...call, approvalId: command.approvalId, approvedBy: command.by }, approval: undefined }
}

export function noteDenial({ context, event }: UpdateArgs): Change {
  return forgetCall(context, { kind: 'refusal', text: `${context.call?.tool} was denied${denied(event)}.` })
}

function denied(event: UpdateArgs['event']): string {
  const command = readCommand('DENY', event)
  if (command !== undefined) return ` by ${command.by}: ${command.reason ?? 'no reason given'}`
  const error: unknown = Reflect.get(event, 'error')
  return error === undefined ? ': nobody approved it in time' : `: nobody could be asked (${told(error).message})`
}

/** Of an answer that may be none: what can't be read as usage counts for nothing. */
function usageOf(output: unknown): Decision['usage'] {
  if (typeof output !== 'object' || output === null) return undefined
  return usageSchema.safeParse(Reflect.get(output, 'usage')).data
}
