/**
 * The gate between an agent and its tools: each call is judged, approved, metered, made and recorded here, and nowhere else.
 *
 * 1. A call is judged by what its actor may do now: its scopes, its own policy, and every policy above it. What the agent's
 *    statechart or its brain thinks of it counts for nothing.
 * 2. What needs an approval is not called without one: the call fails with `APPROVAL_REQUIRED`, under whose `approvalId` the
 *    agent asks. An approval counts for the very calls it covers (`approvalKey`), and for no others.
 * 3. A call that may have been made before a crash, of a tool that is not idempotent, fails with `OUTCOME_UNKNOWN`.
 * 4. All else that goes wrong is an answer to the brain.
 */
import { type AnyActorRef, fromPromise, type PromiseActorLogic } from 'xstate'
import type { AgentOptions, ToolCall } from '../../../machines/agent/options.js'
import type { ToolSummary } from '../../../machines/brain.js'
import { RosciusError } from '../../core/errors.js'
import { currentRun } from '../../runtime/effect-run.js'
import { approvalActor } from '../approvals/approval-actor.js'
import { defaultPolicy, definePolicy } from '../policy/define-policy.js'
import type { PolicyInput } from '../policy/policy.js'
import type { Tool } from '../tools/tool.js'
import { failedAnswer, type ToolAnswer } from '../tools/tool-answer.js'
import { type ToolRegistry, toolRegistry } from '../tools/tool-registry.js'
import { costOf } from './call-cost.js'
import { GatedCall } from './gated-call.js'

export interface GateOptions {
  readonly tools: readonly Tool[] | ToolRegistry
  /** The agent's own policy, beside those that its spawn and its parents' bring. Default `defaultPolicy`. */
  readonly policy?: PolicyInput
  /**
   * What one call may cost at most, in US dollars, with the arguments as the tool gets them: reserved in the ledger, and known
   * to the policy. Default: unknown. What is no amount fails the call with `OPTIONS_INVALID`.
   */
  readonly costUsd?: (call: Pick<ToolCall, 'tool' | 'input'>) => number | undefined
}

/** What `createAgentMachine` is given of tools. */
export interface ToolGate {
  readonly tools: readonly ToolSummary[]
  readonly tool: PromiseActorLogic<ToolAnswer, ToolCall>
  readonly assess: NonNullable<AgentOptions['assess']>
  readonly approval: NonNullable<AgentOptions['approval']>
}

/**
 * A gate to these tools, to be spread into the options of `createAgentMachine`; `defineAgent` does that. Throws
 * `OPTIONS_INVALID` with the path of the field.
 *
 * @example
 * ```ts
 * import { defineTool, toolGate } from 'roscius'
 * import { fromRules } from 'roscius/actors'
 * import { createAgentMachine } from 'roscius/machines'
 * import { z } from 'zod'
 *
 * const add = defineTool({
 *   name: 'add',
 *   version: '1.0.0',
 *   description: 'Adds two numbers.',
 *   input: z.object({ a: z.number(), b: z.number() }),
 *   output: z.number(),
 *   risk: 'read',
 *   execute: ({ input }) => input.a + input.b,
 * })
 * const brain = fromRules([{ decide: { event: { type: 'USE_TOOL', tool: 'add', input: { a: 1, b: 2 } }, reason: 'asked' } }])
 * export const agent = createAgentMachine({ goal: 'add', brain, ...toolGate({ tools: [add] }) })
 * ```
 */
export function toolGate({ tools, policy = defaultPolicy, costUsd = () => undefined }: GateOptions): ToolGate {
  const registry = isList(tools) ? toolRegistry(tools) : tools
  const read = definePolicy(policy)
  const call = async (input: ToolCall, signal: AbortSignal, self: AnyActorRef): Promise<ToolAnswer> => {
    const tool = registry.get(input.tool)
    if (tool === undefined) return missing(input.tool)
    const terms = { policy: read, costUsd: costOf(tool, input.input, costUsd) }
    return new GatedCall(tool, input, terms, currentRun(), self._parent?.sessionId).make(signal)
  }
  return {
    tools: registry.list().map(({ name, version, description, risk, input }) => ({
      name,
      version,
      description,
      risk,
      input: { ...input },
    })),
    tool: fromPromise<ToolAnswer, ToolCall>(({ input, signal, self }) => call(input, signal, self)),
    // The gate itself judges, with all that is known when the call is made.
    assess: () => 'allow',
    approval: approvalActor,
  }
}

/** One that is gone since a crash may have run before it. */
function missing(name: string): ToolAnswer {
  const run = currentRun()
  if (run === undefined || run.attempt === 1) return failedAnswer('TOOL_NOT_FOUND', `There is no tool ${name}.`)
  const message = `It is not known whether ${name} did its work before a crash, and there is no such tool any more.`
  throw new RosciusError('OUTCOME_UNKNOWN', message, { address: run.path })
}

function isList(tools: GateOptions['tools']): tools is readonly Tool[] {
  return Array.isArray(tools)
}
