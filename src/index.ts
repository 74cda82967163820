export { type ServedControl, serveControl } from './control/control-socket.js'
export type {
  AskOptions,
  CancelOptions,
  DeliverOptions,
  Delivery,
  Failure,
  JournalEntry,
  ReplyRef,
  RosciusRef,
  StopOptions,
  WaitingEvent,
} from './core/actor-ref.js'
export type { ActorCounts, ActorNode, ActorTree } from './core/actor-tree.js'
export type { ActorPath } from './core/address.js'
export type { ApprovalEvent } from './core/approval-events.js'
export { type Clock, systemClock } from './core/clock.js'
export { type ErrorCode, isRosciusError, RosciusError } from './core/errors.js'
export type { DeadLetterReason, SystemEvent } from './core/events.js'
export type {
  ActiveState,
  Candidate,
  ExplainOptions,
  Explanation,
  FinalFailure,
  Forecast,
  GuardOutcome,
  Position,
  SupervisedBy,
  Supervises,
  SurvivedFailures,
  Trouble,
  UntakenEvent,
  Wait,
  WhyNot,
} from './core/explanation.js'
export type { ExtraOptions, Extras } from './core/extras.js'
export type {
  Inspected,
  InspectedChild,
  InspectedCommit,
  InspectedEffect,
  InspectedPresence,
  InspectedUnit,
  RecordRef,
} from './core/inspection.js'
export type { OperatorEvent, OrderOptions, Pause, RestartOptions } from './core/operator-orders.js'
export { type Random, systemRandom } from './core/random.js'
export type { SupervisionEvent } from './core/supervision-events.js'
export type { SystemFigures } from './core/system-figures.js'
export type { TerminatedEvent, TerminatedReason } from './core/terminated.js'
export { createSystem, type System, type SystemOptions } from './create-system.js'
export type { Approval, ApprovalFilter } from './governance/approvals/approval.js'
export { approvalActor } from './governance/approvals/approval-actor.js'
export type { ApprovalStatus } from './governance/approvals/approval-book.js'
export type { ApprovalBy, ApprovalDesk, ApprovalOutcome } from './governance/approvals/approval-desk.js'
export type { ApprovalSettings } from './governance/approvals/settings.js'
export type { AuditOptions } from './governance/audit/audit-options.js'
export type { AuditKind, AuditRecord } from './governance/audit/audit-record.js'
export type { EraseOptions, SystemAudit } from './governance/audit/audit-trail.js'
export type { AuditBreak, AuditCheck, AuditHead } from './governance/audit/check-chain.js'
export type { AuditedRecord, AuditFilter, ExportOptions } from './governance/audit/trail-reader.js'
export type { DecisionRange } from './governance/decisions/decision-log.js'
export type { DecisionOptions } from './governance/decisions/decision-options.js'
export type { DecisionRecord, LoggedToolCall } from './governance/decisions/decision-record.js'
export {
  type LoggedDecision,
  logDecision,
  logToolCall,
  type ToolCallNote,
} from './governance/decisions/log-decision.js'
export { type GateOptions, type ToolGate, toolGate } from './governance/gate/tool-gate.js'
export type { Usage } from './governance/ledger/amounts.js'
export type { Budget, OnExhausted } from './governance/ledger/budget.js'
export type { BudgetLine, BudgetView } from './governance/ledger/budget-view.js'
export { type Metered, metered } from './governance/ledger/metered.js'
export type { BudgetRaise } from './governance/ledger/read-usage.js'
export { type BudgetOption, withBudget } from './governance/ledger/with-budget.js'
export type { PermissionsOptions } from './governance/permissions/read-permissions.js'
export { type PermissionsOption, withPermissions } from './governance/permissions/with-permissions.js'
export { approvalKey, type CallPlace } from './governance/policy/approval-reach.js'
export { defaultPolicy, definePolicy } from './governance/policy/define-policy.js'
export { evaluate, evaluateAll, type JointVerdict } from './governance/policy/evaluate.js'
export type {
  AlsoAsking,
  ApprovalLevel,
  ArgumentPattern,
  Policy,
  PolicyCondition,
  PolicyEffect,
  PolicyInput,
  PolicyRequest,
  PolicyRule,
  Risk,
  Verdict,
} from './governance/policy/policy.js'
export { type PolicyFinding, reviewPolicy } from './governance/policy/review-policy.js'
export { covers, missingScopes, type Narrowed, narrow } from './governance/policy/scopes.js'
export {
  defineRedaction,
  type Redaction,
  type RedactionOptions,
  type RedactionPattern,
} from './governance/redaction/redaction.js'
export { type CallPorts, callTool } from './governance/tools/call-tool.js'
export { defineTool } from './governance/tools/define-tool.js'
export { type ToolModule, type ToolModuleOptions, toolModule } from './governance/tools/isolated/tool-module.js'
export { type Caller, type CallJudgement, judgeCall } from './governance/tools/judge-call.js'
export type { RunPorts } from './governance/tools/run-tool.js'
export type {
  OutputOf,
  Tool,
  ToolArgs,
  ToolFunction,
  ToolJsonSchema,
  ToolRetry,
  ToolSpec,
} from './governance/tools/tool.js'
export { outcomeUnknown, type ToolAnswer, type ToolError, type ToolErrorCode } from './governance/tools/tool-answer.js'
export { type ToolInfo, type ToolRegistry, toolRegistry } from './governance/tools/tool-registry.js'
export { type EncryptionOptions, encryptedStore } from './persistence/encrypted-store.js'
export { memoryStore } from './persistence/memory-store.js'
export type { Entry, KeyRange, Operation, Store } from './persistence/store.js'
export { type EventEnvelope, type EventMetadata, unwrapEvent, wrapEvent } from './remote/cloud-events/event-envelope.js'
export { CLOUD_EVENT_TYPE, type CloudEvent, fromCloudEvent, toCloudEvent } from './remote/cloud-events.js'
export { causalOrder, type OrderedRecord } from './remote/conversation/causal-order.js'
export type { ConversationOptions } from './remote/conversation/conversation-options.js'
export type { ConversationRecord } from './remote/conversation/conversation-record.js'
export { type ConversationTextOptions, conversationText } from './remote/conversation/print.js'
export { type ClockOrder, compareClocks, type VectorClock } from './remote/conversation/vector-clock.js'
export {
  type Arrival,
  type Conduct,
  type Crossing,
  type Fate,
  type MemoryNetwork,
  type MemoryNetworkOptions,
  type MemoryTransportOptions,
  memoryNetwork,
  memoryTransport,
} from './remote/memory-transport.js'
export type { LinkOptions, RateOptions } from './remote/options/link-options.js'
export type { PeerOptions } from './remote/options/peers.js'
export type { RemoteOptions } from './remote/options/remote-options.js'
export type { Peer, RemoteSpawnOptions } from './remote/peer.js'
export type { PeerFigures } from './remote/peer-figures.js'
export type { Allowed, PeerPermissions, SendPermission, SpawnPermission } from './remote/permissions.js'
export { EMITTED_DROPPED, type EmittedDroppedEvent } from './remote/subscriptions/emitted-dropped.js'
export type { RemoteSnapshotFrom } from './remote/subscriptions/remote-snapshot.js'
export {
  CloseCode,
  type Connection,
  type DialOptions,
  type Listener,
  type Remote,
  type Transport,
} from './remote/transport.js'
export {
  type AttachOptions,
  type DialTls,
  type ListenOptions,
  type ListenTls,
  type PemText,
  type TurnedAway,
  type WebSocketTransport,
  type WebSocketTransportOptions,
  websocketTransport,
} from './remote/websocket-transport.js'
export type { ChildCounts, ChildInfo } from './runtime/children.js'
export type { DeadLetter, DeadLetterBox } from './runtime/dead-letters.js'
export {
  countChildren,
  deleteChild,
  type NewChild,
  restartChild,
  type SupervisorRef,
  startChild,
  terminateChild,
  whichChildren,
} from './runtime/dynamic-children.js'
export { type CurrentEffect, currentEffect } from './runtime/effect-run.js'
export type { Extension, ExtensionHost, Recorded, Starting } from './runtime/extension.js'
export { fromAsk } from './runtime/from-ask.js'
export type { Durability, LogicEntry, LogicSettings, LogicTable, Migration, Retention } from './runtime/logic-table.js'
export { childRef, type SpawnActorOptions, spawnActor } from './runtime/spawn-actor.js'
export { type SupervisorLogic, supervisor } from './runtime/supervisor.js'
export type { ActorInfo, SpawnOptions } from './runtime/system.js'
export { unwatch, type Watchable, type WatchTarget, watch } from './runtime/watch.js'
export { withDelivery } from './runtime/with-delivery.js'
export type { Backoff } from './supervision/backoff.js'
export type {
  ChildSpec,
  ChildTemplate,
  Directive,
  Directives,
  GuardianOptions,
  RestartFrom,
  RestartType,
  RowSupervision,
  ShutdownMs,
} from './supervision/child-spec.js'
export type { Rule } from './supervision/directive.js'
export type { Classify, FailureClass } from './supervision/failure-class.js'
export type { Intensity } from './supervision/restart-window.js'
export type { Strategy } from './supervision/strategy.js'
export type { AutoShutdown, SupervisorOptions } from './supervision/supervisor-options.js'
