/**
 * The ref of an actor on another node: used like any other, and kept in contexts as its address. What can only be had where
 * the actor's records are is refused with `REMOTE_UNSUPPORTED`.
 */
import type { EventObject, Observer, Subscription } from 'xstate'
import type { CancelOptions, StopOptions } from '../core/actor-ref.js'
import { idOf } from '../core/address.js'
import { RosciusError } from '../core/errors.js'
import { bareAddress, type DeliverySettings, formatForeign, parseForeign } from '../core/foreign-address.js'
import { ActorHandle } from './actor-handle.js'
import type { Engine } from './engine.js'
import type { SystemPort } from './xstate/cell-system.js'

const BY_ITS_OPERATOR = 'is an order of those who run the actor, and its own node alone takes it'

export class RemoteHandle extends ActorHandle {
  /** `target`: its address, with what belongs to the ref. */
  constructor(
    engine: Engine,
    target: string,
    private readonly port: SystemPort,
  ) {
    super(engine, target, undefined, port)
  }

  override get address(): string {
    return bareAddress(this.path)
  }

  override get id(): string {
    return idOf(this.address)
  }

  override get src(): string {
    return ''
  }

  override get systemId(): undefined {
    return undefined
  }

  override get _parent(): undefined {
    return undefined
  }

  /** The same actor, reached as `settings` say. */
  withSettings(settings: DeliverySettings): RemoteHandle {
    return new RemoteHandle(this.engine, formatForeign({ ...parseForeign(this.path), ...settings }), this.port)
  }

  override getSnapshot(): unknown {
    return this.engine.abroad.snapshotOf(this.path)
  }

  override subscribe(
    next: Observer<unknown> | ((snapshot: unknown) => void),
    error?: (error: unknown) => void,
    complete?: () => void,
  ): Subscription {
    return this.engine.abroad.subscribe(this.path, typeof next === 'function' ? { next, error, complete } : next)
  }

  /** The first snapshot that comes gives the first value: there is none before. */
  override select<T>(selector: (snapshot: unknown) => T, isEqual: (a: T, b: T) => boolean = Object.is) {
    return {
      get: (): T => selector(this.getSnapshot()),
      subscribe: (observer: Observer<T> | ((value: T) => void)): Subscription => {
        const next = typeof observer === 'function' ? observer : observer.next?.bind(observer)
        let selected: { readonly value: T } | undefined
        return this.subscribe((snapshot) => {
          const value = selector(snapshot)
          if (selected !== undefined && isEqual(selected.value, value)) return
          selected = { value }
          next?.(value)
        })
      },
    }
  }

  override on(type: string, handler: (event: EventObject) => void): Subscription {
    return this.engine.abroad.on(this.path, type, handler)
  }

  override result(): Promise<unknown> {
    return this.engine.abroad.resultOf(this.path)
  }

  override stop(options?: StopOptions): Promise<void> {
    return this.engine.abroad.stopActor(this.path, options)
  }

  override cancel(options?: CancelOptions): Promise<void> {
    return this.engine.abroad.cancelActor(this.path, options)
  }

  override async delete(): Promise<never> {
    throw this.#unsupported('delete')
  }

  override getPersistedSnapshot(): never {
    throw this.#unsupported('getPersistedSnapshot')
  }

  override journal(): never {
    throw this.#unsupported('journal')
  }

  override async snapshotAt(): Promise<never> {
    throw this.#unsupported('snapshotAt')
  }

  override async mailbox(): Promise<never> {
    throw this.#unsupported('mailbox')
  }

  override async stashed(): Promise<never> {
    throw this.#unsupported('stashed')
  }

  override failure(): never {
    throw this.#unsupported('failure')
  }

  override explain(): never {
    throw this.#unsupported('explain')
  }

  override async pause(): Promise<never> {
    throw this.#unsupported('pause', BY_ITS_OPERATOR)
  }

  override async resume(): Promise<never> {
    throw this.#unsupported('resume', BY_ITS_OPERATOR)
  }

  override async restart(): Promise<never> {
    throw this.#unsupported('restart', BY_ITS_OPERATOR)
  }

  #unsupported(method: string, why = 'needs the records of the actor, which only its own node has'): RosciusError {
    const { node } = parseForeign(this.path)
    const message = `${this.address}: ${method} ${why}; call it on the node "${node}".`
    return new RosciusError('REMOTE_UNSUPPORTED', message, { address: this.address, details: { method } })
  }
}
