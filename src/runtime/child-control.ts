/**
 * What a supervisor does with its children, for its statechart: it says when. Commands are carried out here.
 *
 * 1. What a command changes is part of the commit of the supervisor's unit that took it.
 * 2. A guard brings nobody into memory: it is asked in the middle of the supervisor's unit.
 */
import type { EventObject } from 'xstate'
import { type ActorPath, childPath } from '../core/address.js'
import { RosciusError } from '../core/errors.js'
import { DEFAULT_SHUTDOWN_MS } from '../supervision/child-spec.js'
import { ActorHandle } from './actor-handle.js'
import { ChildEntries, type EntriesPort, type Entry, GONE } from './child-entries.js'
import type { ChildRecord } from './child-records.js'
import { ChildStarts, type StartsPort } from './child-starts.js'
import { ChildStops, type StopsPort } from './child-stops.js'
import type { ChildCounts, ChildInfo, Children } from './children.js'
import { AT_RESUME } from './rebirth.js'
import { definitionOf } from './supervisor-definition.js'

export interface ChildPort extends Omit<EntriesPort & StartsPort & StopsPort, 'options'> {
  readonly options: EntriesPort['options'] & StopsPort['options']
  post(path: ActorPath, child: string | undefined, event: EventObject): void
  deleteActor(path: ActorPath): Promise<void>
  assertRunning(): void
  /** Why nothing is accepted any more. */
  readonly stopReason: RosciusError | undefined
  /** The store has failed: everything ends. */
  halt(error: RosciusError): void
}

export class ChildControl implements Children {
  readonly starts: ChildStarts
  readonly #entries: ChildEntries
  readonly #stops: ChildStops

  constructor(private readonly node: ChildPort) {
    this.#entries = new ChildEntries(node)
    this.starts = new ChildStarts(node, this.#entries)
    this.#stops = new ChildStops(node, this.#entries)
  }

  // --- what the statechart invokes ---

  start(path: ActorPath, failedId: string | undefined, isUp: boolean, signal: AbortSignal): Promise<void> {
    return this.starts.start(path, failedId, isUp, signal)
  }

  suspend(path: ActorPath, failedId: string | undefined, signal: AbortSignal): Promise<void> {
    return this.#stops.suspend(path, failedId, signal)
  }

  end(path: ActorPath, signal: AbortSignal): Promise<void> {
    return this.#stops.all(path, signal)
  }

  hasMissing(path: ActorPath): Promise<boolean> {
    return this.#hasOne(
      path,
      ({ path: child, spec }) => spec.restart !== 'temporary' && this.node.statusOf(child) === undefined,
    )
  }

  hasSignificant(path: ActorPath): Promise<boolean> {
    return this.#hasOne(
      path,
      ({ path: child, spec }) => spec.significant === true && !GONE.has(this.node.statusOf(child)),
    )
  }

  async #hasOne(path: ActorPath, isMeant: (entry: Entry) => boolean): Promise<boolean> {
    try {
      return (await this.#entries.all(path)).some(isMeant)
    } catch (cause) {
      this.node.halt(unreadable(path, cause))
      return false
    }
  }

  // --- what its guards ask ---

  /** Whether the child still waits to be restarted with its group after that failure. */
  isWaiting(path: ActorPath, restarts: number): boolean {
    const { waiting, restarts: count } = this.#entries.supervisedOf(path) ?? {}
    const isAsking = waiting?.untilMs === null && waiting.arm !== AT_RESUME
    return this.#entries.statusOf(path) === 'restarting' && count === restarts && isAsking
  }

  /** Whether the end of the child can end its supervisor (`autoShutdown`). */
  isSignificant(path: ActorPath, id: string): boolean {
    return this.#entries.get(path, id)?.spec.significant === true
  }

  // --- commands, within the supervisor's unit ---

  add(path: ActorPath, given: object, replyTo: object | undefined): void {
    this.#answer(replyTo, async () => {
      const entry = this.#entries.newOne(path, given)
      await this.#plantNew(path, entry)
    })
  }

  /** Runs up to the first wait within the unit, so that record and start are part of its commit. */
  async #plantNew(path: ActorPath, entry: Entry): Promise<void> {
    const { node } = this
    const { request, spec } = entry
    const { input, durability, systemId, row } = request
    node.planting.admit([request])
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
      await this.starts.plant(path, entry)
    } catch (error) {
      node.childRecords.remove(request.path)
      node.turns.schedule()
      throw error
    }
  }

  terminate(path: ActorPath, id: string, replyTo: object | undefined): void {
    this.#answer(replyTo, async () => {
      const { node } = this
      const entry = this.#entries.find(path, id)
      const cell = GONE.has(node.statusOf(entry.path)) ? undefined : node.activate(entry.path)
      if (cell !== undefined) await this.#stops.one(cell)
    })
  }

  restart(path: ActorPath, id: string, replyTo: object | undefined): void {
    this.#answer(replyTo, async () => {
      const entry = this.#entries.find(path, id)
      const status = this.node.statusOf(entry.path)
      if (!GONE.has(status)) throw stillRuns(entry.path, 'restarted')
      await this.starts.again(path, entry, status)
    })
  }

  delete(path: ActorPath, id: string, replyTo: object | undefined): void {
    this.#answer(replyTo, async () => {
      const { node } = this
      const entry = this.#entries.find(path, id)
      if (!entry.isDynamic) throw isStatic(entry.path)
      if (!GONE.has(node.statusOf(entry.path))) throw stillRuns(entry.path, 'deleted')
      node.childRecords.remove(entry.path)
      await node.deleteActor(entry.path)
    })
  }

  refuse(path: ActorPath, replyTo: object | undefined): void {
    this.#answer(replyTo, () => Promise.reject(isEnding(path)))
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

  /** A node that has stopped answers nothing: whoever asked learns that from the node itself. */
  #reply(replyTo: object | undefined, event: EventObject): void {
    if (this.node.stopReason !== undefined) return
    if (replyTo instanceof ActorHandle) this.node.post(replyTo.path, replyTo.child, event)
  }

  // --- who they are ---

  assertSupervisor(path: ActorPath): void {
    this.node.assertRunning()
    this.#entries.definition(path)
  }

  endsWithinMs(path: ActorPath, id: string): number {
    const { spec, request } = this.#entries.get(path, id) ?? {}
    if (spec === undefined || request === undefined) return 0
    const isSupervisor = definitionOf(request.row.logic) !== undefined
    const { shutdownMs = isSupervisor ? 'infinity' : DEFAULT_SHUTDOWN_MS } = spec
    if (shutdownMs === 'infinity') return Number.POSITIVE_INFINITY
    return shutdownMs === 'kill' ? 0 : shutdownMs
  }

  async which(path: ActorPath): Promise<ChildInfo[]> {
    return (await this.#entries.all(path)).map(({ id, path: child, spec, request: { row } }) => ({
      id,
      path: child,
      logic: row.name,
      restart: spec.restart,
      status: this.#entries.statusOf(child),
      isSupervisor: definitionOf(row.logic) !== undefined,
    }))
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
}

function stillRuns(path: ActorPath, what: string): RosciusError {
  const message = `${path} still runs, so it can't be ${what}: terminateChild it first.`
  return new RosciusError('CHILD_RUNNING', message, { address: path })
}

function isStatic(path: ActorPath): RosciusError {
  const message = `${path} is a child of the supervisor's definition: take it out of supervisor({ children }) instead.`
  return new RosciusError('CHILD_IN_DEFINITION', message, { address: path })
}

function isEnding(path: ActorPath): RosciusError {
  const message = `${path} is ending with its children, so it takes no commands: spawn it again when it has ended.`
  return new RosciusError('ACTOR_STOPPED', message, { address: path })
}

function unreadable(path: ActorPath, cause: unknown): RosciusError {
  const what = cause instanceof Error ? cause.message : String(cause)
  const message = `The store failed while the children of ${path} were looked for, so the system has stopped: ${what}`
  return new RosciusError('STORE_FAILED', message, { address: path, cause })
}
