/**
 * Reading actors that are not in memory, and the past of any: no cell is made, nothing is started.
 */

import type { Failure, JournalEntry } from '../core/actor-ref.js'
import type { ActorPath } from '../core/address.js'
import { RosciusError } from '../core/errors.js'
import type { JournalReader } from '../persistence/journal.js'
import type { HeadStatus } from '../persistence/records.js'
import type { Activation } from './activation.js'
import type { Cell } from './cell.js'
import type { CommittedState } from './committed-state.js'
import type { Engine } from './engine.js'
import { type Frame, Framer, isMachineFrame, toPersisted } from './xstate/frame.js'
import { LogicHost } from './xstate/host.js'
import type { HostSnapshot } from './xstate/internals.js'

export interface PastPort extends Engine {
  readonly journalReader: JournalReader
  readonly activation: Activation
  readonly host: LogicHost
}

export class Past {
  /** Restores snapshots beside the node's own host, which may be in the middle of a unit. */
  readonly #host: LogicHost
  readonly #framer: Framer

  constructor(private readonly node: PastPort) {
    this.#host = new LogicHost(node, () => undefined)
    this.#framer = new Framer(this.#host.effects.attempts)
  }

  /** The stored snapshot as XState gives it, with `matches`, `can` and so on. */
  snapshot(path: ActorPath): unknown {
    const cell = this.node.activation.load(path, this.#host)
    if (cell === undefined) {
      throw this.node.activation.quarantineOf(path) ?? notFound(path)
    }
    if (cell.status === 'failed') {
      const failure = this.failure(path)
      return Object.assign(cell.snapshot as HostSnapshot, { status: 'error', error: failure?.error })
    }
    return cell.snapshot
  }

  persisted(path: ActorPath): unknown {
    const cell = this.node.cellAt(path)
    if (cell?.snapshot !== undefined) return toPersisted(this.#framer.frameOf(cell).snapshot)
    const loaded = this.node.journalReader.load(path)
    if (loaded === undefined) throw notFound(path)
    return toPersisted((loaded.frame as Frame).snapshot)
  }

  /** The newest state that no crash can take back, for those who are told of it elsewhere; undefined if there is no such actor. */
  committed(path: ActorPath): CommittedState | undefined {
    const cell = this.node.cellAt(path)
    if (cell?.snapshot !== undefined && (cell.uncommitted === 0 || cell.durability === 'volatile'))
      return this.#inMemory(cell, cell.uncommitted === 0 ? cell.snapshot : cell.released)
    const stored = this.node.activation.load(path, this.#host)
    return stored && this.#inMemory(stored, stored.snapshot, this.failure(path))
  }

  #inMemory(cell: Cell, snapshot: HostSnapshot | undefined, failure = cell.failure): CommittedState | undefined {
    if (snapshot === undefined) return undefined
    const { tags } = snapshot as { readonly tags?: Iterable<string> }
    const asOf: Cell = snapshot === cell.snapshot ? cell : Object.assign(Object.create(cell), { snapshot })
    const persisted = toPersisted(this.#framer.frameOf(asOf).snapshot) as object
    const isFailed = cell.status === 'failed' || snapshot.status === 'error'
    const error = failure === undefined ? snapshot.error : failure.error
    return {
      seqNr: cell.seqNr,
      snapshot: isFailed ? { ...persisted, status: 'error', error } : persisted,
      ...(tags !== undefined && { tags }),
    }
  }

  statusOf(path: ActorPath): HeadStatus | undefined {
    return this.node.journalReader.head(path)?.status
  }

  failure(path: ActorPath): Failure | undefined {
    const head = this.node.journalReader.head(path)
    if (head?.failure === undefined || head.status !== 'failed') return undefined
    const { error, event, seqNr, timeMs } = head.failure
    return { error, event, seqNr, time: timeMs, snapshot: toPersisted((head.frame as Frame).snapshot) }
  }

  async at(path: ActorPath, seqNr: number): Promise<unknown> {
    const frame = (await this.node.journalReader.frameAt(path, seqNr)) as Frame | undefined
    return frame && toPersisted(frame.snapshot)
  }

  async *journal(
    path: ActorPath,
    options: { readonly from?: number; readonly to?: number } | undefined,
  ): AsyncGenerator<JournalEntry> {
    for await (const { seqNr, record, frame } of this.node.journalReader.moments(path, options?.from, options?.to)) {
      const { snapshot } = frame as Frame
      yield {
        seqNr,
        kind: record.kind,
        event: record.event,
        from: record.from,
        cause: record.cause,
        key: record.key,
        value: isMachineFrame(snapshot) ? snapshot.value : undefined,
        snapshot: toPersisted(snapshot),
        change: record.delta,
        time: record.timeMs,
      }
    }
  }
}

export function notFound(path: ActorPath): RosciusError {
  return new RosciusError(
    'ACTOR_NOT_FOUND',
    `${path}: there is no such actor on this node. Spawn it first, or check its path with system.actors().`,
    { address: path },
  )
}
