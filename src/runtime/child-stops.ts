/**
 * How a supervisor's children are stopped: suspended, to go on with their group, or ended for good.
 *
 * 1. The last that was started is stopped first, those of a template at once, each within its own deadline.
 * 2. What is suspended handles nothing, runs no effect and starts nobody until its supervisor lets it go on. Below a suspended
 *    supervisor all are suspended. Below a plain machine nobody is: what it has spawned are actors of their own, under the
 *    guardian, and go on.
 */
import type { ActorPath } from '../core/address.js'
import type { Cancel, Clock } from '../core/clock.js'
import type { Cell, CellStatus } from './cell.js'
import { type ChildEntries, type Entry, GONE } from './child-entries.js'
import { type Interrupt, interruptBy, order, takeBack } from './child-orders.js'
import { seeToAll } from './child-rounds.js'
import type { Kin } from './kin.js'
import type { Lifecycle } from './lifecycle.js'
import type { Mailboxes } from './mailboxes.js'
import type { Rebirth } from './rebirth.js'
import { definitionOf } from './supervisor-definition.js'
import type { Turns } from './turns.js'
import type { LogicHost } from './xstate/host.js'

export interface StopsPort {
  readonly options: { readonly clock: Clock }
  readonly host: LogicHost
  readonly turns: Turns
  readonly kin: Kin
  readonly guardian: { readonly rebirth: Rebirth }
  readonly lifecycle: Lifecycle
  readonly mailboxes: Mailboxes
  readonly cells: ReadonlyMap<ActorPath, Cell>
  activate(path: ActorPath): Cell | undefined
  statusOf(path: ActorPath): CellStatus | undefined
}

export class ChildStops {
  constructor(
    private readonly node: StopsPort,
    private readonly entries: ChildEntries,
  ) {}

  /** Makes the group of `failedId`, or all children, wait: the last started first. Temporary ones end. */
  suspend(path: ActorPath, failedId: string | undefined, signal: AbortSignal): Promise<void> {
    return this.#suspend(path, failedId, interruptBy(signal))
  }

  async #suspend(path: ActorPath, failedId: string | undefined, interrupt: Interrupt): Promise<void> {
    const entries = this.entries.groupOf(path, await this.entries.all(path), failedId)
    await seeToAll(entries.toReversed(), (entry) => this.#suspendOne(entry, interrupt), interrupt)
  }

  async #suspendOne({ path, spec }: Entry, interrupt: Interrupt): Promise<void> {
    const { node } = this
    const cell = GONE.has(node.statusOf(path)) ? undefined : node.activate(path)
    if (cell === undefined) return
    if (cell.status === 'restarting') return this.#keepWaiting(cell)
    if (spec.restart === 'temporary') return this.one(cell)
    const isSupervisor = definitionOf(cell.row.logic) !== undefined
    await this.#windDown(cell)
    // It starts nobody any more, so that none of its children is left running.
    if (isSupervisor) await this.#suspend(path, undefined, interrupt)
    // Its supervisor does something else by now, and that stops at least as much.
    if (interrupt.signal.aborted) return
    // An ending that began meanwhile keeps it frozen.
    if (cell.endReason === undefined) cell.ending = undefined
    const current = node.cells.get(path)
    if (current?.status === 'active' || current?.status === 'starting') await order(node.mailboxes, current, 'suspend')
  }

  /** It waits already, for its own failure: from here on it waits with the group. */
  #keepWaiting(cell: Cell): void {
    const { node } = this
    takeBack(cell, 'restart')
    if (!node.guardian.rebirth.waitsAlone(cell)) return
    node.guardian.rebirth.joinGroup(cell)
    node.turns.schedule()
  }

  /** Aborts the effects of a child and gives them until its deadline to come back; from here on it handles nothing. */
  async #windDown(cell: Cell): Promise<void> {
    const { host, kin, options, turns } = this.node
    const { shutdownMs } = kin.specOf(cell)
    if (shutdownMs === 'kill' || cell.ending !== undefined || !host.effects.has(cell)) return
    cell.ending = 'frozen'
    const returned = Promise.all(host.effects.windDown(cell, 'The actor is restarted with its group.', undefined))
    // Nobody waits for these any more: whoever waits for rest looks again after a turn.
    turns.schedule()
    let cancel: Cancel | undefined
    const deadline = new Promise<void>((resolve) => {
      if (shutdownMs !== 'infinity') cancel = options.clock.schedule(resolve, shutdownMs)
    })
    await Promise.race([returned, deadline])
    cancel?.()
  }

  /** Ends all children for good, the last started first, each within its deadline. */
  async all(path: ActorPath, signal: AbortSignal): Promise<void> {
    const entries = await this.entries.all(path)
    await seeToAll(entries.toReversed(), (entry) => this.#endOne(entry), interruptBy(signal))
  }

  async #endOne({ path }: Entry): Promise<void> {
    const cell = GONE.has(this.node.statusOf(path)) ? undefined : this.node.activate(path)
    if (cell !== undefined) await this.one(cell)
  }

  one(cell: Cell): Promise<void> {
    const { shutdownMs } = this.node.kin.specOf(cell)
    // A supervisor waits as long as its children do, each as its own spec says.
    const graceMs = shutdownMs === 'infinity' && definitionOf(cell.row.logic) !== undefined ? 'each' : shutdownMs
    return this.node.lifecycle.end({ path: cell.path, withItself: true, graceMs, reason: 'shutdown' })
  }
}
