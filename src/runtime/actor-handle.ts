/**
 * The ref of an actor on this node: an address with methods, and the `self` that XState sees when the actor's logic runs.
 * It holds no state, so it outlives passivation; two handles of one address are interchangeable.
 */
import type { EventObject, Observer, Subscription } from 'xstate'
import type {
  AskOptions,
  CancelOptions,
  DeliverOptions,
  Delivery,
  Failure,
  JournalEntry,
  StopOptions,
  WaitingEvent,
} from '../core/actor-ref.js'
import { type ActorPath, formatAddress, idOf, parentOf } from '../core/address.js'
import type { ExplainOptions, Explanation } from '../core/explanation.js'
import type { OrderOptions, RestartOptions } from '../core/operator-orders.js'
import type { Engine } from './engine.js'
import { CellSystem, type SystemPort } from './xstate/cell-system.js'
import { RUNNING } from './xstate/internals.js'

export class ActorHandle {
  /** XState asks this of an actor before it stops it. */
  readonly _processingStatus = RUNNING

  /** Not enumerable, as `system`: XState walks the objects of a restored context, and must not walk the runtime. */
  readonly #engine: Engine
  readonly #systemPort: SystemPort
  #system: CellSystem | undefined

  constructor(
    engine: Engine,
    readonly path: ActorPath,
    /** The session of a child inside the cell, where the ref means one. */
    readonly child: string | undefined,
    systemPort: SystemPort,
  ) {
    this.#engine = engine
    this.#systemPort = systemPort
  }

  get engine(): Engine {
    return this.#engine
  }

  /** What XState sees as the system; made when first asked for. */
  get system(): CellSystem {
    this.#system ??= new CellSystem(this.#systemPort, this.path)
    return this.#system
  }

  get id(): string {
    return idOf(this.path)
  }

  get sessionId(): string {
    return this.child ?? this.path
  }

  get address(): string {
    return formatAddress(this.#engine.nodeName, this.sessionId)
  }

  get ref(): this {
    return this
  }

  get src(): string {
    return this.#engine.cellAt(this.path)?.row.name ?? ''
  }

  get systemId(): string | undefined {
    return this.#engine.cellAt(this.path)?.systemId
  }

  get _parent(): object | undefined {
    const parent = parentOf(this.path)
    return parent === undefined ? undefined : this.#engine.refAt(parent)
  }

  /** Bound, as an XState actor's is, so that it may be taken off its ref; bound when first used. */
  get send(): (event: EventObject) => void {
    const send = (event: EventObject): void => this.#engine.post(this.path, this.child, event)
    Object.defineProperty(this, 'send', { value: send, enumerable: true })
    return send
  }

  _send(event: EventObject): void {
    this.#engine.post(this.path, this.child, event)
  }

  deliver(event: EventObject, options?: DeliverOptions): Promise<Delivery> {
    return this.#engine.deliver(this.path, event, options)
  }

  ask(build: (replyTo: object) => EventObject, options?: AskOptions): Promise<unknown> {
    return this.#engine.ask(this.path, build, options)
  }

  getSnapshot(): unknown {
    return this.#engine.reading.snapshotOf(this.path)
  }

  getPersistedSnapshot(): unknown {
    return this.#engine.reading.persistedOf(this.path)
  }

  subscribe(
    next: Observer<unknown> | ((snapshot: unknown) => void),
    error?: (error: unknown) => void,
    complete?: () => void,
  ): Subscription {
    return this.#engine.reading.subscribe(this.path, typeof next === 'function' ? { next, error, complete } : next)
  }

  on(type: string, handler: (event: EventObject) => void): Subscription {
    return this.#engine.reading.on(this.path, type, handler)
  }

  select<T>(selector: (snapshot: unknown) => T, isEqual: (a: T, b: T) => boolean = Object.is) {
    return {
      get: (): T => selector(this.getSnapshot()),
      subscribe: (observer: Observer<T> | ((value: T) => void)): Subscription => {
        const next = typeof observer === 'function' ? observer : observer.next?.bind(observer)
        let selected = selector(this.getSnapshot())
        return this.subscribe((snapshot) => {
          const value = selector(snapshot)
          if (isEqual(selected, value)) return
          selected = value
          next?.(value)
        })
      },
    }
  }

  journal(options?: { readonly from?: number; readonly to?: number }): AsyncIterable<JournalEntry> {
    return this.#engine.reading.journal(this.path, options)
  }

  snapshotAt(seqNr: number): Promise<unknown> {
    return this.#engine.reading.snapshotAt(this.path, seqNr)
  }

  mailbox(limit?: number): Promise<readonly WaitingEvent[]> {
    return this.#engine.reading.mailboxOf(this.path, limit)
  }

  stashed(limit?: number): Promise<readonly WaitingEvent[]> {
    return this.#engine.reading.stashOf(this.path, limit)
  }

  failure(): Failure | undefined {
    return this.#engine.reading.failureOf(this.path)
  }

  explain(options?: ExplainOptions): Explanation {
    return this.#engine.reading.explain(this.path, options)
  }

  result(): Promise<unknown> {
    return this.#engine.resultOf(this.path)
  }

  start(): this {
    return this
  }

  stop(options?: StopOptions): Promise<void> {
    return this.#engine.stopActor(this.path, options)
  }

  cancel(options?: CancelOptions): Promise<void> {
    return this.#engine.cancelActor(this.path, options)
  }

  delete(): Promise<void> {
    return this.#engine.deleteActor(this.path)
  }

  pause(options?: OrderOptions): Promise<void> {
    return this.#engine.orders.pause(this.path, options)
  }

  resume(options?: OrderOptions): Promise<void> {
    return this.#engine.orders.resume(this.path, options)
  }

  restart(options?: RestartOptions): Promise<void> {
    return this.#engine.orders.restart(this.path, options)
  }

  toJSON(): { readonly xstate$$type: 1; readonly id: string; readonly address: string } {
    return { xstate$$type: 1, id: this.id, address: this.address }
  }

  '@@observable'(): this {
    return this
  }
}

/** A ref to a child inside a cell. It keeps the child's id, which its session alone doesn't tell once the child has ended. */
export class ChildHandle extends ActorHandle {
  readonly #id: string

  constructor(engine: Engine, path: ActorPath, session: string, id: string, systemPort: SystemPort) {
    super(engine, path, session, systemPort)
    this.#id = id
  }

  override get id(): string {
    return this.#id
  }
}
