/**
 * What is known of an actor beyond its state: how it was asked for. Needed to start it afresh, and to supervise children
 * that were added while their supervisor ran.
 *
 * 1. The record is written in the commit that starts the actor (`c/<path>`), and goes when it is deleted or forgotten.
 * 2. Only those have one who need it: children added to a supervisor, and actors that may be started afresh.
 * 3. That of a volatile actor below a volatile supervisor is in memory alone.
 */
import type { ActorPath } from '../core/address.js'
import type { Codec } from '../persistence/codec.js'
import { childKey } from '../persistence/keys.js'
import { type RefCodec, toStorable } from '../persistence/storable.js'
import type { ReadChildTemplate } from '../supervision/child-spec.js'
import type { Commits } from './commits.js'
import type { Durability } from './logic-table.js'

/** A child spec without what is code, or said elsewhere in the record. */
export type DynamicSpec = Omit<ReadChildTemplate, 'logic'>

export interface ChildRecord {
  readonly logic: string
  readonly input: unknown
  readonly durability: Durability
  readonly systemId: string | undefined
  /** Set if it was added to a supervisor; its place among its siblings is that of `order`. */
  readonly dynamic: { readonly spec: DynamicSpec; readonly order: number } | undefined
}

export class ChildRecords {
  readonly #volatile = new Map<ActorPath, ChildRecord>()

  constructor(
    private readonly commits: Commits,
    private readonly codec: Codec,
    private readonly refs: RefCodec,
  ) {}

  /** Part of the current commit; in memory alone unless `isStored`. Throws `VALUE_NOT_STORABLE` for such an input. */
  put(path: ActorPath, record: ChildRecord, isStored: boolean): void {
    if (!isStored) {
      this.#volatile.set(path, record)
      return
    }
    const { logic, input, durability, systemId, dynamic } = record
    const packed = toStorable([logic, input, durability, systemId, dynamic], 'input', this.refs)
    this.commits.put(childKey(path), this.codec.encode(packed))
  }

  get(path: ActorPath): ChildRecord | undefined {
    const bytes = this.commits.read(childKey(path))
    return bytes === undefined ? this.#volatile.get(path) : this.unpack(path, bytes)
  }

  /** Part of the current commit. */
  remove(path: ActorPath): void {
    if (!this.#volatile.delete(path) && this.commits.read(childKey(path)) !== undefined)
      this.commits.del(childKey(path))
  }

  /** The records that are in memory alone, of actors directly below `parent`. */
  *volatileBelow(parent: ActorPath): IterableIterator<[ActorPath, ChildRecord]> {
    for (const entry of this.#volatile) if (isDirectlyBelow(entry[0], parent)) yield entry
  }

  unpack(path: ActorPath, bytes: Uint8Array): ChildRecord {
    const [logic, input, durability, systemId, dynamic] = this.codec.decode(bytes, childKey(path), this.refs) as [
      string,
      unknown,
      Durability,
      string | undefined,
      ChildRecord['dynamic'],
    ]
    return { logic, input, durability, systemId: systemId ?? undefined, dynamic: dynamic ?? undefined }
  }
}

/** Whether `path` is a child of `parent`, not further down. */
export function isDirectlyBelow(path: ActorPath, parent: ActorPath): boolean {
  return path.startsWith(`${parent}/`) && !path.includes('/', parent.length + 1)
}
