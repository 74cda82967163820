/**
 * Those who inspect the system, and what they are told: see `core/inspection.ts`.
 *
 * 1. Nothing is told before the batch that holds it is durable, and everything in the order in which it happened: a notice is
 *    held as any other release is (I2). What is in a batch that fails is not told.
 * 2. Of a unit that fails nothing is told: its notice is only held once the unit counts (D4).
 * 3. Nobody inspects: one question a unit, and nothing is made or measured for it.
 * 4. What an observer throws is thrown again where global handlers see it, and harms nobody here.
 */
import type { EventObject } from 'xstate'
import type { ActorPath } from '../core/address.js'
import type { Inspected, InspectedEffect, InspectedUnit } from '../core/inspection.js'
import type { Operation } from '../persistence/store.js'
import type { Cell } from './cell.js'
import type { Outcome } from './envelope.js'
import type { Held } from './held.js'
import type { Unit } from './unit.js'
import { Probe } from './xstate/probe.js'

export type Inspector = (event: Inspected) => void

export interface TapPort {
  /** Wall clock that does not step, ms. */
  now(): number
  readonly turns: { readonly count: number }
  readonly commits: { readonly current: number; hold(held: Held): void }
}

/** A batch that is durable. */
export interface WrittenBatch {
  readonly operations: readonly Operation[]
  readonly held: readonly Held[]
  readonly isSynced: boolean
}

export class InspectionTap {
  /** Whether anybody inspects. */
  isOpen = false
  readonly #inspectors = new Set<Inspector>()
  #startMs = 0
  /** Of the unit that is being accepted. */
  #notice: UnitNotice | undefined

  constructor(private readonly node: TapPort) {}

  inspect(inspector: Inspector): { unsubscribe(): void } {
    // A function of its own, so that one who inspects twice is told twice.
    const one: Inspector = (event) => inspector(event)
    this.#inspectors.add(one)
    this.isOpen = true
    return {
      unsubscribe: () => {
        this.#inspectors.delete(one)
        this.isOpen = this.#inspectors.size > 0
      },
    }
  }

  // --- units ---

  /** A unit begins, and somebody inspects. */
  begin(unit: Unit): void {
    unit.probe = new Probe(unit.cell.self)
    this.#startMs = this.node.now()
  }

  /** The unit counts and has its record; what follows from it is about to follow. */
  accept(unit: Unit, outcome: Outcome, before: Cell['snapshot']): void {
    const { turns, commits } = this.node
    const facts = { before, outcome, atMs: this.#startMs, turn: turns.count, commit: commits.current }
    this.#notice = new UnitNotice(unit, facts, (event) => this.tell(event))
    for (const { path, child, event } of unit.sends) this.sent(child ?? path, event)
    commits.hold(this.#notice)
  }

  /** Something else goes from the unit's actor to another, such as the news of its end. */
  sent(to: string, event: EventObject): void {
    this.#notice?.sent.push({ to, event })
  }

  /** An actor is to be started by the unit's actor. */
  spawned(path: ActorPath): void {
    this.#notice?.spawned.push(path)
  }

  /** All that follows from the unit is on its way. */
  finish({ cell }: Unit): void {
    this.#notice?.finish(cell, this.node.now() - this.#startMs)
    this.#notice = undefined
  }

  // --- commits, effects, presence ---

  /** A batch is durable, and all that it held is released. The store took `ms`. */
  written({ operations, held, isSynced }: WrittenBatch, number: number, ms: number): void {
    const units = held.reduce((count, item) => count + (item instanceof UnitNotice ? 1 : 0), 0)
    const bytes = operations.reduce((sum, operation) => sum + sizeOf(operation), 0)
    const atMs = this.node.now() - ms
    this.tell({ type: 'commit', commit: number, units, operations: operations.length, bytes, isSynced, atMs, ms })
  }

  /** An effect has started, or is over; `startedMs` in the latter case. */
  effect(event: Omit<InspectedEffect, 'type' | 'atMs' | 'ms'>, startedMs: number | undefined): void {
    const atMs = this.node.now()
    const ms = startedMs === undefined ? undefined : atMs - startedMs
    this.tell({ type: 'effect', ...event, atMs, ms })
  }

  /** An actor was brought into memory, perhaps in the midst of a turn: it is told of behind that. */
  loaded(path: ActorPath): void {
    if (!this.isOpen) return
    const atMs = this.node.now()
    queueMicrotask(() => this.tell({ type: 'presence', path, is: 'loaded', atMs }))
  }

  /** An actor has left memory, or is gone for ever; what is in the store says so already. */
  left(path: ActorPath, is: 'stored' | 'deleted'): void {
    if (this.isOpen) this.tell({ type: 'presence', path, is, atMs: this.node.now() })
  }

  /** Calls `tell` when what is pending now is durable, if anybody inspects. */
  afterCommit(tell: () => void): void {
    if (this.isOpen) this.node.commits.hold({ release: tell })
  }

  /** The system stops: nobody is told of anything any more. */
  close(): void {
    this.#inspectors.clear()
    this.isOpen = false
  }

  tell(event: Inspected): void {
    for (const inspector of this.#inspectors) {
      try {
        inspector(event)
      } catch (error) {
        setTimeout(() => {
          throw error
        })
      }
    }
  }
}

type Facts = Pick<InspectedUnit, 'outcome' | 'atMs' | 'turn' | 'commit'> & { readonly before: Cell['snapshot'] }

type Growing<T> = { -readonly [K in keyof T]: T[K] }

/** What is told of a unit, in its place among what is held; complete when the unit is. */
class UnitNotice implements Held {
  readonly sent: { readonly to: string; readonly event: EventObject }[] = []
  readonly spawned: ActorPath[] = []
  readonly #event: Growing<InspectedUnit>

  constructor(
    { cell, envelope, probe }: Unit,
    { before, outcome, atMs, turn, commit }: Facts,
    private readonly tell: (event: InspectedUnit) => void,
  ) {
    // Written out, with all fields at once: to spread so many costs more than the rest of the unit.
    this.#event = {
      type: 'unit',
      path: cell.path,
      logic: cell.row.name,
      seqNr: cell.seqNr,
      kind: envelope.kind as InspectedUnit['kind'],
      event: probe?.delayed ?? envelope.event,
      child: envelope.child,
      from: envelope.from,
      cause: envelope.cause,
      outcome,
      status: 'active',
      before,
      snapshot: cell.snapshot,
      transitions: probe?.transitions ?? [],
      inner: probe?.children() ?? [],
      sent: this.sent,
      spawned: this.spawned,
      mailbox: 0,
      stash: 0,
      timers: 0,
      effects: 0,
      atMs,
      ms: 0,
      turn,
      commit,
    }
  }

  /** How the unit leaves its actor. */
  finish({ status, mailbox, stash, timers, effects }: Cell, ms: number): void {
    const event = this.#event
    event.status = status as InspectedUnit['status']
    event.mailbox = mailbox?.size ?? 0
    event.stash = stash?.length ?? 0
    event.timers = timers === undefined ? 0 : Object.keys(timers).length
    event.effects = effects?.size ?? 0
    event.ms = ms
  }

  release(): void {
    this.tell(this.#event)
  }
}

function sizeOf(operation: Operation): number {
  return operation.key.length + (operation.type === 'put' ? operation.value.length : 0)
}
