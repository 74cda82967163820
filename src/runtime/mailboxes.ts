/**
 * The last steps of an envelope: into a mailbox, and into the store while it waits there.
 *
 * 1. A bound applies to each arriving envelope (D3): from outside `reject` is an error to the sender, from inside a dead
 *    letter in the sender's commit.
 * 2. Mail that a commit vouches for (`keep`) and that is unhandled when its batch is written is written with it; so is mail that
 *    a paused actor keeps waiting.
 * 3. Stored mail keeps its order: its numbers grow from the middle up, what is put back in front is numbered from the middle
 *    down (I5).
 */
import type { EventObject } from 'xstate'
import type { ActorPath } from '../core/address.js'
import { RosciusError } from '../core/errors.js'
import type { DeadLetterReason } from '../core/events.js'
import { Mailbox } from '../mailbox/mailbox.js'
import { overflow } from '../mailbox/overflow.js'
import type { Codec } from '../persistence/codec.js'
import { mailKey } from '../persistence/keys.js'
import { packCause, unpackCause } from '../persistence/records.js'
import { type RefCodec, toStorable } from '../persistence/storable.js'
import type { Cell } from './cell.js'
import type { Commits } from './commits.js'
import { Envelope, type Lineage, type MailKind } from './envelope.js'
import type { Durability } from './logic-table.js'
import { isPaused, isWorthKeeping } from './pause.js'
import type { Turns } from './turns.js'
import { deadLetterError } from './unit-errors.js'

export interface MailboxPort {
  readonly cells: ReadonlyMap<ActorPath, Cell>
  readonly commits: Commits
  readonly turns: Turns
  readonly refs: RefCodec
  readonly options: { readonly codec: Codec }
  deadLetter(path: ActorPath, event: EventObject, from: string | undefined, reason: DeadLetterReason): void
}

/** How the start of a new actor is stored while it waits; `order` is missing where an older Roscius wrote it. */
export type StoredStart = readonly [logic: string, durability: Durability, systemId: string | null, order?: number]

const MIDDLE = 36 ** 9

export class Mailboxes {
  #last = MIDDLE
  #first = MIDDLE + 1

  constructor(private readonly node: MailboxPort) {}

  /** Behind all others of the cell. */
  push(cell: Cell, envelope: Envelope): void {
    cell.mailbox ??= new Mailbox()
    cell.mailbox.push(envelope)
    this.#arrived(cell, envelope)
  }

  /** Before all others: for the runtime's own mail, which is never stored. */
  pushFront(cell: Cell, envelope: Envelope): void {
    cell.mailbox ??= new Mailbox()
    cell.mailbox.pushFront([envelope])
    this.#arrived(cell, envelope)
  }

  /** Events that were taken before and come back, in their order, before all others. */
  putBack(cell: Cell, envelopes: readonly Envelope[]): void {
    cell.mailbox ??= new Mailbox()
    cell.mailbox.pushFront(envelopes)
    this.#first -= envelopes.length
    for (const [index, envelope] of envelopes.entries()) {
      envelope.to = cell.path
      envelope.number = this.#first + index
      this.#arrived(cell, envelope)
    }
  }

  /** Mail that made its receiver fail comes back before all others, stored with how often it has been tried. */
  redeliver(cell: Cell, envelope: Envelope): void {
    if (envelope.stored !== undefined) this.node.commits.del(envelope.stored)
    envelope.stored = undefined
    envelope.handled = false
    envelope.keep = cell.durability !== 'volatile'
    this.putBack(cell, [envelope])
  }

  #arrived(cell: Cell, envelope: Envelope): void {
    const { commits, turns, refs } = this.node
    // What is put back has waited since it came.
    if (envelope.turn === 0) envelope.turn = turns.count + 1
    if (isPaused(cell) && isWorthKeeping(cell, envelope, refs)) this.#keep(cell, envelope)
    else if (envelope.keep) commits.keepMail(envelope)
    turns.wake(cell)
  }

  #keep(cell: Cell, envelope: Envelope): void {
    envelope.keep = true
    envelope.to = cell.path
    this.node.commits.keepMail(envelope)
  }

  /** The cell has been paused: what waits for it may wait for long. */
  keepAll(cell: Cell): void {
    for (const envelope of cell.mailbox ?? [])
      if (isWorthKeeping(cell, envelope, this.node.refs)) this.#keep(cell, envelope)
  }

  /** Behind all others, if the mailbox's bound lets it. Throws `MAILBOX_FULL` to a sender outside. */
  admit(cell: Cell, envelope: Envelope, isOutside: boolean): void {
    const { capacity, overflow: policy } = cell.row
    const depth = cell.mailbox?.size ?? 0
    const verdict = overflow(policy, depth, capacity)
    if (verdict === 'reject' && isOutside) throw mailboxFull(cell.path, depth, capacity)
    if (verdict === 'accept' || verdict === 'dropOldest') {
      const oldest = verdict === 'dropOldest' ? takeOldest(cell) : undefined
      this.push(cell, envelope)
      if (oldest !== undefined) this.#drop(cell, oldest)
    } else this.#drop(cell, envelope)
  }

  #drop(cell: Cell, envelope: Envelope): void {
    const { commits, turns } = this.node
    envelope.handled = true
    if (envelope.stored !== undefined) commits.del(envelope.stored)
    this.node.deadLetter(cell.path, envelope.event, envelope.from, 'mailboxFull')
    turns.schedule()
    commits.refuse(envelope.waiter, () => deadLetterError(cell.path, envelope.event, 'mailboxFull'))
  }

  // --- in the store ---

  /** Writes mail that waits, with the batch that vouches for it. */
  store(envelopes: readonly Envelope[]): void {
    for (const envelope of envelopes) if (envelope.to !== undefined) this.#storeOne(envelope, envelope.to)
  }

  #storeOne(envelope: Envelope, path: ActorPath): void {
    const { cells, commits, options, refs } = this.node
    const { kind, event, from = null, child = null, key = null, deliveries } = envelope
    const cell = cells.get(path)
    envelope.stored = mailKey(path, envelope.number ?? ++this.#last)
    const start =
      kind === 'start' && cell !== undefined
        ? [cell.row.name, cell.durability, cell.systemId ?? null, cell.order]
        : null
    const fields = [kind, event, from, child, key, start, deliveries]
    const packed = toStorable([...fields, ...origin(envelope)], 'mail', refs)
    commits.put(envelope.stored, options.codec.encode(packed))
    if (cell?.durability === 'durable') commits.sync()
  }

  /** Mail that an earlier run of the node accepted and did not handle. `cellFor` finds the receiver, or makes it. */
  restore(
    stored: string,
    number: number,
    path: ActorPath,
    packed: readonly unknown[],
    cellFor: (start: StoredStart | null, event: EventObject) => Cell | undefined,
  ): void {
    const [kind, event, from, child, key, start, deliveries, lineage, cause] = packed as StoredMail
    this.#last = Math.max(this.#last, number)
    this.#first = Math.min(this.#first, number)
    const cell = cellFor(start, event)
    if (cell === undefined) return
    const envelope = new Envelope(kind, event)
    envelope.to = path
    envelope.from = from ?? undefined
    envelope.child = child ?? undefined
    envelope.key = key ?? undefined
    envelope.stored = stored
    envelope.lineage = lineage
    envelope.cause = unpackCause(cause, envelope.from)
    // Mail of an older store does not say.
    envelope.deliveries = deliveries ?? 0
    this.push(cell, envelope)
  }
}

export type StoredMail = readonly [
  kind: MailKind,
  event: EventObject,
  from: string | null,
  child: string | null,
  key: string | null,
  start: StoredStart | null,
  deliveries: number | undefined,
  /** Only of what came from another node, and what that has led to. */
  lineage?: Lineage,
  /** Only of what an actor of this node has sent. */
  cause?: unknown,
]

/** The fields at the end, which are absent where nothing is known. */
function origin({ lineage, cause, from }: Envelope): unknown[] {
  const plain = lineage && plainLineage(lineage)
  if (cause !== undefined) return [plain, packCause(cause, from)]
  return plain === undefined ? [] : [plain]
}

function plainLineage({ id, hops, dueMs, conversation, traceparent }: Lineage): Lineage {
  return { id, hops, dueMs, conversation, traceparent }
}

function takeOldest(cell: Cell): Envelope | undefined {
  const oldest = [...(cell.mailbox ?? [])].find((envelope) => envelope.kind === 'event')
  if (oldest !== undefined) cell.mailbox?.remove((envelope) => envelope === oldest)
  return oldest
}

function mailboxFull(path: ActorPath, depth: number, capacity: number): RosciusError {
  const message = `${path}: its mailbox holds ${depth} events, as many as it may. Send more slowly, or raise mailbox.capacity.`
  return new RosciusError('MAILBOX_FULL', message, { address: path, details: { capacity } })
}
