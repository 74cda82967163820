export { type DefineAgentOptions, defineAgent } from './define-agent.js'
export { type BrainContext, type Decide, type DefinedBrain, defineBrain } from './define-brain.js'
export { definePrompt, type Prompt, type PromptSpec, type PromptText } from './define-prompt.js'
export { delegateTo, type Peer } from './delegate-to.js'
export { type ActivityArgs, type ActivityOptions, fromActivity, type RetryPolicy } from './from-activity.js'
export { type BrainRule, fromRules, type RuleCondition } from './from-rules.js'
export { type Asked, fromScript, type ScriptedBrain, type ScriptStep } from './from-script.js'
export { type Route, type RouteOptions, routeByComplexity } from './route-by-complexity.js'
export { type Bulkhead, type BulkheadOptions, createBulkhead, withBulkhead } from './with-bulkhead.js'
export { type CacheOptions, type Embedder, withCache } from './with-cache.js'
export {
  type CircuitBreakers,
  type CircuitBreakersOptions,
  type CircuitState,
  createCircuitBreakers,
  withCircuitBreaker,
} from './with-circuit-breaker.js'
export { withDecisionLog } from './with-decision-log.js'
export { type FallbackOptions, withFallback } from './with-fallback.js'
export { type HeartbeatOptions, withHeartbeat } from './with-heartbeat.js'
export {
  createRateLimiter,
  type RateLimiter,
  type RateLimiterOptions,
  type RateLimitOptions,
  withRateLimit,
} from './with-rate-limit.js'
export { type BrainRedaction, withRedaction } from './with-redaction.js'
export { type BrainRetryOptions, withRetry } from './with-retry.js'
export { withTurns } from './with-turns.js'
export {
  estimateTokens,
  type Summarise,
  type SummaryRequest,
  type WindowOptions,
  withWindow,
} from './with-window.js'
