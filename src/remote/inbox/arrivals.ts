/**
 * What a peer asks for, by the kind of its envelope: looked at against what it may do, and handed to the node.
 *
 * 1. A peer speaks for its own node alone: `from` is a path there.
 * 2. What it may not do changes nothing here; it is told, and whoever asked there gets `PEER_REFUSED`.
 * 3. An answer is taken where its address has the right seal; else it is one that nobody asked for. A refusal of an event has
 *    no such address: of each event that was sent there, one is taken.
 * 4. Everything that is taken is in the current commit. Answers leave after the commit of what they answer (I2).
 */
import type { EventObject } from 'xstate'
import { childPath, formatAddress } from '../../core/address.js'
import { isRosciusError, RosciusError } from '../../core/errors.js'
import { bareAddress, formatForeign } from '../../core/foreign-address.js'
import type { AbroadHost, End, Place } from '../../runtime/abroad.js'
import type { Lineage, Waiter } from '../../runtime/envelope.js'
import { foreignKey, REPLY_TO_EFFECT } from '../../runtime/replies.js'
import { deadLetterError } from '../../runtime/unit-errors.js'
import type { Permissions } from '../permissions.js'
import type { NumberedEnvelope, WireEnvelope } from '../protocol/wire-envelope.js'
import type { ReplySeals } from '../reply-seals.js'
import { Arrived, type Coming } from './arrived.js'
import { extraOf, readSpawn, type SpawnRequest } from './spawn-request.js'

/** An answer: `to` is where the question said. */
export type Answer = Pick<WireEnvelope, 'to' | 'payload'> & {
  readonly kind: 'reply' | 'done' | 'failed' | 'spawned' | 'terminated'
  readonly from?: string
}

export interface ArrivalsPort {
  readonly host: AbroadHost
  readonly permissions: Permissions
  readonly seals: ReplySeals
  /** Sends an answer; `isStored` where it must not be lost. */
  answer(answer: Answer, isStored: boolean): void
  /** A message of a conversation has come. */
  heard(wire: WireEnvelope, lineage: Lineage): void
  /** How many watches the peer may have here. */
  readonly maxWatches: number
  /** Whether what waits for the peer is as much as may; then `onRoom` is called when it is less. */
  isFull(onRoom: () => void): boolean
  /** Whether the peer was sent an event that it has not refused yet: then it has now. */
  hasRefused(): boolean
}

const NOWHERE: Place = { isStored: false, isWaiting: false }
const STORED: Place = { isStored: true, isWaiting: false }

export class Arrivals {
  constructor(private readonly port: ArrivalsPort) {}

  /** Takes one envelope of a peer, in the current commit. */
  take(numbered: NumberedEnvelope, coming: Coming, onTaken: () => void): Place {
    const { envelope } = numbered
    const arrived = new Arrived(numbered, coming, this.port)
    switch (envelope.kind) {
      case 'event':
      case 'deliver':
      case 'ask':
        return this.#event(arrived, onTaken)
      case 'reply':
      case 'done':
        return this.#reply(arrived, envelope.payload)
      case 'spawned':
        return this.#reply(arrived, envelope.from)
      case 'failed':
        return this.#failed(arrived)
      case 'terminated':
        return this.#terminated(arrived)
      default:
        return this.#request(arrived, onTaken)
    }
  }

  /** A message of a conversation is noted once it is sure that it may be here. */
  #note(arrived: Arrived): void {
    if (arrived.wire.correlation !== undefined) this.port.heard(arrived.wire, arrived)
  }

  // --- events ---

  #event(arrived: Arrived, onTaken: () => void): Place {
    const { wire, peer, isDoubtful } = arrived
    const event = wire.payload as EventObject
    if (!this.port.permissions.maySend(wire.to, event.type)) return this.#deny(arrived, `send ${event.type}`)
    this.#note(arrived)
    const from = wire.from === undefined || wire.from.startsWith('$') ? undefined : formatAddress(peer.node, wire.from)
    if (arrived.hasExpired) return this.#expire(arrived, event, from)
    const key = wire.id === undefined ? undefined : foreignKey(peer.storeId, wire.id)
    const waiter = this.#waiterOf(wire)
    return this.port.host.arrive({ to: wire.to, event, from, key, lineage: arrived, waiter, isDoubtful, onTaken })
  }

  #expire(arrived: Arrived, event: EventObject, from: string | undefined): Place {
    const { wire } = arrived
    this.port.host.deadLetter(wire.to, event, from, 'expired')
    this.#refuse(wire, deadLetterError(wire.to, event, 'expired'))
    return STORED
  }

  /** Who wants to know what became of it. */
  #waiterOf(wire: WireEnvelope): Waiter | undefined {
    const { kind, from: to } = wire
    if (kind === 'event' || to === undefined) return undefined
    return {
      resolve: (delivery, reply) => {
        if (kind === 'deliver') this.port.answer({ kind: 'done', to, payload: delivery }, false)
        else if (reply !== undefined) this.port.answer({ kind: 'reply', to, payload: reply }, false)
      },
      reject: (error) => this.#refuse(wire, error),
    }
  }

  #refuse({ from: to, kind }: WireEnvelope, error: unknown): void {
    if (to === undefined || kind === 'event') return
    this.port.answer({ kind: 'failed', to, payload: error instanceof Error ? error : new Error(String(error)) }, false)
  }

  /** What it may not do. Who asked is told; of an event its node is. */
  #deny(arrived: Arrived, what: string): Place {
    const { wire, peer } = arrived
    this.port.host.tell({ type: 'peerDenied', peer: peer.node, path: wire.to, what })
    const type = (wire.payload as Partial<EventObject> | undefined)?.type
    const error = refused(this.port.host, wire.to, what, { ...(wire.kind === 'event' && { type }) })
    const to = wire.from ?? NOBODY
    if (wire.kind === 'watch' || wire.kind === 'unwatch') this.#tellLost(wire)
    else this.port.answer({ kind: 'failed', to, payload: error }, false)
    return NOWHERE
  }

  #tellLost({ kind, from, to }: WireEnvelope): void {
    if (kind === 'watch' && from !== undefined)
      this.port.answer({ kind: 'terminated', to: from, from: to, payload: { reason: 'lost' } }, true)
  }

  // --- answers ---

  #reply(arrived: Arrived, payload: unknown): Place {
    const to = this.port.seals.opened(arrived.wire.to)
    if (to === undefined) return NOWHERE
    this.#note(arrived)
    const event = payload as EventObject
    const rest = { from: undefined, key: undefined, waiter: undefined, isDoubtful: false, onTaken: () => undefined }
    return this.port.host.arrive({ to, event, lineage: arrived, ...rest })
  }

  #failed({ wire, peer }: Arrived): Place {
    const error = wire.payload as Error
    const { host } = this.port
    if (wire.to.startsWith('$') && wire.to !== NOBODY) {
      const to = this.port.seals.opened(wire.to)
      if (to !== undefined) host.refuse(to, error)
      return to?.startsWith(REPLY_TO_EFFECT) ? STORED : NOWHERE
    }
    if (!this.port.hasRefused()) return NOWHERE
    const { to, type } = refusedEvent(error, formatAddress(peer.node, ''), wire.from)
    host.deadLetter(to, { type }, wire.to === NOBODY ? undefined : wire.to, 'peerRefused')
    return STORED
  }

  #terminated(arrived: Arrived): Place {
    const { wire, peer } = arrived
    if (wire.to.startsWith('$')) return this.#reply(arrived, wire.payload)
    if (wire.from !== undefined)
      this.port.host.terminatedAbroad(formatForeign({ node: peer.node, path: wire.from }), wire.to, wire.payload as End)
    return STORED
  }

  // --- requests ---

  #request(arrived: Arrived, onTaken: () => void): Place {
    const { wire } = arrived
    switch (wire.kind) {
      case 'watch':
      case 'unwatch':
        return this.#watch(arrived, onTaken)
      case 'spawn':
        return this.#spawn(arrived)
      default:
        return this.#control(arrived)
    }
  }

  /** News of an end needs no room in the outbox. So where there is none, no credit for more of them is given back. */
  #watch(arrived: Arrived, onTaken: () => void): Place {
    const { wire, peer } = arrived
    const { host, maxWatches, permissions } = this.port
    if (wire.from === undefined) return NOWHERE
    const watcher = formatForeign({ node: peer.node, path: wire.from, store: peer.storeId })
    if (wire.kind === 'unwatch') host.unwatchedFromAbroad(wire.to, watcher)
    else if (!permissions.mayWatch(wire.to)) return this.#deny(arrived, 'watch')
    else host.watchedFromAbroad(wire.to, watcher, isStoredWatch(wire), maxWatches)
    return { isStored: true, isWaiting: this.port.isFull(onTaken) }
  }

  #spawn(arrived: Arrived): Place {
    const { wire } = arrived
    const request = wire.payload as SpawnRequest
    const path = pathOfSpawn(request.id)
    const extra = extraOf(request)
    if (path === undefined || !this.port.permissions.maySpawn(request.logic, path))
      return this.#deny(arrived, `spawn ${request.logic}`)
    if (extra !== undefined) return this.#deny(arrived, `spawn ${request.logic} with ${extra.slice(0, 100)}`)
    this.#answerWith(
      wire,
      async () => this.port.host.spawn(readSpawn(request)),
      (from) => ({ kind: 'spawned', from: from as string }),
    )
    // With the start, in one commit: if it came again after a crash, it would meet the actor that it has started.
    return STORED
  }

  #control(arrived: Arrived): Place {
    const { wire } = arrived
    const { host, permissions } = this.port
    if (!permissions.mayControl(wire.to)) return this.#deny(arrived, wire.kind)
    const options = wire.payload as object | undefined
    const act = wire.kind === 'stop' ? () => host.stop(wire.to, options) : () => host.cancel(wire.to, options)
    this.#answerWith(wire, act, () => ({ kind: 'done' }))
    return NOWHERE
  }

  #answerWith(
    { from: to }: WireEnvelope,
    act: () => Promise<unknown>,
    answerOf: (value: unknown) => { readonly kind: 'done' | 'spawned'; readonly from?: string },
  ): void {
    const done = (value: unknown): void => {
      if (to !== undefined) this.port.answer({ to, payload: undefined, ...answerOf(value) }, false)
    }
    const failed = (error: unknown): void => {
      if (to !== undefined && !isRosciusError(error, 'SYSTEM_STOPPED'))
        this.port.answer({ kind: 'failed', to, payload: error }, false)
    }
    act().then(done, failed)
  }
}

/** Where a refusal goes of what nobody sent. */
const NOBODY = '$nobody'

const MAX_TYPE_LENGTH = 1_024
const MAX_ADDRESS_LENGTH = 8_192

/** What a peer says of an event that it refuses, as far as it can be true. `there`: how addresses of the peer begin. */
function refusedEvent(error: Error, there: string, from = ''): { readonly to: string; readonly type: string } {
  const { address, details } = error as Partial<RosciusError>
  const isType = typeof details?.type === 'string' && details.type.length <= MAX_TYPE_LENGTH
  const isThere = typeof address === 'string' && address.startsWith(there) && address.length <= MAX_ADDRESS_LENGTH
  return { to: isThere ? bareAddress(address) : there + from, type: isType ? (details.type as string) : 'unknown' }
}

function isStoredWatch({ payload }: WireEnvelope): boolean {
  return (payload as { readonly isVolatile?: unknown } | undefined)?.isVolatile !== true
}

function pathOfSpawn(id: string): string | undefined {
  try {
    return childPath(undefined, id)
  } catch {
    return undefined
  }
}

function refused(host: AbroadHost, path: string, what: string, details: Record<string, unknown>): RosciusError {
  const address = formatAddress(host.nodeName, path)
  const message = `${address}: the node "${host.nodeName}" does not let this one ${what}; its peers.allow says what it may.`
  return new RosciusError('PEER_REFUSED', message, { address, details: { what, ...details } })
}
