/** What an agent's machine takes, and what it tells its observers. */
import type { Decision, Refusal, TokenEvent, Usage } from '../brain.js'
import type { AgentCommand } from './commands.js'
import type { AgentEnding } from './context.js'
import type { AgentDecisionEvent } from './decisions.js'
import type { Spent } from './limits.js'
import type { ApprovalRequest, Task } from './options.js'

/** Commands from outside, decisions of the brain, and the agent's own word that it goes on with the fallback brain. */
export type AgentEvent = AgentCommand | AgentDecisionEvent | { readonly type: 'agent.degrade' }

/** Emitted by the agent: `ref.on('decided', …)`. */
export type AgentEmitted =
  /** A piece of what the brain says, as it comes in; emitted by the brain, and heard at the agent's ref in a system. */
  | TokenEvent
  | {
      readonly type: 'decided'
      readonly turn: number
      readonly event: Decision['event']
      readonly reason: string
      readonly usage: Usage | undefined
      readonly prompt: Decision['prompt']
      readonly model: string | undefined
    }
  | ({ readonly type: 'refused'; readonly turn: number } & Refusal)
  | { readonly type: 'approvalRequested'; readonly request: ApprovalRequest }
  | { readonly type: 'personAsked'; readonly question: string }
  | { readonly type: 'delegated'; readonly task: Task }
  /** `used` has passed the warning's share of `limit`. */
  | { readonly type: 'budgetWarning'; readonly what: Spent; readonly used: number; readonly limit: number }
  | { readonly type: 'degraded' }
  | { readonly type: 'escalated'; readonly why: AgentEnding | undefined }
