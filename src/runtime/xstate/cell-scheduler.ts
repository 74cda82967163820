/**
 * XState's scheduler, for the actors of a cell: delays become the cell's timers, part of its state (I6).
 */
import type { EventObject } from 'xstate'
import type { ArmedTimer, Cell } from '../cell.js'
import type { Engine } from '../engine.js'
import { sessionOf, timerTarget, unitOf } from './sessions.js'

export class CellScheduler {
  constructor(private readonly engine: Engine) {}

  /** Called by XState for a delayed event. */
  schedule(source: object, target: object, event: EventObject, delay: number, id: string | undefined): void {
    const { cell, armed } = unitOf(this.engine)
    const session = sessionOf(source, cell)
    const arm = ++cell.sessions
    const key = `${session}.${id ?? arm}`
    const timers = this.#ownTimers()
    const old = timers[key]
    // XState lets a delayed event run on when its id is used again; only the newest can be cancelled by it.
    if (old !== undefined) this.#moveTimer(timers, key, old)
    const timer: ArmedTimer = {
      dueMs: Math.ceil(this.engine.now() + Math.max(delay, 0)),
      event,
      source: session,
      target: timerTarget(target, cell),
      arm,
      armedBy: cell.seqNr + 1,
    }
    timers[key] = timer
    armed.push([key, timer])
  }

  #moveTimer(timers: Record<string, ArmedTimer>, key: string, old: ArmedTimer): void {
    const { armed, disarmed } = unitOf(this.engine)
    const alias = `${key}~${old.arm}`
    timers[alias] = old
    disarmed.push([key, old])
    armed.push([alias, old])
  }

  cancel(source: object, id: string): void {
    const { cell } = unitOf(this.engine)
    this.disarm(cell, `${sessionOf(source, cell)}.${id}`)
  }

  /** Takes a timer from the cell, if it is there. */
  disarm(cell: Cell, key: string): void {
    const timer = cell.timers?.[key]
    if (timer === undefined) return
    delete this.#ownTimers()[key]
    unitOf(this.engine).disarmed.push([key, timer])
  }

  /** The current cell's timers, to be changed: the former table belongs to what has been recorded. */
  #ownTimers(): Record<string, ArmedTimer> {
    const unit = unitOf(this.engine)
    if (!unit.ownsTimers) {
      unit.ownsTimers = true
      unit.cell.timers = { ...unit.cell.timers }
    }
    return unit.cell.timers as Record<string, ArmedTimer>
  }

  /** Takes all timers that an actor of the cell armed. */
  cancelAll(source: object): void {
    this.cancelSession(sessionOf(source, unitOf(this.engine).cell))
  }

  cancelSession(session: string): void {
    const { cell } = unitOf(this.engine)
    for (const [key, timer] of Object.entries(cell.timers ?? {})) if (timer.source === session) this.disarm(cell, key)
  }
}
