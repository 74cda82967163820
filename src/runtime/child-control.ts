/**
 * What supervisors do with their children: start, suspend, end them, and carry out commands. The statechart says when.
 *
 * 1. Children are started one after the other, and stopped in reverse; one that fails its first start stops the start.
 * 2. Everything here can be begun again after a crash: what is done already is left as it is.
 * 3. What a command changes is part of the commit of the supervisor's unit that took it.
 */
import type { EventObject } from 'xstate'
import { type ActorPath, childPath, idOf } from '../core/address.js'
import type { Cancel, Clock } from '../core/clock.js'
import { RosciusError } from '../core/errors.js'
import type { SupervisionEvent } from '../core/supervision-events.js'
import type { JournalReader } from '../persistence/journal.js'
import { belowRange, pathInKey } from '../persistence/keys.js'
import type { Store } from '../persistence/store.js'
import { type ReadChildSpec, readChildSpec } from '../supervision/child-spec.js'
import { affected } from '../supervision/strategy.js'
import type { ReadSupervisorOptions } from '../supervision/supervisor-options.js'
import { ActorHandle } from './actor-handle.js'
import type { Cell, CellStatus, Supervised } from './cell.js'
import { type ChildRecord, type ChildRecords, type DynamicSpec, isDirectlyBelow } from './child-records.js'
import type { ChildCounts, ChildInfo, Children } from './children.js'
import type { Commits } from './commits.js'
import { Envelope } from './envelope.js'
import type { Kin } from './kin.js'
import type { Lifecycle } from './lifecycle.js'
import type { LogicRow } from './logic-table.js'
import type { Mailboxes } from './mailboxes.js'
import type { Planting } from './planting.js'
import type { Readings } from './readings.js'
import type { Rebirth } from './rebirth.js'
import { definitionOf, staticSpec } from './supervisor-definition.js'
import { statusOfStored } from './tree-rows.js'
import type { Turns } from './turns.js'
import type { StartRequest } from './unit.js'
import type { Frame } from './xstate/frame.js'
import type { LogicHost } from './xstate/host.js'
import type { HostSnapshot } from './xstate/internals.js'

export interface ChildPort {
  readonly options: { readonly store: Store; readonly clock: Clock }
  readonly host: LogicHost
  readonly commits: Commits
  readonly turns: Turns
  readonly kin: Kin
  readonly guardian: { readonly rebirth: Rebirth }
  readonly lifecycle: Lifecycle
  readonly mailboxes: Mailboxes
  readonly journalReader: JournalReader
  readonly childRecords: ChildRecords
  readonly cells: ReadonlyMap<ActorPath, Cell>
  readonly reading: Readings
  activate(path: ActorPath): Cell | undefined
  statusOf(path: ActorPath): CellStatus | undefined
  rowOf(logic: string | object): LogicRow | undefined
  readonly planting: Planting
  post(path: ActorPath, child: string | undefined, event: EventObject): void
  deleteActor(path: ActorPath): Promise<void>
  publish(event: SupervisionEvent): void
}

/** A child spec with what it takes to start it. */
interface Entry {
  readonly id: string
  readonly path: ActorPath
  readonly spec: DynamicSpec
  readonly request: StartRequest
  readonly isDynamic: boolean
}

interface StartWaiter {
  readonly path: ActorPath
  resolve(): void
  reject(error: unknown): void
}

/** The states of a supervisor that has not come up yet. */
const IS_STARTING: ReadonlySet<string> = new Set(['starting', 'escalating'])

const GONE: ReadonlySet<CellStatus | undefined> = new Set(['done', 'failed', 'stopped', undefined])

export class ChildControl implements Children {
  /** Who waits for a supervisor to start. */
  readonly #waiters = new Set<StartWaiter>()

  constructor(private readonly node: ChildPort) {}

  // --- what the statechart invokes ---

  /** Starts all children, or lets the group of `failedId` go on. Rejects with `CHILD_START_FAILED`. */
  async start(path: ActorPath, failedId: string | undefined, isUp: boolean, signal: AbortSignal): Promise<void> {
    const entries = await this.#entries(path)
    const chosen = this.#group(path, entries, failedId)
    if (failedId !== undefined) this.#publishGroup(path, chosen)
    const { aborted } = interruptBy(signal)
    const started: Promise<void>[] = []
    for (const entry of chosen) {
      // The supervisor does something else by now: it must not start what that stops, nor wait for it.
      if (signal.aborted) return
      const one = this.#startOne(path, entry, failedId !== undefined, isUp)
      // Children of a template have no order among themselves.
      if (entry.isDynamic) started.push(one)
      else await Promise.race([one, aborted])
    }
    await Promise.race([Promise.all(started), aborted])
  }

  #group(path: ActorPath, entries: readonly Entry[], failedId: string | undefined): readonly Entry[] {
    if (failedId === undefined) return entries
    const ids = entries.map(({ id }) => id)
    const { start } = affected(this.#definition(path).strategy, ids, failedId)
    return entries.filter(({ id }) => start.includes(id))
  }

  #publishGroup(path: ActorPath, entries: readonly Entry[]): void {
    const { strategy } = this.#definition(path)
    this.node.publish({ type: 'groupRestarting', path, strategy, children: entries.map(({ id }) => id) })
  }

  async #startOne(path: ActorPath, entry: Entry, isGroup: boolean, isUp: boolean): Promise<void> {
    const { node } = this
    const stored = node.statusOf(entry.path)
    // Whether it waits is said by its records, which are read when it comes into memory.
    const status = stored === 'active' ? (node.activate(entry.path)?.status ?? stored) : stored
    if (status === 'restarting') return this.#letGoOn(entry.path)
    if (!GONE.has(status)) return this.#untilStarted(path, entry)
    if (isGroup && status !== undefined) return
    if (entry.isDynamic && (status === 'done' || status === 'stopped')) return
    // It may have failed, or was lost with the memory of an earlier process: it had its one life.
    if (entry.spec.restart === 'temporary' && (isUp || entry.isDynamic)) return
    if (status !== undefined && (isUp || this.#hasEndedSince(path, entry.path))) return
    await this.#startAgain(path, entry, status)
  }

  /** Whether the child ended in this life of its supervisor: then it has had its start. */
  #hasEndedSince(path: ActorPath, child: ActorPath): boolean {
    const startedMs = this.node.activate(child)?.startedMs ?? 0
    return startedMs > (this.node.activate(path)?.startedMs ?? 0)
  }

  async #startAgain(path: ActorPath, entry: Entry, status: CellStatus | undefined): Promise<void> {
    const { node } = this
    const cell = status === 'failed' ? node.activate(entry.path) : undefined
    if (cell !== undefined && node.kin.specOf(cell).restartFrom === 'lastGood' && cell.snapshot?.status !== 'error')
      return node.guardian.rebirth.revive(cell)
    await this.#orFail(path, entry, this.#plant(path, entry))
  }

  /** A crash may have come between the start of a supervisor and those of its children. */
  async #untilStarted(path: ActorPath, entry: Entry): Promise<void> {
    // One that has been restarted is waited for by nobody: its failures are told to its supervisor.
    if (this.node.activate(entry.path)?.supervised === undefined)
      await this.#orFail(path, entry, this.whenStarted(entry.path))
  }

  async #orFail(path: ActorPath, { id, path: address }: Entry, started: Promise<void>): Promise<void> {
    try {
      await started
    } catch (cause) {
      const message = `${path}: its child "${id}" failed to start: ${cause instanceof Error ? cause.message : String(cause)}`
      throw new RosciusError('CHILD_START_FAILED', message, { address, details: { id }, cause })
    }
  }

  #plant(path: ActorPath, { request }: Entry): Promise<void> {
    const planted = new Promise<void>((resolve, reject) => {
      this.node.planting.assertCanStart(request.path, request.systemId)
      this.node.planting.plant(request, { resolve: () => resolve(), reject }, this.node.activate(path))
    })
    return planted.then(() => this.whenStarted(request.path))
  }

  /** Resolves at once, but for a supervisor when its children have started; rejects if they can't be. */
  whenStarted(path: ActorPath): Promise<void> {
    const { cells, reading } = this.node
    const cell = cells.get(path)
    if (cell === undefined || definitionOf(cell.row.logic) === undefined) return Promise.resolve()
    let forget = (): void => undefined
    const started = new Promise<void>((resolve, reject) => {
      const look = (snapshot: unknown): void => {
        if (!IS_STARTING.has((snapshot as HostSnapshot).value as string)) resolve()
      }
      const waiter = { path, resolve, reject }
      this.#waiters.add(waiter)
      const isSeen = cell.status === 'active'
      const subscription = isSeen && reading.observe(path, { next: look, error: reject, complete: () => resolve() })
      forget = () => {
        this.#waiters.delete(waiter)
        if (subscription) subscription.unsubscribe()
      }
      if (!isSeen || cell.uncommitted === 0) look(cell.snapshot)
    })
    return started.finally(() => forget())
  }

  /** The node has stopped: whoever waits for a start is told. */
  rejectAll(error: RosciusError): void {
    for (const { reject } of this.#waiters) reject(error)
  }

  /** The child has failed while it started, and waits for its own supervisor: that must not wait for it. */
  waitsForGroup(path: ActorPath): void {
    for (const waiter of this.#waiters) if (waiter.path === path) waiter.resolve()
  }

  /**
   * Ends the wait of a child that waits with its group. One that waits for a time goes on by itself; one that has failed
   * since the group was stopped has told its supervisor so, who stops the group again.
   */
  async #letGoOn(path: ActorPath): Promise<void> {
    const { guardian } = this.node
    const cell = this.node.activate(path)
    if (cell?.supervised?.waiting?.untilMs !== null || guardian.rebirth.waitsAlone(cell)) return
    this.#takeBack(cell, 'suspend')
    await this.#order(cell, new Envelope('restart', { type: 'roscius.restart', isOrdered: true } as EventObject))
  }

  /** It waits already, for its own failure: from here on it waits with the group. */
  #keepWaiting(cell: Cell): void {
    const { node } = this
    this.#takeBack(cell, 'restart')
    if (!node.guardian.rebirth.waitsAlone(cell)) return
    node.guardian.rebirth.joinGroup(cell)
    node.turns.schedule()
  }

  /** Takes back orders that the child has not got to yet. */
  #takeBack(cell: Cell, kind: 'restart' | 'suspend'): void {
    const isOrder = (mail: Envelope): boolean => mail.kind === kind && mail.waiter !== undefined
    for (const { waiter } of cell.mailbox?.remove(isOrder) ?? [])
      waiter?.resolve({ seqNr: cell.seqNr, outcome: 'ignored' })
  }

  #order(cell: Cell, envelope: Envelope): Promise<void> {
    return new Promise((resolve, reject) => {
      envelope.waiter = { resolve: () => resolve(), reject }
      this.node.mailboxes.pushFront(cell, envelope)
    })
  }

  /** Makes the group of `failedId`, or all children, wait: the last started first. Temporary ones end. */
  suspend(path: ActorPath, failedId: string | undefined, signal: AbortSignal): Promise<void> {
    return this.#suspend(path, failedId, interruptBy(signal))
  }

  async #suspend(path: ActorPath, failedId: string | undefined, interrupt: Interrupt): Promise<void> {
    const { signal, aborted } = interrupt
    const entries = this.#group(path, await this.#entries(path), failedId)
    const suspended: Promise<void>[] = []
    for (const entry of entries.toReversed()) {
      if (signal.aborted) return
      const one = this.#suspendOne(entry, interrupt)
      if (entry.isDynamic) suspended.push(one)
      else await Promise.race([one, aborted])
    }
    await Promise.race([Promise.all(suspended), aborted])
  }

  async #suspendOne({ path, spec }: Entry, interrupt: Interrupt): Promise<void> {
    const { node } = this
    const cell = GONE.has(node.statusOf(path)) ? undefined : node.activate(path)
    if (cell === undefined) return
    if (cell.status === 'restarting') return this.#keepWaiting(cell)
    if (spec.restart === 'temporary') return this.#end(cell)
    const isSupervisor = definitionOf(cell.row.logic) !== undefined
    await this.#windDown(cell)
    // It starts nobody any more, so that nobody is left running below it.
    if (isSupervisor) await this.#suspend(path, undefined, interrupt)
    // Its supervisor does something else by now, and that stops at least as much.
    if (interrupt.signal.aborted) return
    // An ending that began meanwhile keeps it frozen.
    if (cell.endReason === undefined) cell.ending = undefined
    const current = node.cells.get(path)
    if (current?.status === 'active' || current?.status === 'starting')
      await this.#order(current, new Envelope('suspend', { type: 'roscius.suspend' }))
  }

  /** Aborts the effects of a child and gives them until its deadline to come back; from here on it handles nothing. */
  async #windDown(cell: Cell): Promise<void> {
    const { host, kin, options } = this.node
    const { shutdownMs } = kin.specOf(cell)
    if (shutdownMs === 'kill' || cell.ending !== undefined || !host.effects.has(cell)) return
    cell.ending = 'frozen'
    const returned = Promise.all(host.effects.windDown(cell, 'The actor is restarted with its group.', undefined))
    let cancel: Cancel | undefined
    const deadline = new Promise<void>((resolve) => {
      if (shutdownMs !== 'infinity') cancel = options.clock.schedule(resolve, shutdownMs)
    })
    await Promise.race([returned, deadline])
    cancel?.()
  }

  #end(cell: Cell): Promise<void> {
    const { shutdownMs } = this.node.kin.specOf(cell)
    // A supervisor waits as long as its children do, each as its own spec says.
    const graceMs = shutdownMs === 'infinity' && definitionOf(cell.row.logic) !== undefined ? 'each' : shutdownMs
    return this.node.lifecycle.end({ path: cell.path, withItself: true, graceMs, reason: 'shutdown' })
  }

  /** Ends all children for good, the last started first, each within its deadline. */
  async end(path: ActorPath): Promise<void> {
    for (const entry of (await this.#entries(path)).toReversed()) {
      const cell = GONE.has(this.node.statusOf(entry.path)) ? undefined : this.node.activate(entry.path)
      if (cell !== undefined) await this.#end(cell)
    }
  }

  /** Whether children that should be there are not. */
  async hasMissing(path: ActorPath): Promise<boolean> {
    const entries = await this.#entries(path)
    return entries.some(
      ({ path: child, spec }) => spec.restart !== 'temporary' && this.node.statusOf(child) === undefined,
    )
  }

  // --- what its guards ask ---

  /** Whether the child still waits to be restarted with its group after that failure. */
  isWaiting(path: ActorPath, restarts: number): boolean {
    const { waiting, restarts: count } = this.#supervisedAt(path) ?? {}
    return this.#statusNow(path) === 'restarting' && count === restarts && waiting?.untilMs === null
  }

  /** It is not brought into memory: a guard asks, in the middle of the supervisor's unit. */
  #supervisedAt(path: ActorPath): Supervised | undefined {
    const cell = this.node.cells.get(path)
    if (cell !== undefined) return cell.supervised
    return (this.node.journalReader.load(path)?.frame as Frame | undefined)?.supervised
  }

  /** Whether the end of the child ends its supervisor (`autoShutdown`). `added` are ids of significant dynamic children. */
  endsSupervisor(path: ActorPath, id: string, reason: string, added: readonly string[]): boolean {
    const definition = this.#definition(path)
    const fixed = definition.children.filter(({ significant }) => significant).map((child) => child.id)
    const significant = [...fixed, ...added]
    if (definition.autoShutdown === 'never' || reason === 'stopped' || !significant.includes(id)) return false
    if (definition.autoShutdown === 'anySignificant') return true
    return significant.every((other) => other === id || GONE.has(this.node.statusOf(childPath(path, other))))
  }

  // --- commands, within the supervisor's unit ---

  add(path: ActorPath, given: object, replyTo: object | undefined): void {
    this.#answer(replyTo, async () => {
      const entry = this.#newEntry(path, given)
      await this.#plantNew(path, entry)
    })
  }

  #newEntry(path: ActorPath, given: object): Entry {
    const { template } = this.#definition(path)
    const { logic: templateLogic } = template ?? {}
    const full = template === undefined ? given : { ...template, logic: templateLogic, ...given }
    const { id, logic, input, ...spec } = readChildSpec(full, 'startChild')
    return this.#entry(path, { id, logic, input, ...spec }, true)
  }

  /** Runs up to the first wait within the unit, so that record and start are part of its commit. */
  async #plantNew(path: ActorPath, entry: Entry): Promise<void> {
    const { node } = this
    const { request, spec } = entry
    const { input, durability, systemId, row } = request
    node.planting.assertCanStart(request.path, systemId)
    const isStored = node.activate(path)?.durability !== 'volatile'
    const record: ChildRecord = {
      logic: row.name,
      input,
      durability,
      systemId,
      dynamic: { spec, order: node.planting.nextOrder },
    }
    node.childRecords.put(request.path, record, isStored)
    try {
      await this.#plant(path, entry)
    } catch (error) {
      node.childRecords.remove(request.path)
      node.turns.schedule()
      throw error
    }
  }

  terminate(path: ActorPath, id: string, replyTo: object | undefined): void {
    this.#answer(replyTo, async () => {
      const { node } = this
      const entry = this.#find(path, id)
      const cell = GONE.has(node.statusOf(entry.path)) ? undefined : node.activate(entry.path)
      if (cell !== undefined) await this.#end(cell)
    })
  }

  restart(path: ActorPath, id: string, replyTo: object | undefined): void {
    this.#answer(replyTo, async () => {
      const entry = this.#find(path, id)
      const status = this.node.statusOf(entry.path)
      if (!GONE.has(status)) throw stillRuns(entry.path, 'restarted')
      await this.#startAgain(path, entry, status)
    })
  }

  delete(path: ActorPath, id: string, replyTo: object | undefined): void {
    this.#answer(replyTo, async () => {
      const { node } = this
      const entry = this.#find(path, id)
      if (!entry.isDynamic) throw isStatic(entry.path)
      if (!GONE.has(node.statusOf(entry.path))) throw stillRuns(entry.path, 'deleted')
      node.childRecords.remove(entry.path)
      await node.deleteActor(entry.path)
    })
  }

  forget(path: ActorPath, id: string): void {
    const { childRecords } = this.node
    const child = childPath(path, id)
    const { dynamic } = childRecords.get(child) ?? {}
    if (dynamic?.spec.restart === 'temporary' || (dynamic !== undefined && !this.#hasLived(child)))
      childRecords.remove(child)
  }

  #hasLived(child: ActorPath): boolean {
    const cell = this.node.activate(child)
    return cell !== undefined && (cell.seqNr > 0 || cell.status !== 'failed')
  }

  #answer(replyTo: object | undefined, run: () => Promise<void>): void {
    run().then(
      () => this.#reply(replyTo, { type: 'roscius.done' }),
      (error) => this.#reply(replyTo, { type: 'roscius.failed', error } as EventObject),
    )
  }

  #reply(replyTo: object | undefined, event: EventObject): void {
    if (replyTo instanceof ActorHandle) this.node.post(replyTo.path, replyTo.child, event)
  }

  // --- who they are ---

  async which(path: ActorPath): Promise<ChildInfo[]> {
    return (await this.#entries(path)).map(({ id, path: child, spec, request: { row } }) => ({
      id,
      path: child,
      logic: row.name,
      restart: spec.restart,
      status: this.#statusNow(child),
      isSupervisor: definitionOf(row.logic) !== undefined,
    }))
  }

  #statusNow(path: ActorPath): CellStatus | undefined {
    const { cells, journalReader } = this.node
    const cell = cells.get(path)
    if (cell !== undefined) return cell.status
    const stored = journalReader.load(path)
    return stored && statusOfStored(stored)
  }

  async count(path: ActorPath): Promise<ChildCounts> {
    const children = await this.which(path)
    const supervisors = children.filter(({ isSupervisor }) => isSupervisor).length
    return {
      specs: children.length,
      active: children.filter(({ status }) => !GONE.has(status)).length,
      supervisors,
      workers: children.length - supervisors,
    }
  }

  #definition(path: ActorPath): ReadSupervisorOptions {
    const cell = this.node.activate(path)
    const definition = cell && definitionOf(cell.row.logic)
    if (definition !== undefined) return definition
    throw new RosciusError('ACTOR_NOT_FOUND', `${path} is not a supervisor of this node.`, { address: path })
  }

  /** All children in the order of their start: those of the definition, then those added. */
  async #entries(path: ActorPath): Promise<Entry[]> {
    const { node } = this
    const { children } = this.#definition(path)
    const fixed = children.map((spec) => this.#entry(path, spec, false))
    await node.commits.written()
    const added: [ActorPath, ChildRecord][] = [...node.childRecords.volatileBelow(path)]
    for await (const [key, bytes] of node.options.store.range(belowRange('c', path))) {
      const child = pathInKey(key)
      if (isDirectlyBelow(child, path)) added.push([child, node.childRecords.unpack(child, bytes)])
    }
    const ordered = added.flatMap(([child, record]) => {
      const entry = this.#recorded(child, record)
      return entry === undefined ? [] : [{ entry, order: record.dynamic?.order ?? 0 }]
    })
    return [...fixed, ...ordered.sort((a, b) => a.order - b.order).map(({ entry }) => entry)]
  }

  #recorded(path: ActorPath, record: ChildRecord): Entry | undefined {
    const { dynamic, input, durability, systemId, logic } = record
    const row = this.node.rowOf(logic)
    if (dynamic === undefined || row === undefined) return undefined
    return {
      id: idOf(path),
      path,
      spec: dynamic.spec,
      request: { row, path, input, durability, systemId },
      isDynamic: true,
    }
  }

  #find(path: ActorPath, id: string): Entry {
    const child = childPath(path, id)
    const fixed = staticSpec(this.#definition(path), id)
    const record = this.node.childRecords.get(child)
    const entry = fixed === undefined ? record && this.#recorded(child, record) : this.#entry(path, fixed, false)
    if (entry !== undefined) return entry
    throw new RosciusError('ACTOR_NOT_FOUND', `${path} has no child "${id}"; see whichChildren().`, { address: child })
  }

  #entry(parent: ActorPath, { id, logic, input, ...spec }: ReadChildSpec, isDynamic: boolean): Entry {
    const row = this.node.rowOf(logic)
    const path = childPath(parent, id)
    if (row === undefined) {
      const message = `${path}: ${typeof logic === 'string' ? `"${logic}"` : 'its logic'} is not in the system's logic table; add it to createSystem({ logic }).`
      throw new RosciusError('LOGIC_NOT_FOUND', message, { address: path })
    }
    const { durability = row.durability, systemId } = spec
    return { id, path, spec, request: { row, path, input, durability, systemId }, isDynamic }
  }
}

/** The end of the effect that does something: `aborted` resolves then. */
interface Interrupt {
  readonly signal: AbortSignal
  readonly aborted: Promise<void>
}

function interruptBy(signal: AbortSignal): Interrupt {
  const aborted = new Promise<void>((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
  return { signal, aborted }
}

function stillRuns(path: ActorPath, what: string): RosciusError {
  const message = `${path} still runs, so it can't be ${what}: terminateChild it first.`
  return new RosciusError('CHILD_RUNNING', message, { address: path })
}

function isStatic(path: ActorPath): RosciusError {
  const message = `${path} is a child of the supervisor's definition: take it out of supervisor({ children }) instead.`
  return new RosciusError('CHILD_RUNNING', message, { address: path })
}
