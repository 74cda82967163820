/**
 * What actors and users send to other nodes: events, questions, requests.
 *
 * 1. What a unit sends is part of its commit and never throws: what can't go is a dead letter in that commit (D3).
 * 2. What comes from outside is refused at the door. A question ends at the latest when its node is given up.
 */
import { formatAddress } from '../core/address.js'
import { isRosciusError, RosciusError } from '../core/errors.js'
import type { DeadLetterReason } from '../core/events.js'
import { bareAddress, type ForeignAddress, parseForeign } from '../core/foreign-address.js'
import { type AbroadHost, type Departure, type End, peerUnknown, type SpawnAbroad } from '../runtime/abroad.js'
import type { Envelope, Lineage } from '../runtime/envelope.js'
import { deadLetterError } from '../runtime/unit-errors.js'
import type { ReadLinks } from './options/link-options.js'
import { envelopeOf, obstacle, type Sent, type Travel, travelOf } from './outbox/departures.js'
import type { NumberAt } from './outbox/lane.js'
import type { PeerNode } from './peer-node.js'
import type { PeerNodes } from './peer-nodes.js'
import { type Questions, unreachable } from './questions.js'
import type { ReplySeals } from './reply-seals.js'
import type { Talks } from './talks.js'
import { NORMAL, VOLATILE } from './watching.js'

const URGENT = 0

export class Sending {
  constructor(
    private readonly host: AbroadHost,
    private readonly peers: PeerNodes,
    private readonly questions: Questions,
    private readonly talks: Talks,
    private readonly seals: ReplySeals,
    private readonly options: ReadLinks,
  ) {}

  // --- events ---

  /** What a unit sends. */
  route(departure: Departure): void {
    const problem = this.#tryToRoute(departure)
    if (problem === undefined) return
    const { to, event, from, isStored } = departure
    this.host.deadLetter(to, event, from, problem)
    if (isStored) this.host.commits.sync()
  }

  #tryToRoute(departure: Departure): DeadLetterReason | undefined {
    try {
      return this.#tryToSend(departure)
    } catch (error) {
      if (isRosciusError(error, 'OUTBOX_FULL')) return 'outboxFull'
      if (isRosciusError(error, 'VALUE_NOT_STORABLE')) return 'notSendable'
      throw error
    }
  }

  /** What an effect sends, or somebody outside. Throws `PEER_UNKNOWN`, `OUTBOX_FULL`, `VALUE_NOT_STORABLE`. */
  post(to: string, { event, from, key, keep, lineage }: Envelope): void {
    const problem = this.#orOverflow(() => this.#tryToSend({ to, event, from, isStored: keep, key, lineage }))
    if (problem === undefined) return
    if (problem === 'peerUnknown') throw peerUnknown(to)
    this.host.deadLetter(to, event, from, problem)
    this.host.scheduleCommit()
  }

  /** Where the user wants dead letters of what finds no room: that it is one. */
  #orOverflow<T>(send: () => T): T | 'outboxFull' {
    try {
      return send()
    } catch (error) {
      if (this.options.outbox.overflow === 'deadLetter' && isRosciusError(error, 'OUTBOX_FULL')) return 'outboxFull'
      throw error
    }
  }

  /** Why it can't go; undefined if it is on its way. Throws `OUTBOX_FULL`, `VALUE_NOT_STORABLE`. */
  #tryToSend({ to, event, from, isStored, key, lineage }: Departure): DeadLetterReason | undefined {
    const { node } = parseForeign(to)
    if (node === this.host.nodeName) return 'storeGone'
    if (!this.peers.knows(node)) return 'peerUnknown'
    const [peer, address] = this.peers.reach(to)
    const problem = obstacle(address, lineage, peer.outbox, this.host)
    if (problem !== undefined) return problem
    const kind = address.path.startsWith('$') ? 'reply' : 'event'
    this.#send(peer, address, lineage, { kind, payload: event, from, id: key }, isStored)
    return undefined
  }

  #send(
    peer: PeerNode,
    address: ForeignAddress,
    lineage: Lineage | undefined,
    sent: Sent,
    isStored: boolean,
  ): NumberAt | undefined {
    const full = envelopeOf(sent, address, lineage, this.options.hops)
    const travel = travelOf(address, lineage, this.host.now())
    return peer.send(full.correlation === undefined ? full : this.talks.said(peer.peer, full), travel, isStored)
  }

  // --- questions ---

  /** Tells the waiter of the envelope what came of it. */
  deliver(to: string, envelope: Envelope): void {
    const { key, waiter } = envelope
    const [peer, address] = this.#reach(to, envelope)
    const ask = (): NumberAt | undefined => this.#put('deliver', to, envelope, question.path)
    const isRepeatable = key !== undefined
    const question = this.#open(peer, address, ask, isRepeatable)
    question.reply.then(
      (delivery) => waiter?.resolve(delivery as never),
      (error) => waiter?.reject(error),
    )
    question.ask()
  }

  ask(to: string, envelope: Envelope, replyTo: string): void {
    this.#put('ask', to, envelope, replyTo)
  }

  /** Throws `DEAD_LETTER` where it has become one. */
  #put(kind: 'deliver' | 'ask', to: string, envelope: Envelope, replyTo: string): NumberAt | undefined {
    const { event, key, lineage } = envelope
    const [peer, address] = this.#reach(to, envelope)
    const problem = obstacle(address, lineage, peer.outbox, this.host)
    if (problem !== undefined) throw this.#letter(to, envelope, problem)
    const question = { kind, payload: event, from: this.seals.seal(replyTo), id: key }
    const sent = this.#orOverflow(() => this.#send(peer, address, lineage, question, false))
    if (sent === 'outboxFull') throw this.#letter(to, envelope, sent)
    return sent
  }

  /** Throws `PEER_UNKNOWN`, and `DEAD_LETTER` for an actor of a store that this very node had once. */
  #reach(to: string, envelope: Envelope): readonly [PeerNode, ForeignAddress] {
    if (parseForeign(to).node === this.host.nodeName) throw this.#letter(to, envelope, 'storeGone')
    return this.peers.reach(to)
  }

  #letter(to: string, { event, from }: Envelope, reason: DeadLetterReason): RosciusError {
    this.host.deadLetter(to, event, from, reason)
    this.host.scheduleCommit()
    return deadLetterError(bareAddress(to), event, reason)
  }

  /** A question that is put with `send`: when it is asked, and perhaps again when the peer was restarted. */
  #open(
    peer: PeerNode,
    { node, path: to, deadlineMs }: ForeignAddress,
    send: () => NumberAt | undefined,
    isRepeatable: boolean,
  ): { readonly path: string; readonly reply: Promise<unknown>; readonly ask: () => void } {
    const ask = (): void => {
      try {
        if (peer.isDown) throw unreachable(node)
        this.questions.sent(path, send())
      } catch (error) {
        this.questions.refuse(path, error)
      }
    }
    const { path, reply } = this.questions.open(
      node,
      formatAddress(node, to),
      deadlineMs,
      isRepeatable ? ask : undefined,
    )
    return { path, reply, ask }
  }

  // --- requests ---

  async request(kind: 'stop' | 'cancel' | 'spawn', target: string, payload: unknown): Promise<unknown> {
    const [peer, address] = this.#current(target)
    const isRepeatable = kind !== 'spawn' || (payload as SpawnAbroad).ifExists === 'use'
    const ask = (): NumberAt | undefined => {
      const wire = {
        kind,
        to: address.path,
        from: this.seals.seal(question.path),
        ...(payload !== undefined && { payload }),
      }
      return peer.send(wire, urgent(address, this.host.now()), false)
    }
    const question = this.#open(peer, address, ask, isRepeatable)
    question.ask()
    return question.reply
  }

  /** Throws `PEER_UNKNOWN`, `ACTOR_NOT_FOUND` for an actor of a store that its node does not have any more, `SYSTEM_STOPPED`. */
  #current(target: string): readonly [PeerNode, ForeignAddress] {
    this.host.assertRunning()
    return this.peers.reachActor(target)
  }

  /** Resolves with the address of the new actor. */
  async spawn(node: string, request: SpawnAbroad & { readonly id: string }): Promise<string> {
    return formatAddress(node, (await this.request('spawn', formatAddress(node, '$root'), request)) as string)
  }

  /** What an actor there ends with. */
  async result(target: string): Promise<unknown> {
    const [peer, { node, path: to }] = this.#current(target)
    const watch = (): NumberAt =>
      peer.sendAnyway({ kind: 'watch', to, from: this.seals.seal(question.path), payload: VOLATILE }, NORMAL, false)
    const question = this.#open(peer, { node, path: to }, watch, true)
    question.ask()
    return outputOf((await question.reply) as End, bareAddress(target))
  }
}

function urgent(address: ForeignAddress, nowMs: number): Travel {
  return { ...travelOf(address, undefined, nowMs), lane: URGENT, isOnce: false }
}

function outputOf({ reason, output, error }: End, address: string): unknown {
  if (reason === 'done') return output
  if (reason === 'failed') throw error
  throw new RosciusError('ACTOR_STOPPED', `${address} has ended (${reason}) and has no result.`, { address })
}
