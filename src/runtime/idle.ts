/**
 * Passivation: which cells leave memory, least recently used first.
 *
 * Only a cell at rest may leave (D13): stored, no mail, nothing uncommitted, no running effect. Its next event brings it back.
 */
import type { Cancel, Clock } from '../core/clock.js'
import type { Cell } from './cell.js'
import { isWithoutMail } from './pause.js'

export interface IdlePort {
  readonly cells: ReadonlyMap<string, Cell>
  passivate(cell: Cell): void
}

export class Idle {
  /** The ends of the chain of cells in the order of last use. */
  #oldest: Cell | undefined
  #newest: Cell | undefined
  #cancel: Cancel | undefined
  /** Whether the next look comes soon, because there are more cells than the bound. */
  #isSoon = false
  #isStopped = false

  constructor(
    private readonly clock: Clock,
    private readonly bounds: { readonly idleMs: number; readonly maxActive: number },
    private readonly port: IdlePort,
  ) {}

  added(cell: Cell): void {
    cell.lastActiveMs = this.clock.monotonic()
    this.#append(cell)
    // Above the bound the next look must not wait for the one that idleness asked for.
    if (this.#cancel !== undefined && !this.#isSoon && this.#isOver()) {
      this.#cancel()
      this.#cancel = undefined
    }
    this.#watch()
  }

  used(cell: Cell): void {
    if (this.#newest !== cell) {
      this.#unlink(cell)
      this.#append(cell)
    }
    cell.isUsed = true
  }

  removed(cell: Cell): void {
    this.#unlink(cell)
  }

  stop(): void {
    this.#isStopped = true
    this.#cancel?.()
  }

  /**
   * Lets go of every cell that has been idle long enough, and of the oldest above the bound. A use is stamped with its
   * time by the first sweep that comes by, so that no event has to read the clock.
   */
  sweep(): void {
    const now = this.clock.monotonic()
    let cell = this.#oldest
    while (cell !== undefined) {
      const { newer, isUsed } = cell
      if (isUsed) {
        cell.isUsed = false
        cell.lastActiveMs = now
      }
      if (this.#isOver() || now - cell.lastActiveMs >= this.bounds.idleMs) {
        if (isAtRest(cell)) this.port.passivate(cell)
      } else if (!isUsed) break
      cell = newer
    }
  }

  #isOver(): boolean {
    return this.port.cells.size > this.bounds.maxActive
  }

  #watch(): void {
    if (this.#cancel !== undefined || this.#isStopped) return
    this.#isSoon = this.#isOver()
    const wait = this.#isSoon ? OVER_BOUND_MS : Math.max(this.bounds.idleMs / 2, MIN_SWEEP_MS)
    if (!Number.isFinite(wait)) return
    this.#cancel = this.clock.schedule(() => {
      this.#cancel = undefined
      this.sweep()
      if (this.port.cells.size > 0) this.#watch()
    }, wait)
  }

  #append(cell: Cell): void {
    cell.older = this.#newest
    cell.newer = undefined
    if (this.#newest !== undefined) this.#newest.newer = cell
    this.#newest = cell
    this.#oldest ??= cell
  }

  #unlink(cell: Cell): void {
    if (cell.older !== undefined) cell.older.newer = cell.newer
    else if (this.#oldest === cell) this.#oldest = cell.newer
    if (cell.newer !== undefined) cell.newer.older = cell.older
    else if (this.#newest === cell) this.#newest = cell.older
    cell.older = undefined
    cell.newer = undefined
  }
}

const MIN_SWEEP_MS = 10
const OVER_BOUND_MS = 100

function isAtRest(cell: Cell): boolean {
  return (
    cell.durability !== 'volatile' &&
    // One that has ended may have been brought back, by mail that nobody takes any more.
    cell.status !== 'starting' &&
    cell.status !== 'restarting' &&
    cell.ending === undefined &&
    cell.uncommitted === 0 &&
    isWithoutMail(cell) &&
    (cell.effects === undefined || cell.effects.size === 0)
  )
}
