/**
 * What observers of an actor of another node get: its committed state, without what only lives where the actor does.
 */
import { type AnyActorLogic, matchesState, type SnapshotFrom, type StateValue } from 'xstate'
import { RosciusError } from '../../core/errors.js'
import { isOfMachine, type WireSnapshot } from './snapshot-shape.js'

/** What needs the machine, or the actor's children. */
type LocalField = 'machine' | '_nodes' | 'children' | 'can' | 'getMeta'

/**
 * A snapshot of logic `TLogic` as another node sees it: that of XState without `machine`, `children`, `can` and `getMeta`,
 * with the number of its record. `matches`, `hasTag`, `status`, `context` and `output` are as usual, so selectors work.
 *
 * @example
 * ```ts
 * import { createMachine } from 'xstate'
 * import type { RemoteSnapshotFrom } from 'roscius'
 *
 * const lamp = createMachine({ initial: 'off', states: { off: {}, on: {} } })
 * const isOn = (snapshot: RemoteSnapshotFrom<typeof lamp>) => snapshot.matches('on')
 * ```
 */
export type RemoteSnapshotFrom<TLogic extends AnyActorLogic> = RemoteSnapshotOf<SnapshotFrom<TLogic>>

/** Of each member of a union, so that `status` tells them apart as before. */
export type RemoteSnapshotOf<TSnapshot> = TSnapshot extends unknown
  ? Omit<TSnapshot, LocalField> & { readonly seqNr: number }
  : never

/** The snapshot that observers get for one that came over the wire. Any logic's fields are kept as they are. */
export function remoteSnapshot(wire: WireSnapshot, seqNr: number, address: string): object {
  return isOfMachine(wire) ? new RemoteMachineSnapshot(wire, seqNr, address) : { ...wire, seqNr }
}

class RemoteMachineSnapshot {
  readonly status: WireSnapshot['status']
  readonly output: unknown
  readonly error: unknown
  readonly value: StateValue
  readonly context: unknown
  readonly tags: ReadonlySet<string>
  readonly historyValue: unknown
  /** Refs of children stay where they are. */
  readonly children: Readonly<Record<string, never>> = {}
  readonly #address: string

  constructor(
    wire: WireSnapshot,
    readonly seqNr: number,
    address: string,
  ) {
    this.status = wire.status
    this.output = wire.output
    this.error = wire.error
    this.value = wire.value as StateValue
    this.context = wire.context
    this.tags = new Set(tagsOf(wire.tags))
    this.historyValue = wire.historyValue ?? {}
    this.#address = address
  }

  matches(value: StateValue): boolean {
    return matchesState(value, this.value)
  }

  hasTag(tag: string): boolean {
    return this.tags.has(tag)
  }

  can(): never {
    throw notHere('can', this.#address)
  }

  getMeta(): never {
    throw notHere('getMeta', this.#address)
  }

  toJSON(): object {
    return { ...this, tags: [...this.tags] }
  }
}

function tagsOf(tags: unknown): readonly string[] {
  return Array.isArray(tags) ? tags.filter((tag) => typeof tag === 'string') : []
}

function notHere(method: string, address: string): RosciusError {
  return new RosciusError(
    'REMOTE_UNSUPPORTED',
    `${address}: snapshot.${method}() needs the machine, which is on the actor's node. Use matches(), hasTag() or the context, or ask the actor.`,
    { address, details: { method } },
  )
}
