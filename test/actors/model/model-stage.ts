import { onTestFinished } from 'vitest'
import { fromPromise } from 'xstate'
import type { DefinedBrain } from '../../../actors/define-brain.js'
import { type FromOpenAICompatibleOptions, fromOpenAICompatible } from '../../../actors/model/index.js'
import type { AgentOptions, ToolCall } from '../../../machines/agent/options.js'
import { createAgentMachine } from '../../../machines/agent.js'
import type { BrainRequest, LegalEvent, ToolSummary } from '../../../machines/brain.js'
import { type ChatAnswer, type ChatMessage, ChatServer } from '../../support/chat-completions-server.js'
import { World } from '../../support/world.js'
import { asked } from '../brain-stage.js'

export const MODEL = 'bee-1'
export const PRICES = { inputUsdPerMillion: 10, outputUsdPerMillion: 30, cachedInputUsdPerMillion: 1 }

export const COUNT: ToolSummary = {
  name: 'count',
  description: 'counts things',
  risk: 'read',
  input: {
    type: 'object',
    properties: { what: { type: 'string' } },
    required: ['what'],
    additionalProperties: false,
  },
}

/** As an agent tells them. */
export const LEGAL: readonly LegalEvent[] = [
  {
    type: 'USE_TOOL',
    description: 'calls a tool',
    schema: {
      type: 'object',
      properties: { type: { const: 'USE_TOOL' }, tool: { enum: ['count'] }, input: {} },
      required: ['type', 'tool', 'input'],
    },
  },
  {
    type: 'FINISH',
    description: 'the goal is reached',
    schema: { type: 'object', properties: { type: { const: 'FINISH' }, output: {} }, required: ['type', 'output'] },
  },
]

/** A question of that agent's. */
export function question(more: Partial<BrainRequest> = {}): BrainRequest {
  return asked({ goal: 'count the bees', legal: [...LEGAL], tools: [COUNT], ...more })
}

export const counting: ChatMessage = {
  text: 'They have to be counted.',
  calls: [{ name: 'count', args: { what: 'bees' } }],
}
export const finishing: ChatMessage = { text: 'They are counted.', calls: [{ name: 'FINISH', args: { output: 42 } }] }

/** A server with that script, closed when the test is over. */
export async function chat(...answers: readonly ChatAnswer[]): Promise<ChatServer> {
  const server = await ChatServer.start(...answers)
  onTestFinished(() => server.close())
  return server
}

export function modelAt(server: ChatServer, more: Partial<FromOpenAICompatibleOptions> = {}): DefinedBrain {
  return fromOpenAICompatible({ baseURL: server.baseURL, model: MODEL, ...more })
}

interface AgentStageOptions {
  /** What stands around its brain. */
  readonly wrap?: (brain: DefinedBrain) => DefinedBrain
  readonly model?: Partial<FromOpenAICompatibleOptions>
  readonly agent?: Partial<AgentOptions>
}

/** An agent that counts bees, in a world, over a real server. */
export async function agentWorld(
  server: ChatServer,
  { wrap = (brain) => brain, model, agent }: AgentStageOptions = {},
) {
  const calls: ToolCall[] = []
  const tool = fromPromise<unknown, ToolCall>(async ({ input }) => {
    calls.push(input)
    return { found: 42 }
  })
  const brain = wrap(modelAt(server, model))
  const machine = createAgentMachine({ goal: 'count the bees', brain, tools: [COUNT], tool, ...agent })
  const world = new World({ agent: machine })
  const system = await world.open()
  onTestFinished(() => world.stop())
  const ref = () => system.actor('agent', 'a')
  const settled = () =>
    Object.fromEntries(system.budget('a')?.lines.map(({ dimension, settled }) => [dimension, settled]) ?? [])
  return { world, system, ref, calls, settled }
}

/** Waits for something that a real server or socket does. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve))
}
