/**
 * What a model is told of an agent's situation, unless the agent has a prompt of its own.
 *
 * 1. The goal and its constraints are orders. All that was observed or remembered is data, and fenced.
 * 2. The same request gives the same text: what is known longer stands first, so that providers can cache it.
 */
import { canonical } from '../../machines/agent/repetition.js'
import { type BrainRequest, brainRequestSchema } from '../../machines/brain.js'
import { definePrompt, type Prompt, type PromptText } from '../define-prompt.js'
import { FENCE_RULE, fenceData } from './fence-data.js'

const SYSTEM = `You decide for an agent, one step at a time. You are given its goal and what it has found out so far.
Say in one sentence why, then decide the one next step, in the form that you are offered.
Take only steps that serve the goal and keep to the constraints. Don't repeat a step that has brought nothing new.
Finish as soon as the goal is reached; give up if it can't be.

${FENCE_RULE}`

/**
 * The default prompt of `fromModel`.
 *
 * @example
 * ```ts
 * import { agentPrompt } from 'roscius/model'
 *
 * console.log(agentPrompt.name, agentPrompt.version)
 * ```
 */
export const agentPrompt: Prompt<BrainRequest, PromptText> = definePrompt({
  name: 'roscius.agent',
  version: '1.0.0',
  input: brainRequestSchema,
  template: (request): PromptText => ({ system: SYSTEM, user: situation(request) }),
})

function situation(request: BrainRequest): string {
  const { goal, constraints, memory, observations, refused = [] } = request
  return [
    `# Goal\n${goal}`,
    part(
      'Constraints',
      constraints.map((one) => `- ${one}`),
    ),
    part(
      'What is remembered',
      memory.map((one) => fenceData('memory', one)),
    ),
    part('What has happened so far, the newest last', observations.map(observed)),
    part('Your answers to this question that could not be taken, and why: decide something else', refused.map(refusal)),
    `# Now\nThe agent is in the state ${request.state}, in turn ${request.turn}. Left: ${left(request.limits)}.\nWhat is the next step?`,
  ]
    .filter((text) => text !== '')
    .join('\n\n')
}

function part(title: string, items: readonly string[]): string {
  return items.length === 0 ? '' : `# ${title}\n${items.join('\n')}`
}

function observed({ turn, kind, text, data }: BrainRequest['observations'][number]): string {
  return fenceData(`${kind} turn ${turn}`, data === undefined ? text : `${text}\n${canonical(data)}`)
}

function refusal({ decision, reason }: NonNullable<BrainRequest['refused']>[number]): string {
  return fenceData('refused', `${canonical(decision)}\nRefused: ${reason}`)
}

function left({ turnsLeft, tokensLeft, costUsdLeft, toolCallsLeft }: BrainRequest['limits']): string {
  const parts = [`${turnsLeft} turns`]
  if (toolCallsLeft !== undefined) parts.push(`${toolCallsLeft} tool calls`)
  if (tokensLeft !== undefined) parts.push(`${tokensLeft} tokens`)
  if (costUsdLeft !== undefined) parts.push(`$${costUsdLeft}`)
  return parts.join(', ')
}
