/**
 * The side of the node that only reads: snapshots, observers, the past, explanations.
 *
 * 1. Outside a turn only what is committed is told (D5). Who begins to observe between a unit and its release is told of
 *    that unit when it is released.
 * 2. Once the system has stopped, only actors in memory can still be looked at: all else throws the reason of the stop.
 */
import type { EventObject, Observer, Subscription } from 'xstate'
import type { Failure, JournalEntry, WaitingEvent } from '../core/actor-ref.js'
import type { ActorPath } from '../core/address.js'
import type { ExplainOptions, Explanation } from '../core/explanation.js'
import type { Cell } from './cell.js'
import type { Commits } from './commits.js'
import type { CommittedState } from './committed-state.js'
import type { Reading } from './engine.js'
import { Explainer, type ExplainPort } from './explain.js'
import type { Observers } from './observers.js'
import { Past, type PastPort } from './past.js'
import type { Turns } from './turns.js'
import { mailOf, stashOf, type WaitingPort } from './waiting-mail.js'

export interface ReadingPort extends PastPort, ExplainPort, Omit<WaitingPort, 'options'> {
  readonly options: ExplainPort['options'] & WaitingPort['options']
  readonly cells: ReadonlyMap<ActorPath, Cell>
  readonly observers: Observers
  readonly commits: Commits
  readonly turns: Turns
  /** Throws why the system has stopped. */
  assertRunning(): void
}

export class Readings implements Reading {
  readonly #past: Past
  readonly #explainer: Explainer

  constructor(private readonly node: ReadingPort) {
    this.#past = new Past(node)
    this.#explainer = new Explainer(node, (path) => this.failureOf(path))
  }

  snapshotOf(path: ActorPath): unknown {
    const { node } = this
    const cell = node.cells.get(path)
    if (cell?.snapshot === undefined) return this.#stored().snapshot(path)
    if (node.isInTurn || cell.uncommitted === 0) return cell.snapshot
    return cell.released ?? this.#stored().snapshot(path)
  }

  /** The past, which is in the store: that closes with the system. */
  #stored(): Past {
    this.node.assertRunning()
    return this.#past
  }

  persistedOf(path: ActorPath): unknown {
    return this.#stored().persisted(path)
  }

  /** The newest state that no crash can take back. */
  committedOf(path: ActorPath): CommittedState | undefined {
    return this.#stored().committed(path)
  }

  subscribe(path: ActorPath, observer: Observer<unknown>): Subscription {
    const cell = this.node.cells.get(path)
    // What has not been released yet is still to be told.
    const status = cell === undefined ? this.#stored().statusOf(path) : cell.uncommitted === 0 && cell.status
    if (status === 'done' || status === 'stopped') observer.complete?.()
    else if (status === 'failed') observer.error?.(this.failureOf(path)?.error)
    else return this.observe(path, observer)
    return { unsubscribe: () => undefined }
  }

  /** As `subscribe`, of an actor that is alive, or whose end is not released yet. */
  observe(path: ActorPath, observer: Observer<unknown>): Subscription {
    const { cells, observers, turns } = this.node
    const cell = cells.get(path)
    const isFirst = !observers.watches(path)
    const subscription = observers.subscribe(path, observer)
    // Units that ran before looked for observers in vain.
    if (isFirst && cell !== undefined && cell.uncommitted > 0) {
      this.notify(cell)
      turns.schedule()
    }
    return subscription
  }

  /** The observers of the cell are told of its present state when the current commit is durable. */
  notify({ path, snapshot }: Cell): void {
    const { commits, observers } = this.node
    if (snapshot === undefined || !observers.watches(path)) return
    commits.hold({ release: () => observers.notify(path, snapshot) })
  }

  on(path: ActorPath, type: string, handler: (event: EventObject) => void): Subscription {
    return this.node.observers.on(path, type, handler)
  }

  journal(
    path: ActorPath,
    options: { readonly from?: number; readonly to?: number } | undefined,
  ): AsyncIterable<JournalEntry> {
    return this.#stored().journal(path, options)
  }

  async snapshotAt(path: ActorPath, seqNr: number): Promise<unknown> {
    return this.#stored().at(path, seqNr)
  }

  async mailboxOf(path: ActorPath, limit: number | undefined): Promise<readonly WaitingEvent[]> {
    this.node.assertRunning()
    return mailOf(path, limit, this.node)
  }

  async stashOf(path: ActorPath, limit: number | undefined): Promise<readonly WaitingEvent[]> {
    this.node.assertRunning()
    return stashOf(path, limit, this.node)
  }

  failureOf(path: ActorPath): Failure | undefined {
    return this.#stored().failure(path) ?? this.node.cells.get(path)?.failure
  }

  explain(path: ActorPath, options: ExplainOptions | undefined): Explanation {
    this.node.assertRunning()
    return this.#explainer.explain(path, options)
  }
}
