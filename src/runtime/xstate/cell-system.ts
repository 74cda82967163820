/**
 * The `system` that XState sees inside one cell. Each cell is an XState system of its own: `systemId`s and session ids
 * belong to the cell, and what an actor relays to another goes through here.
 */
import type { EventObject } from 'xstate'
import type { ActorPath } from '../../core/address.js'
import type { ChildActor, HostSnapshot } from './internals.js'

/** What the host does for XState's system calls. */
export interface SystemPort {
  readonly scheduler: object
  readonly logger: (...args: unknown[]) => void
  bookSession(): string
  register(path: ActorPath, child: ChildActor): void
  unregister(path: ActorPath, actor: { readonly sessionId: string; readonly systemId?: string }): void
  nameChild(path: ActorPath, systemId: string, child: ChildActor): void
  lookup(path: ActorPath, systemId: string): object | undefined
  lookupAll(path: ActorPath): Record<string, object>
  relay(path: ActorPath, source: object | undefined, target: object, event: EventObject): void
  inspect(path: ActorPath, event: InspectionLike): void
}

export interface InspectionLike {
  readonly type: string
  readonly actorRef: object
  readonly event?: EventObject
  readonly snapshot?: HostSnapshot
  readonly _transitions?: readonly object[]
}

export class CellSystem {
  constructor(
    private readonly port: SystemPort,
    private readonly path: ActorPath,
  ) {}

  get scheduler(): object {
    return this.port.scheduler
  }

  get _logger(): (...args: unknown[]) => void {
    return this.port.logger
  }

  /** XState's own clock port is never used here: delays go to the scheduler. */
  get _clock(): object {
    return { setTimeout, clearTimeout }
  }

  _bookId(): string {
    return this.port.bookSession()
  }

  _register(sessionId: string, child: ChildActor): string {
    this.port.register(this.path, child)
    return sessionId
  }

  _unregister(actor: { readonly sessionId: string; readonly systemId?: string }): void {
    this.port.unregister(this.path, actor)
  }

  _set(systemId: string, child: ChildActor): void {
    this.port.nameChild(this.path, systemId, child)
  }

  _relay(source: object | undefined, target: object, event: EventObject): void {
    this.port.relay(this.path, source, target, event)
  }

  /** This system, for one who relays through `relay` instead. */
  relayingThrough(relay: CellSystem['_relay']): CellSystem {
    const system = new CellSystem(this.port, this.path)
    system._relay = relay
    return system
  }

  _sendInspectionEvent(event: InspectionLike): void {
    this.port.inspect(this.path, event)
  }

  get(systemId: string): object | undefined {
    return this.port.lookup(this.path, systemId)
  }

  getAll(): Record<string, object> {
    return this.port.lookupAll(this.path)
  }

  inspect(): { unsubscribe(): void } {
    return { unsubscribe: () => undefined }
  }

  getSnapshot(): { readonly _scheduledEvents: Record<string, never> } {
    return { _scheduledEvents: {} }
  }

  start(): void {}
}
