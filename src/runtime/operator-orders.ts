/**
 * What an operator tells an actor from outside: to pause, to go on, to begin again. The rest of the node knows it by its cell:
 * a pause is part of an actor's state (`pause.ts`), a restart goes the way of supervision's (`rebirth.ts`).
 *
 * 1. Orders are carried out one after the other, in turns of their own: before all mail that waits, after the start of an actor
 *    that is only starting. What an order changes and tells is one commit, and whoever gave it hears when that is durable.
 * 2. An actor that has ended, or is ending, takes no orders; one that has failed can only be restarted.
 * 3. An order that finds nothing to change changes nothing and tells nothing.
 */
import type { EventObject } from 'xstate'
import { z } from 'zod'
import { type ActorPath, parentOf } from '../core/address.js'
import { RosciusError } from '../core/errors.js'
import type { SystemEvent } from '../core/events.js'
import type { OrderOptions, RestartOptions } from '../core/operator-orders.js'
import type { Codec } from '../persistence/codec.js'
import type { RefCodec } from '../persistence/storable.js'
import type { Store } from '../persistence/store.js'
import type { RestartFrom } from '../supervision/child-spec.js'
import { readWith, refusal } from '../supervision/refusal.js'
import type { Activation } from './activation.js'
import type { Cell, CellStatus } from './cell.js'
import type { ChildRecords } from './child-records.js'
import type { Commits } from './commits.js'
import type { Orders } from './engine.js'
import type { Envelope } from './envelope.js'
import type { Guardian } from './guardian.js'
import type { Heads } from './heads.js'
import { type KeptStart, readStart } from './kept-start.js'
import type { Kin } from './kin.js'
import type { Lifecycle } from './lifecycle.js'
import type { Mailboxes } from './mailboxes.js'
import { notFound } from './past.js'
import { isAlive } from './subtree.js'
import { definitionOf } from './supervisor-definition.js'
import type { Turns } from './turns.js'

export interface OrdersPort {
  readonly options: { readonly store: Store; readonly codec: Codec }
  readonly refs: RefCodec
  readonly cells: ReadonlyMap<ActorPath, Cell>
  readonly turns: Turns
  readonly commits: Commits
  readonly heads: Heads
  readonly mailboxes: Mailboxes
  readonly activation: Activation
  readonly lifecycle: Lifecycle
  readonly childRecords: ChildRecords
  readonly kin: Kin
  readonly guardian: Guardian
  now(): number
  activate(path: ActorPath): Cell | undefined
  statusOf(path: ActorPath): CellStatus | undefined
  isNameTaken(systemId: string): boolean
  /** Runs a unit of the cell in the current turn. */
  runUnit(cell: Cell, envelope: Envelope): void
  tell(event: SystemEvent): void
  /** Throws why the system has stopped. */
  assertRunning(): void
}

const ORDER = { by: z.string().max(1_000).optional(), reason: z.string().max(10_000).optional() }
const ORDER_OPTIONS = z.strictObject(ORDER)
const RESTART_OPTIONS = z.strictObject({ ...ORDER, from: z.enum(['lastGood', 'initial']).optional() })

/** Who has given an order, and why. */
interface Given {
  readonly by: string | undefined
  readonly reason: string | undefined
}

interface Wanted extends Given {
  readonly from: RestartFrom | undefined
  /** What the actor was started with, as its journal says. */
  readonly start: KeptStart | undefined
}

/** Changes the cell, or answers why it can't. */
type Change = (cell: Cell) => RosciusError | undefined

export class OperatorOrders implements Orders {
  /** Those who wait for their orders to be durable. */
  readonly #waiting = new Set<(error: RosciusError) => void>()

  constructor(private readonly node: OrdersPort) {}

  async pause(path: ActorPath, options: OrderOptions = {}): Promise<void> {
    const { by, reason } = readWith(ORDER_OPTIONS, options, 'pause')
    await this.#carryOut(path, (cell) => refusalOf(cell, 'paused') ?? this.#pause(cell, { by, reason }))
  }

  async resume(path: ActorPath, options: OrderOptions = {}): Promise<void> {
    const { by, reason } = readWith(ORDER_OPTIONS, options, 'resume')
    await this.#carryOut(path, (cell) => refusalOf(cell, 'resumed') ?? this.#resume(cell, { by, reason }))
  }

  async restart(path: ActorPath, options: RestartOptions = {}): Promise<void> {
    const { from, by, reason } = readWith(RESTART_OPTIONS, options, 'restart')
    this.node.assertRunning()
    const start = from === 'initial' ? await this.#startOf(path) : undefined
    await this.#carryOut(path, (cell) => this.#restart(cell, { from, by, reason, start }))
  }

  /** The node has stopped: whoever waits is told. */
  rejectAll(error: RosciusError): void {
    for (const reject of this.#waiting) reject(error)
    this.#waiting.clear()
  }

  // --- carrying out ---

  #carryOut(path: ActorPath, change: Change): Promise<void> {
    const { node } = this
    return new Promise((resolve, reject) => {
      node.assertRunning()
      if (node.statusOf(path) === undefined) throw notFound(path)
      this.#waiting.add(reject)
      const settled = (error?: unknown): void => {
        this.#waiting.delete(reject)
        if (error === undefined) resolve()
        else reject(error)
      }
      node.turns.add(() => {
        const found = this.#receiver(path)
        const error = found instanceof RosciusError ? found : change(found)
        node.commits.hold({ release: () => settled(error), fail: settled })
        return false
      })
    })
  }

  /** The actor, started if that was still to be done; or why there is none to give orders to. */
  #receiver(path: ActorPath): Cell | RosciusError {
    const { node } = this
    const cell = node.activate(path)
    if (cell === undefined) return node.activation.quarantineOf(path) ?? notFound(path)
    if (node.lifecycle.isEnding(path)) return endedError(path, 'is ending')
    const [start] = cell.status === 'starting' ? (cell.mailbox?.remove(({ kind }) => kind === 'start') ?? []) : []
    if (start !== undefined) node.runUnit(cell, start)
    return node.cells.get(path) ?? notFound(path)
  }

  // --- pause, resume ---

  #pause(cell: Cell, given: Given): undefined {
    if (cell.paused !== undefined) return
    const paused = { ...given, sinceMs: this.node.now() }
    if (cell.durability === 'volatile') cell.paused = paused
    else {
      this.node.commits.touch(cell, cell.snapshot)
      this.node.heads.recordPause(cell, paused, eventOf('pause', given))
      this.node.mailboxes.keepAll(cell)
    }
    this.node.tell({ type: 'actorPaused', path: cell.path, ...given })
  }

  #resume(cell: Cell, given: Given): undefined {
    const { node } = this
    const { path } = cell
    if (cell.paused === undefined) return
    if (cell.durability === 'volatile') cell.paused = undefined
    else {
      node.commits.touch(cell, cell.snapshot)
      node.heads.recordPause(cell, undefined, eventOf('resume', given))
    }
    node.tell({ type: 'actorResumed', path, ...given })
    node.guardian.resumed(cell)
    const current = node.cells.get(path)
    if (current !== undefined) node.turns.wake(current)
  }

  // --- restart ---

  /** It is known how every other actor was started: by the definition of a supervisor, or by a record of its own. */
  async #startOf(path: ActorPath): Promise<KeptStart | undefined> {
    if (this.node.childRecords.get(path) !== undefined) return undefined
    await this.node.commits.written()
    return await readStart(path, this.node)
  }

  #restart(cell: Cell, wanted: Wanted): RosciusError | undefined {
    const { node } = this
    const { path } = cell
    const error = refusalOf(cell, 'restarted', true) ?? this.#obstacle(cell, wanted.from)
    if (error !== undefined) return error
    // Its supervisor restarts it with its group, or it begins anew already.
    if (cell.ending !== undefined || node.lifecycle.endings.isRestarting(path)) return undefined
    const from = this.#fromOf(cell, wanted.from)
    if (wanted.from === 'initial' && !this.#knowsStart(cell, wanted.start)) return startGone(path)
    const { by, reason } = wanted
    const next = node.guardian.rebirth.restartByOrder(cell, eventOf('restart', wanted, { from }))
    if (next === undefined) return node.activation.quarantineOf(path) ?? notFound(path)
    node.tell({ type: 'actorRestarted', path, from, by, reason })
    node.guardian.rebirth.go(next, from, 'operator')
    node.turns.wake(node.cells.get(path) ?? next)
    return undefined
  }

  #obstacle(
    { path, status, systemId, durability, row }: Cell,
    from: RestartFrom | undefined,
  ): RosciusError | undefined {
    const { node } = this
    const hasNoState = durability === 'volatile' || definitionOf(row.logic) !== undefined
    if (hasNoState && from === 'lastGood') return refusal('restart.from', onlyInitial(path, durability))
    if (status !== 'failed') return undefined
    const parent = parentOf(path)
    const parentStatus = parent === undefined ? 'active' : node.statusOf(parent)
    if (parentStatus === undefined || !isAlive(parentStatus))
      return endedError(path, 'has failed, and its parent has ended')
    if (systemId === undefined || !node.isNameTaken(systemId)) return undefined
    const message = `${path}: its systemId "${systemId}" belongs to another actor by now; stop that first.`
    return new RosciusError('SYSTEM_ID_TAKEN', message, { address: path, details: { systemId } })
  }

  /** As supervision would, where the operator does not say. */
  #fromOf(cell: Cell, from: RestartFrom | undefined): RestartFrom {
    if (cell.durability === 'volatile') return 'initial'
    return from ?? cell.supervised?.waiting?.from ?? this.node.kin.specOf(cell).restartFrom
  }

  /** Whether it is known what the actor was started with; from here on it is, also without its first records. */
  #knowsStart(cell: Cell, start: KeptStart | undefined): boolean {
    const { childRecords, kin } = this.node
    const { path, row, durability, systemId } = cell
    if (durability === 'volatile' || kin.isStartKnown(cell)) return true
    if (start === undefined || start.order !== cell.order) return false
    childRecords.put(path, { logic: row.name, input: start.input, durability, systemId, dynamic: undefined }, true)
    return true
  }
}

/** The order as the actor's journal tells it. */
function eventOf(order: 'pause' | 'resume' | 'restart', { by, reason }: Given, more: object = {}): EventObject {
  return { type: `roscius.${order}`, ...more, ...(by !== undefined && { by }), ...(reason !== undefined && { reason }) }
}

/** Why the actor takes no such order. */
function refusalOf({ path, status }: Cell, what: string, mayHaveFailed = false): RosciusError | undefined {
  if (isAlive(status)) return undefined
  if (status !== 'failed') return endedError(path, 'has ended')
  if (mayHaveFailed) return undefined
  const message = `${path} has failed, so it can't be ${what}: restart it, or see ref.failure().`
  return new RosciusError('ACTOR_FAILED', message, { address: path })
}

function endedError(path: ActorPath, what: string): RosciusError {
  const message = `${path} ${what}, so it takes no orders. Once it has ended, it can be spawned again.`
  return new RosciusError('ACTOR_STOPPED', message, { address: path })
}

function onlyInitial(path: ActorPath, durability: Cell['durability']): string {
  const why = durability === 'volatile' ? 'is volatile' : 'is a supervisor'
  return `${path} ${why}, so there is no state to go on from; use "initial"`
}

function startGone(path: ActorPath): RosciusError {
  const message = `what ${path} was started with is not kept any more; use "lastGood", or give its logic supervision: { restartFrom: 'initial' } before it is spawned`
  return refusal('restart.from', message)
}
