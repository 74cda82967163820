/**
 * The guards of an agent that look at its context and the event. A statechart of your own takes them as they are: each asks
 * for no more of a context than it reads.
 *
 * 1. Guards of decisions are also asked with `{ type }` alone, for the list of what is legal: what isn't there is no reason
 *    to say no.
 */
import type { Decision } from '../brain.js'
import { isWellFormed } from './commands.js'
import type { AgentContext } from './context.js'
import { callKey, type UseTool } from './decisions.js'
import { isApprovalRequired, isBudgetError, isOutcomeUnknown, isPermanent } from './failure.js'
import { type AgentLimits, isWithin, type Limited } from './limits.js'
import type { AgentPolicy, AgentSettings, ApprovalRequest, DelegateAnswer, Task, ToolCall } from './options.js'
import { type SeenCall, timesSeen } from './repetition.js'

interface Event {
  readonly type: string
}

interface Of<TContext> {
  readonly context: TContext
}

interface On<TContext> extends Of<TContext> {
  readonly event: Event
}

/** There is another turn. */
export function withinTurns({ context }: Of<Limited>): boolean {
  return isWithin(context, 'turns')
}

/** The agent's own limits of tokens and cost are not used up. Tool calls bound the calls, not the thinking. */
export function withinBudget({ context }: Of<Limited>): boolean {
  return isWithin(context, 'tokens') && isWithin(context, 'costUsd')
}

export function withinToolCalls({ context }: Of<Limited>): boolean {
  return isWithin(context, 'toolCalls')
}

/** A task may be handed further down. */
export function withinDepth({ context }: Of<Limited & { readonly depth: number }>): boolean {
  return context.depth < context.limits.depth
}

/** The same with the same arguments was not done `limits.repeats` times without any new information. */
export function notLooping({ context, event }: On<Limited & { readonly seen: readonly SeenCall[] }>): boolean {
  const key = callKey(event)
  return key === undefined || timesSeen(context.seen, key) < context.limits.repeats
}

/** The brain may be asked once more after this refusal. */
export function mayAskAgain({
  context,
}: Of<{ readonly limits: Pick<AgentLimits, 'refusals'>; readonly refused: readonly unknown[] }>): boolean {
  return context.refused.length + 1 < context.limits.refusals
}

/** The brain may be tried once more after a failure. */
export function mayRetry({
  context,
  event,
}: On<{ readonly limits: Pick<AgentLimits, 'retries'>; readonly failures: number }>): boolean {
  return !isPermanent(errorOf(event)) && context.failures < context.limits.retries
}

export function hasGoal({ context }: Of<{ readonly goal: string }>): boolean {
  return context.goal !== ''
}

/** A command is written as it should be. */
export function isCommand({ event }: { readonly event: Event }): boolean {
  return isWellFormed(event)
}

/** A command that gives a goal, where there is none yet. */
export function isStart({ context, event }: On<{ readonly goal: string }>): boolean {
  return isWellFormed(event) && (context.goal !== '' || Reflect.get(event, 'goal') !== undefined)
}

/** The approval that is waited for. */
export function isThisApproval({ context, event }: On<{ readonly approval?: ApprovalRequest }>): boolean {
  return isWellFormed(event) && Reflect.get(event, 'approvalId') === context.approval?.approvalId
}

/** The task that is waited for. */
export function isThisTask({ context, event }: On<{ readonly task?: Task }>): boolean {
  return isWellFormed(event) && Reflect.get(event, 'taskId') === context.task?.id
}

export function isPending({ event }: { readonly event: Event }): boolean {
  return (Reflect.get(event, 'output') as DelegateAnswer | undefined)?.status === 'pending'
}

/** The budget is spent. */
export function isOverBudget({ event }: { readonly event: Event }): boolean {
  return isBudgetError(errorOf(event))
}

/** A crash left open whether it happened. */
export function isUnclear({ event }: { readonly event: Event }): boolean {
  return isOutcomeUnknown(errorOf(event))
}

/** The gate of the tools wants a person to be asked. A call that has an approval is not asked about again. */
export function isGated({ context, event }: On<{ readonly call?: ToolCall }>): boolean {
  return context.call?.approvalId === undefined && isApprovalRequired(errorOf(event))
}

/** A call that changes nothing may be given up without knowing whether it happened. */
export function isHarmless({ tools }: Pick<AgentSettings, 'tools'>) {
  return ({ context }: Of<{ readonly call?: ToolCall }>): boolean =>
    tools.some(({ name, risk }) => name === context.call?.tool && risk === 'read')
}

/** The policy doesn't deny the call. */
export function isPermitted({ assess }: Pick<AgentSettings, 'assess'>) {
  return ({ context, event }: On<{ readonly depth: number }>): boolean =>
    assessed({ assess }, context.depth, event) !== 'deny'
}

/** The policy wants a person to be asked. */
export function needsApproval({ assess }: Pick<AgentSettings, 'assess'>) {
  return ({ context, event }: On<{ readonly depth: number }>): boolean =>
    assessed({ assess }, context.depth, event) === 'requireApproval'
}

export function hasTools({ tools }: Pick<AgentSettings, 'tools'>) {
  return (): boolean => tools.length > 0
}

export function canDelegate({ delegate }: Pick<AgentSettings, 'delegate'>) {
  return (): boolean => delegate !== undefined
}

export function hasMemory({ memory }: Pick<AgentSettings, 'memory'>) {
  return (): boolean => memory !== undefined
}

/** What the policy says to do. */
export function says<K extends keyof AgentPolicy>(policy: AgentPolicy, key: K, value: AgentPolicy[K]) {
  return (): boolean => policy[key] === value
}

/** What is to be done now that a limit is used up: the spent budget's word comes before the agent's policy. */
export function onExhausted({ policy, fallback }: AgentSettings, wanted: AgentPolicy['onExhausted']) {
  return ({ context: { ending } }: { readonly context: Pick<AgentContext, 'ending'> }): boolean => {
    const said = (ending?.status === 'exhausted' ? ending.onExhausted : undefined) ?? policy.onExhausted
    // Without a fallback brain there is nothing to degrade to.
    return (said === 'degrade' && fallback === undefined ? 'stop' : said) === wanted
  }
}

/** The event of a decision, or an outside one. */
function assessed(
  { assess }: Pick<AgentSettings, 'assess'>,
  depth: number,
  event: Event | Decision['event'],
): ReturnType<AgentSettings['assess']> {
  const { tool, input } = event as UseTool
  return tool === undefined ? 'allow' : assess({ tool, input, depth })
}

function errorOf(event: Event): unknown {
  return Reflect.get(event, 'error')
}
