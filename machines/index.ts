export {
  type AgentCommand,
  type AgentCommandType,
  agentCommandSchemas,
} from './agent/commands.js'
export type { AgentContext, AgentEnding, AgentInput, AgentOutput, ExhaustedLimit } from './agent/context.js'
export type { AgentDecisionEvent } from './agent/decisions.js'
export type { AgentEmitted, AgentEvent } from './agent/events.js'
export type { ToldError } from './agent/failure.js'
export type { AgentLimits, AgentLimitsInput, Grant, Limited, Spent, Used } from './agent/limits.js'
export type {
  AgentOptions,
  AgentPolicy,
  ApprovalDemand,
  ApprovalRequest,
  DelegateAnswer,
  RecallInput,
  RememberInput,
  Task,
  ToolCall,
  Verification,
} from './agent/options.js'
export { agentGuards, agentUpdates, type Bounded, bounded } from './agent/parts.js'
export { canonical, fingerprint, type SeenCall } from './agent/repetition.js'
export { type AgentMachine, createAgentMachine } from './agent.js'
export type { AssociationContext, AssociationInput } from './association/context.js'
export type { AssociationEmitted, AssociationEvent } from './association/events.js'
export type { NodeIdentity } from './association/identity.js'
export type { AssociationOptions } from './association/options.js'
export type { LinkFault } from './association/refusals.js'
export { type AssociationMachine, createAssociationMachine } from './association.js'
export {
  type Brain,
  type BrainRequest,
  brainRequestSchema,
  type Decision,
  decisionSchema,
  type JsonSchema,
  type LegalEvent,
  legalEventSchema,
  type Observation,
  observationSchema,
  type Refusal,
  type Risk,
  riskSchema,
  type TokenEvent,
  type ToolSummary,
  toolSummarySchema,
  type Usage,
  usageSchema,
} from './brain.js'
export {
  type CircuitBreakerContext,
  type CircuitBreakerEmitted,
  type CircuitBreakerEvent,
  type CircuitBreakerOptions,
  createCircuitBreakerMachine,
} from './circuit-breaker.js'
export { createDecisionMachine, type DecisionContext, type DecisionOptions, type DecisionOutput } from './decision.js'
export { type Judgement, judgeDecision } from './judge-decision.js'
export { type EventSchema, type EventSchemas, legalEvents } from './legal-events.js'
export { type AttemptInput, createRetryMachine, type RetryInput, type RetryOutput } from './retry.js'
