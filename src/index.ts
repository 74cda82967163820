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
} from './core/actor-ref.js'
export type { ActorCounts, ActorNode, ActorTree } from './core/actor-tree.js'
export type { ActorPath } from './core/address.js'
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
export { type Random, systemRandom } from './core/random.js'
export type { SupervisionEvent } from './core/supervision-events.js'
export type { TerminatedEvent, TerminatedReason } from './core/terminated.js'
export { type EncryptionOptions, encryptedStore } from './persistence/encrypted-store.js'
export { memoryStore } from './persistence/memory-store.js'
export type { Entry, KeyRange, Operation, Store } from './persistence/store.js'
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
export { fromAsk } from './runtime/from-ask.js'
export type { Durability, LogicEntry, LogicSettings, LogicTable, Migration, Retention } from './runtime/logic-table.js'
export type { SystemOptions } from './runtime/options.js'
export { childRef, type SpawnActorOptions, spawnActor } from './runtime/spawn-actor.js'
export { type SupervisorLogic, supervisor } from './runtime/supervisor.js'
export { type ActorInfo, createSystem, type SpawnOptions, type System } from './runtime/system.js'
export { unwatch, type Watchable, type WatchTarget, watch } from './runtime/watch.js'
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
