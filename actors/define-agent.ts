/**
 * An agent with everything around it that governs it: its turns are counted in the ledger, its decisions are logged, its tools
 * are called through the gate, its approvals are asked at the system's desk.
 *
 * Boundary: puts parts together that can each be had alone; `createAgentMachine` is the agent itself.
 */
import type { AgentMachine, AgentOptions } from '../machines/index.js'
import { createAgentMachine } from '../machines/index.js'
import { defaultPolicy, type GateOptions, toolGate } from '../src/index.js'
import type { DefinedBrain } from './define-brain.js'
import { withDecisionLog } from './with-decision-log.js'
import { type BrainRedaction, withRedaction } from './with-redaction.js'
import { withTurns } from './with-turns.js'

export interface DefineAgentOptions
  extends Omit<AgentOptions, 'brain' | 'fallback' | 'tools' | 'tool' | 'assess' | 'approval'> {
  readonly brain: DefinedBrain
  readonly fallback?: DefinedBrain
  /** What it can do; its scopes, its policies and its budget say what it may. Default none. */
  readonly tools?: GateOptions['tools']
  /** Which calls are allowed, denied, or need an approval. Default `defaultPolicy`: a person approves what is dangerous. */
  readonly toolPolicy?: GateOptions['policy']
  /** What one call may cost at most, in US dollars. */
  readonly toolCostUsd?: GateOptions['costUsd']
  /** Taken out of what the brains are told. Default: nothing is. */
  readonly redact?: BrainRedaction
  /** Default: the system's approvals. */
  readonly approval?: AgentOptions['approval']
}

/** A question ends by its own deadline and after its escalations, a delegated task by its own limits: the agent waits for that. */
const DAY = 86_400_000

/**
 * The machine of an agent that is governed. `limits.approvalMs` and `limits.delegateMs` are a day where nothing is said: how
 * long a question waits is for `createSystem({ approvals })` to say, and how long a task takes for whoever it was given to. Throws `OPTIONS_INVALID`, with the path of the field.
 *
 * @example
 * ```ts
 * import { createSystem, defineTool, memoryStore, withBudget, withPermissions } from 'roscius'
 * import { defineAgent, fromRules } from 'roscius/actors'
 * import { z } from 'zod'
 *
 * const weather = defineTool({
 *   name: 'weather',
 *   version: '1.0.0',
 *   description: 'Tells the weather of a place.',
 *   input: z.object({ place: z.string() }),
 *   output: z.string(),
 *   risk: 'read',
 *   scopes: ['read:weather'],
 *   execute: ({ input }) => `It rains in ${input.place}.`,
 * })
 * const brain = fromRules([
 *   { when: { observed: 'tool' }, decide: { event: { type: 'FINISH', output: 'umbrella' }, reason: 'it rains' } },
 *   { decide: { event: { type: 'USE_TOOL', tool: 'weather', input: { place: 'Bern' } }, reason: 'look outside' } },
 * ])
 * const agent = defineAgent({ goal: 'dress for the weather', brain, tools: [weather] })
 * await using system = await createSystem({ name: 'home', store: memoryStore(), logic: { agent } })
 * const ref = await system.spawn('agent', {
 *   id: 'a',
 *   ...withPermissions({ scopes: ['read:weather'] }),
 *   ...withBudget({ toolCalls: 5 }),
 * })
 * console.log((await ref.result()).status)
 * ```
 */
export function defineAgent(options: DefineAgentOptions): AgentMachine {
  const { brain, fallback, tools = [], toolPolicy = defaultPolicy, toolCostUsd, approval, redact, ...rest } = options
  const redacted = (one: DefinedBrain): DefinedBrain => (redact === undefined ? one : withRedaction(one, redact))
  const gate = toolGate({ tools, policy: toolPolicy, ...(toolCostUsd !== undefined && { costUsd: toolCostUsd }) })
  return createAgentMachine({
    ...rest,
    limits: { approvalMs: DAY, delegateMs: DAY, ...rest.limits },
    ...gate,
    ...(approval !== undefined && { approval }),
    brain: withDecisionLog(withTurns(redacted(brain))),
    ...(fallback !== undefined && { fallback: withDecisionLog(redacted(fallback)) }),
  })
}
