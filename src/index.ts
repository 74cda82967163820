export type {
  AskOptions,
  DeliverOptions,
  Delivery,
  Failure,
  JournalEntry,
  ReplyRef,
  RosciusRef,
} from './core/actor-ref.js'
export type { ActorPath } from './core/address.js'
export { type Clock, systemClock } from './core/clock.js'
export { type ErrorCode, isRosciusError, RosciusError } from './core/errors.js'
export type { DeadLetterReason, SystemEvent } from './core/events.js'
export { type Random, systemRandom } from './core/random.js'
export { type EncryptionOptions, encryptedStore } from './persistence/encrypted-store.js'
export { memoryStore } from './persistence/memory-store.js'
export type { Entry, KeyRange, Operation, Store } from './persistence/store.js'
export type { DeadLetter, DeadLetterBox } from './runtime/dead-letters.js'
export { type CurrentEffect, currentEffect } from './runtime/effect-run.js'
export { fromAsk } from './runtime/from-ask.js'
export type { Durability, LogicEntry, LogicSettings, LogicTable, Migration, Retention } from './runtime/logic-table.js'
export type { SystemOptions } from './runtime/options.js'
export { childRef, type SpawnActorOptions, spawnActor } from './runtime/spawn-actor.js'
export { type ActorInfo, createSystem, type SpawnOptions, type System } from './runtime/system.js'
