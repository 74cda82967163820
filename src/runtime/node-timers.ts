/**
 * The delays of a node's actors (I6, D8): which is due next, in memory and in the store.
 *
 * 1. A durable timer is in the timer index of the store (`t/…`), in the same batch as the state that armed it. Only those due before a
 *    horizon are in memory too; the horizon moves on before it is reached. So a node sleeps on a million timers cheaply.
 * 2. A timer that fires is mail with the key and arming it belongs to; whether it still counts is decided when it is
 *    handled. An entry that is here twice, or stale, does no harm.
 * 3. Times are the node's steady wall clock, which does not step while it runs.
 */
import type { ActorPath } from '../core/address.js'
import type { Cancel, Clock } from '../core/clock.js'
import { armKey, parseTimerKey, timerKey, timerRange } from '../persistence/keys.js'
import type { Store } from '../persistence/store.js'
import type { ArmedTimer, Cell } from './cell.js'
import type { Commits } from './commits.js'
import { type QueuedTimer, TimerQueue } from './timer-queue.js'

const HORIZON_MS = 60_000
/** Most timers that fire in one go; the rest follows in the next round of the event loop. */
const MAX_DUE = 1_000

class Entry implements QueuedTimer {
  dueMs = 0
  order = 0
  heapIndex = -1

  constructor(
    readonly path: ActorPath,
    readonly key: string,
    readonly arm: number,
  ) {}
}

export interface TimerPort {
  now(): number
  /** The timer `key` of the actor is due; `arm` tells which arming. */
  fired(path: ActorPath, key: string, arm: number): void
  /** Timers can't be read any more, so some would be lost. */
  failed(cause: unknown): void
}

export class NodeTimers {
  readonly #queue = new TimerQueue<Entry>()
  /** Entries by path and key, so that a cancelled one leaves memory at once. */
  readonly #entries = new Map<string, Entry>()
  #horizonMs = 0
  #alarm: { readonly dueMs: number; readonly cancel: Cancel } | undefined
  #loading: Promise<void> | undefined
  #isStopped = false

  constructor(
    private readonly clock: Clock,
    private readonly store: Store,
    private readonly commits: Commits,
    private readonly port: TimerPort,
  ) {}

  /** How many timers are in memory. */
  get size(): number {
    return this.#queue.size
  }

  arm(cell: Cell, key: string, timer: ArmedTimer): void {
    if (cell.durability !== 'volatile')
      this.commits.put(timerKey(timer.dueMs, cell.path, armKey(timer.arm, key)), EMPTY)
    if (timer.dueMs < this.#horizonMs || cell.durability === 'volatile')
      this.#add(cell.path, key, timer.arm, timer.dueMs)
  }

  disarm(cell: Cell, key: string, timer: ArmedTimer): void {
    if (cell.durability !== 'volatile') this.commits.del(timerKey(timer.dueMs, cell.path, armKey(timer.arm, key)))
    const id = entryId(cell.path, key, timer.arm)
    const entry = this.#entries.get(id)
    if (entry === undefined) return
    this.#entries.delete(id)
    this.#queue.cancel(entry)
  }

  /** Loads what is due soon; called once at the start. */
  async open(): Promise<void> {
    await this.#load(0)
    this.#setAlarm()
  }

  stop(): void {
    this.#isStopped = true
    this.#alarm?.cancel()
    this.#alarm = undefined
  }

  #add(path: ActorPath, key: string, arm: number, dueMs: number): void {
    const id = entryId(path, key, arm)
    if (this.#entries.has(id)) return
    const entry = this.#queue.add(new Entry(path, key, arm), dueMs)
    this.#entries.set(id, entry)
    if (this.#alarm === undefined || dueMs < this.#alarm.dueMs) this.#setAlarm()
  }

  #setAlarm(): void {
    this.#alarm?.cancel()
    this.#alarm = undefined
    if (this.#isStopped) return
    const dueMs = Math.min(this.#queue.nextDue() ?? Number.POSITIVE_INFINITY, this.#horizonMs - HORIZON_MS / 2)
    const wait = Math.max(0, Math.ceil(dueMs - this.port.now()))
    this.#alarm = { dueMs, cancel: this.clock.schedule(this.#ring, wait) }
  }

  readonly #ring = (): void => {
    this.#alarm = undefined
    try {
      this.#fireDue()
    } catch (cause) {
      // What fires brings actors into memory: the store may fail.
      this.port.failed(cause)
    }
  }

  #fireDue(): void {
    const now = this.port.now()
    for (const entry of this.#queue.takeDue(now, MAX_DUE)) {
      if (this.#isStopped) return
      this.#entries.delete(entryId(entry.path, entry.key, entry.arm))
      this.port.fired(entry.path, entry.key, entry.arm)
    }
    if (now >= this.#horizonMs - HORIZON_MS / 2) this.#loading ??= this.#moveHorizon()
    this.#setAlarm()
  }

  async #moveHorizon(): Promise<void> {
    const from = this.#horizonMs
    // Timers armed from here on go into memory; those armed before are in the store once what is pending is written.
    this.#horizonMs = this.port.now() + HORIZON_MS
    try {
      await this.commits.written()
      if (!this.#isStopped) await this.#load(from)
    } catch (error) {
      // A failed commit has ended the system already.
      if (!this.#isStopped) this.port.failed(error)
    } finally {
      this.#loading = undefined
    }
  }

  async #load(fromMs: number): Promise<void> {
    this.#horizonMs = Math.max(this.#horizonMs, this.port.now() + HORIZON_MS)
    for await (const [storeKey] of this.store.range(timerRange(fromMs, this.#horizonMs))) {
      const { dueMs, path, key } = parseTimerKey(storeKey)
      const colon = key.indexOf(':')
      this.#add(path, key.slice(colon + 1), Number(key.slice(1, colon)), dueMs)
      if (this.#isStopped) return
    }
  }
}

const EMPTY = new Uint8Array(0)

function entryId(path: ActorPath, key: string, arm: number): string {
  return `${path}:${arm}:${key}`
}
