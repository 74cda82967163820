/**
 * New cells: of actors that are spawned, and of those that begin anew.
 *
 * 1. A path, and a systemId, belong to one living actor at a time (I3).
 * 2. An actor of a path that ended goes on counting where the former one stopped: no record is written over.
 */
import type { ActorPath } from '../core/address.js'
import { RosciusError } from '../core/errors.js'
import type { JournalReader } from '../persistence/journal.js'
import { Cell } from './cell.js'
import type { ChildRecords } from './child-records.js'
import type { Commits } from './commits.js'
import { Envelope, type Waiter } from './envelope.js'
import type { Starting } from './extension.js'
import type { Extensions } from './extensions.js'
import type { Idle } from './idle.js'
import type { InspectionTap } from './inspection-tap.js'
import type { Lifecycle } from './lifecycle.js'
import type { Durability, LogicRow } from './logic-table.js'
import type { Mailboxes } from './mailboxes.js'
import { isAlive } from './subtree.js'
import { definitionOf } from './supervisor-definition.js'
import type { PlannedSpawn, StartRequest } from './unit.js'
import type { StartEvent } from './units.js'
import type { Watches } from './watches.js'
import type { LogicHost } from './xstate/host.js'

export interface PlantingPort {
  readonly options: { readonly incarnation: number }
  readonly cells: Map<ActorPath, Cell>
  readonly host: LogicHost
  readonly commits: Commits
  readonly idle: Idle
  readonly journalReader: JournalReader
  readonly lifecycle: Lifecycle
  readonly mailboxes: Mailboxes
  readonly childRecords: ChildRecords
  readonly watches: Watches
  readonly tap: InspectionTap
  readonly extensions: Extensions
  now(): number
  statusOf(path: ActorPath): Cell['status'] | undefined
  isNameTaken(systemId: string): boolean
  selfAt(path: ActorPath): Cell['self']
  adopt(cell: Cell): void
  forget(cell: Cell): void
  assertRunning(): void
}

/** More starts than one run of a node makes. */
const STARTS_AN_INCARNATION = 2 ** 32

type FormerLife = Partial<Pick<Cell, 'seqNr' | 'sessions' | 'snapshotSeqNr' | 'headBatch'>>

export class Planting {
  /** The `order` of the actor that is started next: it grows over restarts of the process too. */
  nextOrder: number

  constructor(private readonly node: PlantingPort) {
    this.nextOrder = node.options.incarnation * STARTS_AN_INCARNATION + 1
  }

  /** Starts a new actor; the waiter is told when that is committed. Throws what makes it impossible. */
  start(request: StartRequest, waiter: Waiter): void {
    this.node.assertRunning()
    this.admit([request])
    this.plant(request, waiter, undefined)
  }

  /** Throws what makes it impossible to start them all, in one commit. */
  admit(requests: readonly PlannedSpawn[], by?: Starting): void {
    for (const { path, systemId } of requests) this.#assertFree(path, systemId)
    this.node.extensions.admit(requests, by)
  }

  #assertFree(path: ActorPath, systemId: string | undefined): void {
    const { node } = this
    const status = node.statusOf(path)
    if (status !== undefined && isAlive(status)) {
      const what = `${path} exists already. Use system.actor(...) for its ref, or spawn with ifExists: 'use'.`
      throw new RosciusError('ACTOR_EXISTS', what, { address: path })
    }
    if (node.lifecycle.isBeingDeleted(path)) {
      const what = `${path} is being deleted; spawn it again when delete() has resolved.`
      throw new RosciusError('ACTOR_EXISTS', what, { address: path })
    }
    node.lifecycle.endings.assertCanStart(path)
    if (systemId !== undefined && node.isNameTaken(systemId)) {
      const what = `${path}: the systemId "${systemId}" belongs to another actor of this node.`
      throw new RosciusError('SYSTEM_ID_TAKEN', what, { address: path, details: { systemId } })
    }
  }

  /** What a machine has spawned. */
  plantChild(path: ActorPath, { row, input, systemId, extras }: PlannedSpawn, parent: Cell): void {
    this.plant({ row, path, input, systemId, extras, durability: row.durability }, undefined, parent)
  }

  /** Makes a new cell and puts its start into its mailbox. */
  plant(
    { row, path, input, durability, systemId, extras }: StartRequest,
    waiter: Waiter | undefined,
    parent: Cell | undefined,
  ): void {
    const cell = this.makeCell(row, path, durability, systemId)
    this.#keepInput(cell, input, parent)
    const event: StartEvent = { type: 'xstate.init', input, ...(extras !== undefined && { extras }) }
    const envelope = new Envelope('start', event)
    envelope.to = path
    envelope.from = parent?.path
    envelope.waiter = waiter
    if (parent !== undefined) {
      this.node.tap.spawned(path)
      envelope.cause = { path: parent.path, seqNr: parent.seqNr }
    }
    envelope.keep = parent !== undefined && parent.durability !== 'volatile' && durability !== 'volatile'
    this.node.mailboxes.pushFront(cell, envelope)
    this.node.extensions.planned({ path, row, extras })
  }

  /** For those who may be started afresh. */
  #keepInput(cell: Cell, input: unknown, parent: Cell | undefined): void {
    const { path, row, durability, systemId } = cell
    if (durability === 'volatile') cell.input = input
    // A supervisor knows its children's inputs.
    else if (parent !== undefined && definitionOf(parent.row.logic) !== undefined) return
    else if (
      row.supervision.restartFrom === 'initial' ||
      row.supervision.restart === 'permanent' ||
      this.#hasKeptInput(cell)
    )
      this.node.childRecords.put(path, { logic: row.name, input, durability, systemId, dynamic: undefined }, true)
  }

  /** An operator may have begun its former life anew: what is kept must be that of the present one. */
  #hasKeptInput({ seqNr, path }: Cell): boolean {
    return seqNr > 0 && this.node.childRecords.get(path) !== undefined
  }

  /** A cell that is to be started. */
  makeCell(row: LogicRow, path: ActorPath, durability: Durability, systemId: string | undefined): Cell {
    const { node } = this
    const former = this.#formerLife(path, durability)
    node.cells.delete(path)
    const cell = new Cell(path, row, node.host.hosted(row.logic), node.selfAt(path), durability, systemId)
    cell.startedMs = node.now()
    cell.order = this.nextOrder++
    Object.assign(cell, former)
    cell.hasChildCells = definitionOf(row.logic) !== undefined
    node.adopt(cell)
    return cell
  }

  /** Where the counts of an ended actor stopped: its end may not be in the store yet. */
  #formerLife(path: ActorPath, durability: Durability): FormerLife {
    if (durability === 'volatile') return {}
    const cell = this.node.cells.get(path)
    if (cell !== undefined && cell.durability !== 'volatile') {
      const { seqNr, sessions, snapshotSeqNr, headBatch } = cell
      return { seqNr, sessions, snapshotSeqNr, headBatch }
    }
    const stored = this.node.journalReader.load(path)
    if (stored === undefined) return {}
    const { sessions } = stored.frame as { readonly sessions: number }
    return { seqNr: stored.seqNr, sessions, snapshotSeqNr: stored.head.seqNr }
  }

  /** `next`, the same actor rebuilt, takes the place of `former`, with its mail. */
  replace(former: Cell, next: Cell): void {
    next.mailbox = former.mailbox
    former.mailbox = undefined
    next.headBatch = former.headBatch
    next.isAwake = former.isAwake
    next.untaken = former.untaken
    this.node.forget(former)
    this.node.adopt(next)
  }

  /** A cell for a fresh start of the actor, with its mail. */
  renew(former: Cell): Cell {
    const { node } = this
    const { row, path, durability, systemId, mailbox, dedupe, snapshot } = former
    former.mailbox = undefined
    former.inMemory = false
    node.idle.removed(former)
    const next = this.makeCell(row, path, durability, systemId)
    next.mailbox = mailbox
    next.dedupe = dedupe
    next.untaken = former.untaken
    next.order = former.order
    node.watches.leave(next)
    node.commits.touch(next, former.uncommitted > 0 ? former.released : snapshot)
    return next
  }
}
