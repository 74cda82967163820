/** What the part that reaches other nodes may ask of its node. */
import type { EventObject, Observer, Subscription } from 'xstate'
import type { CancelOptions, StopOptions } from '../core/actor-ref.js'
import type { ActorPath } from '../core/address.js'
import type { Clock } from '../core/clock.js'
import type { DeadLetterReason, SystemEvent } from '../core/events.js'
import type { Random } from '../core/random.js'
import type { Codec } from '../persistence/codec.js'
import type { RefCodec } from '../persistence/storable.js'
import type { Store } from '../persistence/store.js'
import type { AbroadHost, Arrival, End, Place, SpawnAbroad } from './abroad.js'
import type { Commits } from './commits.js'
import type { CommittedState } from './committed-state.js'
import type { Doors } from './doors.js'
import type { Reading } from './engine.js'
import type { Replies } from './replies.js'
import { type SpawnPort, spawnAtTop } from './spawn-at-top.js'
import type { Turns } from './turns.js'
import type { Watch } from './watch-index.js'
import type { Watches } from './watches.js'

export interface GatePort extends SpawnPort {
  readonly nodeName: string
  readonly options: SpawnPort['options'] & {
    readonly storeId: string
    readonly incarnation: number
    readonly clock: Clock
    readonly random: Random
    readonly codec: Codec
    readonly store: Store
  }
  readonly refs: RefCodec
  readonly commits: Commits
  readonly turns: Turns
  readonly replies: Replies
  readonly watches: Watches
  readonly reading: Reading
  now(): number
  assertRunning(): void
  statusOf(path: ActorPath): string | undefined
  stopActor(path: ActorPath, options?: StopOptions): Promise<void>
  cancelActor(path: ActorPath, options?: CancelOptions): Promise<void>
  resultOf(path: ActorPath): Promise<unknown>
  deadLetter(path: ActorPath, event: EventObject, from: string | undefined, reason: DeadLetterReason): void
  tell(event: SystemEvent): void
}

export class AbroadGate implements AbroadHost {
  readonly #node: GatePort
  readonly #doors: Doors

  constructor(node: GatePort, doors: Doors) {
    this.#node = node
    this.#doors = doors
  }

  get nodeName(): string {
    return this.#node.nodeName
  }

  get storeId(): string {
    return this.#node.options.storeId
  }

  get incarnation(): number {
    return this.#node.options.incarnation
  }

  get clock(): Clock {
    return this.#node.options.clock
  }

  get random(): Random {
    return this.#node.options.random
  }

  get refs(): RefCodec {
    return this.#node.refs
  }

  get commits(): Commits {
    return this.#node.commits
  }

  get codec(): Codec {
    return this.#node.options.codec
  }

  get store(): Store {
    return this.#node.options.store
  }

  now(): number {
    return this.#node.now()
  }

  scheduleCommit(): void {
    this.#node.turns.schedule()
  }

  endTurnSoon(): void {
    this.#node.turns.endSoon()
  }

  assertRunning(): void {
    this.#node.assertRunning()
  }

  arrive(arrival: Arrival): Place {
    return this.#doors.arrive(arrival)
  }

  refuse(replyTo: string, error: unknown): void {
    this.#doors.refuseAbroad(replyTo, error)
  }

  question(to: string, timeoutMs: number, key?: string): ReturnType<AbroadHost['question']> {
    const question = this.#node.replies.open(to, timeoutMs, key)
    const { path, reply } = question
    return { path, reply, settle: (error, answer) => question.settle(error, answer) }
  }

  sealOf(path: string): string | undefined {
    return this.#node.replies.sealOf(path)
  }

  watchedFromAbroad(target: ActorPath, watcher: string, isStored: boolean, most: number): void {
    this.#node.watches.watchedFrom(target, watcher, isStored, most)
  }

  unwatchedFromAbroad(target: ActorPath, watcher: string): void {
    this.#node.watches.unwatchedFrom(target, watcher)
  }

  terminatedAbroad(target: string, watcher: string, end: End): void {
    this.#node.watches.toldOf(target, watcher, end)
  }

  watchesEnded(node: string, end: End): void {
    this.#node.watches.lost(node, end)
  }

  watchesOf(node: string): readonly Watch[] {
    return this.#node.watches.ofNode(node)
  }

  statusOf(path: ActorPath): string | undefined {
    return this.#node.statusOf(path)
  }

  spawn(request: SpawnAbroad): Promise<ActorPath> {
    return spawnAtTop(this.#node, request.logic, request)
  }

  stop(path: ActorPath, options: StopOptions | undefined): Promise<void> {
    return this.#node.stopActor(path, options)
  }

  cancel(path: ActorPath, options: CancelOptions | undefined): Promise<void> {
    return this.#node.cancelActor(path, options)
  }

  result(path: ActorPath): Promise<unknown> {
    return this.#node.resultOf(path)
  }

  committedOf(path: ActorPath): CommittedState | undefined {
    return this.#node.reading.committedOf(path)
  }

  subscribe(path: ActorPath, observer: Observer<unknown>): Subscription {
    return this.#node.reading.subscribe(path, observer)
  }

  on(path: ActorPath, type: string, handler: (event: EventObject) => void): Subscription {
    return this.#node.reading.on(path, type, handler)
  }

  deadLetter(path: string, event: EventObject, from: string | undefined, reason: DeadLetterReason): void {
    this.#node.deadLetter(path, event, from, reason)
  }

  tell(event: SystemEvent): void {
    this.#node.tell(event)
  }

  refAt(path: string): object {
    return this.#node.refAt(path)
  }
}
