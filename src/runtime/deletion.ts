/**
 * Removing actors with all their records.
 *
 * 1. A deleted actor is gone with its head; its records are removed afterwards, also over a crash (`g/…`).
 * 2. Until they are, no new actor of that path is started: it would lose its own with them.
 */
import type { ActorPath } from '../core/address.js'
import type { JournalReader } from '../persistence/journal.js'
import {
  armKey,
  belowRange,
  deletedKey,
  effectsKey,
  headKey,
  kindRange,
  ownRange,
  pathInKey,
  systemIdKey,
  timerKey,
} from '../persistence/keys.js'
import type { Head } from '../persistence/records.js'
import type { Store } from '../persistence/store.js'
import type { Activation } from './activation.js'
import type { ArmedTimer, Cell } from './cell.js'
import type { ChildRecords } from './child-records.js'
import type { Commits } from './commits.js'
import type { Extensions } from './extensions.js'
import type { InspectionTap } from './inspection-tap.js'
import type { Results } from './results.js'
import type { Turns } from './turns.js'
import type { Watches } from './watches.js'

export interface DeletionPort {
  readonly options: { readonly store: Store }
  readonly cells: ReadonlyMap<ActorPath, Cell>
  readonly commits: Commits
  readonly turns: Turns
  readonly journalReader: JournalReader
  readonly activation: Activation
  readonly watches: Watches
  readonly childRecords: ChildRecords
  readonly extensions: Extensions
  readonly tap: InspectionTap
  forget(cell: Cell): void
}

const EMPTY = new Uint8Array(0)

export class Deletion {
  readonly #deleting = new Map<ActorPath, Promise<void>>()

  constructor(
    private readonly node: DeletionPort,
    private readonly results: Results,
    /** Stops the actor and all below it. */
    private readonly stop: (path: ActorPath) => Promise<void>,
  ) {}

  isDeleting(path: ActorPath): boolean {
    return this.#deleting.has(path)
  }

  delete(path: ActorPath): Promise<void> {
    let deleted = this.#deleting.get(path)
    if (deleted === undefined) {
      deleted = this.#delete(path).finally(() => this.#deleting.delete(path))
      this.#deleting.set(path, deleted)
    }
    return deleted
  }

  async #delete(path: ActorPath): Promise<void> {
    const { node } = this
    if (node.journalReader.head(path) === undefined && !node.cells.has(path)) return
    await this.stop(path)
    for (const other of [...(await this.#below(path)), path]) this.#forget(other)
    node.commits.sync()
    node.turns.schedule()
    await node.commits.written()
    await this.removeRecords()
  }

  /** All below the actor, alive or not. */
  async #below(path: ActorPath): Promise<ReadonlySet<ActorPath>> {
    const found = new Set<ActorPath>()
    for (const other of this.node.cells.keys()) if (other.startsWith(`${path}/`)) found.add(other)
    for await (const [key] of this.node.options.store.range(belowRange('a', path))) found.add(pathInKey(key))
    return found
  }

  #forget(path: ActorPath): void {
    const { node } = this
    const cell = node.cells.get(path)
    if (cell !== undefined) node.forget(cell)
    this.results.forget(path)
    node.activation.forget(path)
    node.watches.deleted(path)
    node.childRecords.remove(path)
    const head = node.journalReader.head(path)
    if (cell !== undefined || head !== undefined) {
      node.extensions.deleted(path)
      node.tap.afterCommit(() => node.tap.left(path, 'deleted'))
    }
    if (head === undefined) return
    node.commits.put(deletedKey(path), EMPTY)
    node.commits.del(headKey(path))
    if (head.status === 'active') this.#removeMarks(path, head)
  }

  /** What the store still says of an actor that could not be stopped, because it is quarantined. */
  #removeMarks(path: ActorPath, { systemId }: Head): void {
    const { commits, journalReader } = this.node
    commits.del(effectsKey(path))
    if (systemId !== undefined) commits.del(systemIdKey(systemId))
    const frame = journalReader.load(path)?.frame as { readonly timers?: Record<string, ArmedTimer> } | undefined
    for (const [key, { dueMs, arm }] of Object.entries(frame?.timers ?? {}))
      commits.del(timerKey(dueMs, path, armKey(arm, key)))
  }

  /** Removes the records of deleted actors; called again after a crash. */
  async removeRecords(): Promise<void> {
    const { commits, options, turns } = this.node
    const paths: ActorPath[] = []
    for await (const [key] of options.store.range(kindRange('g'))) paths.push(pathInKey(key))
    for (const path of paths) {
      for (const kind of ['j', 's', 'm', 'q']) await options.store.deleteRange(ownRange(kind, path))
      commits.del(deletedKey(path))
    }
    if (paths.length === 0) return
    turns.schedule()
    await commits.written()
  }
}
