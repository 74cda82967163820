/**
 * How a supervisor's children are started, and how those that wait for their group go on.
 *
 * 1. Children are started one after the other, those of a template at once; one that fails its first start stops the start.
 * 2. All of it can be begun again after a crash: who runs already is left as it is, and waited for.
 * 3. Nobody waits for ever: an aborted start, a node that stops, and a child that waits for this very supervisor end it.
 */
import type { ActorPath } from '../core/address.js'
import { RosciusError } from '../core/errors.js'
import type { SupervisionEvent } from '../core/supervision-events.js'
import type { Cell, CellStatus } from './cell.js'
import { type ChildEntries, type Entry, GONE } from './child-entries.js'
import { interruptBy, order, takeBack } from './child-orders.js'
import { seeToAll } from './child-rounds.js'
import type { Kin } from './kin.js'
import type { Mailboxes } from './mailboxes.js'
import type { Planting } from './planting.js'
import type { Readings } from './readings.js'
import type { Rebirth } from './rebirth.js'
import { definitionOf } from './supervisor-definition.js'
import type { HostSnapshot } from './xstate/internals.js'

export interface StartsPort {
  readonly kin: Kin
  readonly guardian: { readonly rebirth: Rebirth }
  readonly mailboxes: Mailboxes
  readonly cells: ReadonlyMap<ActorPath, Cell>
  readonly reading: Readings
  readonly planting: Planting
  activate(path: ActorPath): Cell | undefined
  statusOf(path: ActorPath): CellStatus | undefined
  publish(event: SupervisionEvent): void
}

interface StartWaiter {
  readonly path: ActorPath
  resolve(): void
  reject(error: unknown): void
}

/** The states of a supervisor that has not come up yet. */
const IS_STARTING: ReadonlySet<string> = new Set(['starting', 'escalating'])

export class ChildStarts {
  /** Who waits for a supervisor to start. */
  readonly #waiters = new Set<StartWaiter>()

  constructor(
    private readonly node: StartsPort,
    private readonly entries: ChildEntries,
  ) {}

  /** Starts all children, or lets the group of `failedId` go on. Rejects with `CHILD_START_FAILED`. */
  async start(path: ActorPath, failedId: string | undefined, isUp: boolean, signal: AbortSignal): Promise<void> {
    const isGroup = failedId !== undefined
    const chosen = this.entries.groupOf(path, await this.entries.all(path), failedId)
    if (isGroup) this.#publishGroup(path, chosen)
    // Aborted, the supervisor does something else: it must not start what that stops, nor wait for it.
    await seeToAll(chosen, (entry) => this.#startOne(path, entry, isGroup, isUp), interruptBy(signal))
  }

  #publishGroup(path: ActorPath, entries: readonly Entry[]): void {
    const { strategy } = this.entries.definition(path)
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
    await this.again(path, entry, status)
  }

  /** Whether the child ended in this life of its supervisor: then it has had its start. */
  #hasEndedSince(path: ActorPath, child: ActorPath): boolean {
    const startedMs = this.node.activate(child)?.startedMs ?? 0
    return startedMs > (this.node.activate(path)?.startedMs ?? 0)
  }

  /**
   * Ends the wait of a child that waits with its group. One that waits for a time goes on by itself; one that has failed
   * since the group was stopped has told its supervisor so, who stops the group again.
   */
  async #letGoOn(path: ActorPath): Promise<void> {
    const { guardian, mailboxes } = this.node
    const cell = this.node.activate(path)
    if (cell?.supervised?.waiting?.untilMs !== null || guardian.rebirth.waitsAlone(cell)) return
    takeBack(cell, 'suspend')
    await order(mailboxes, cell, 'restart')
  }

  async again(path: ActorPath, entry: Entry, status: CellStatus | undefined): Promise<void> {
    const { node } = this
    const cell = status === 'failed' ? node.activate(entry.path) : undefined
    if (cell !== undefined && node.kin.specOf(cell).restartFrom === 'lastGood' && cell.snapshot?.status !== 'error')
      return node.guardian.rebirth.revive(cell)
    await this.#orFail(path, entry, this.plant(path, entry))
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

  plant(path: ActorPath, { request }: Entry): Promise<void> {
    const planted = new Promise<void>((resolve, reject) => {
      this.node.planting.admit([request])
      this.node.planting.plant(request, { resolve: () => resolve(), reject }, this.node.activate(path))
    })
    return planted.then(() => this.whenStarted(request.path))
  }

  // --- waiting for a start ---

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
}
