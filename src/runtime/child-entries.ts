/**
 * The children of a supervisor as its definition and the store know them: their specs, in the order of their start.
 *
 * 1. Those of the definition come first, then those that were added, in the order in which they were. Those added to a
 *    supervisor with a template are many of one kind, and their order binds nobody.
 * 2. A child of a volatile supervisor is volatile: a stored one would be an orphan after a crash.
 */
import { type ActorPath, childPath, idOf } from '../core/address.js'
import { RosciusError } from '../core/errors.js'
import type { JournalReader } from '../persistence/journal.js'
import { belowRange, pathInKey } from '../persistence/keys.js'
import type { Store } from '../persistence/store.js'
import { type ReadChildSpec, supervisionOf } from '../supervision/child-spec.js'
import { affected } from '../supervision/strategy.js'
import { type ReadSupervisorOptions, readNewChild } from '../supervision/supervisor-options.js'
import type { Activation } from './activation.js'
import type { Cell, CellStatus, Supervised } from './cell.js'
import { type ChildRecord, type ChildRecords, type DynamicSpec, isDirectlyBelow } from './child-records.js'
import { roundAfter } from './child-rounds.js'
import type { Commits } from './commits.js'
import type { Durability, LogicRow } from './logic-table.js'
import { notFound } from './past.js'
import { definitionOf, staticSpec } from './supervisor-definition.js'
import { statusOfStored } from './tree-rows.js'
import type { StartRequest } from './unit.js'
import type { Frame } from './xstate/frame.js'

/** A child spec with what it takes to start it. */
export interface Entry {
  readonly id: string
  readonly path: ActorPath
  readonly spec: DynamicSpec
  readonly request: StartRequest
  readonly isDynamic: boolean
  /** Whether it waits for those before it, and those after it for it. */
  readonly isOrdered: boolean
}

export interface EntriesPort {
  readonly options: { readonly store: Store }
  readonly commits: Commits
  readonly childRecords: ChildRecords
  readonly cells: ReadonlyMap<ActorPath, Cell>
  readonly journalReader: JournalReader
  readonly activation: Activation
  activate(path: ActorPath): Cell | undefined
  rowOf(logic: string | object): LogicRow | undefined
}

/** The statuses of a child that does not run, nor waits to. */
export const GONE: ReadonlySet<CellStatus | undefined> = new Set(['done', 'failed', 'stopped', undefined])

export class ChildEntries {
  constructor(private readonly node: EntriesPort) {}

  /** Throws `ACTOR_NOT_FOUND`, `NOT_A_SUPERVISOR`. */
  definition(path: ActorPath): ReadSupervisorOptions {
    const cell = this.node.activate(path)
    if (cell === undefined) throw this.node.activation.quarantineOf(path) ?? notFound(path)
    const definition = definitionOf(cell.row.logic)
    if (definition !== undefined) return definition
    const message = `${path} is no supervisor, so it has no children to be asked for: give the ref of an actor whose logic supervisor() made.`
    throw new RosciusError('NOT_A_SUPERVISOR', message, { address: path, details: { logic: cell.row.name } })
  }

  /** All children in the order of their start: those of the definition, then those added. */
  async all(path: ActorPath): Promise<Entry[]> {
    const { node } = this
    const { children, template } = this.definition(path)
    const fixed = children.map((spec) => this.#entry(path, spec))
    await node.commits.written()
    const added: [ActorPath, ChildRecord][] = [...node.childRecords.volatileBelow(path)]
    let seen = 0
    for await (const [key, bytes] of node.options.store.range(belowRange('c', path))) {
      const child = pathInKey(key)
      if (isDirectlyBelow(child, path)) added.push([child, node.childRecords.unpack(child, bytes)])
      await roundAfter(++seen)
    }
    const ordered = added.flatMap(([child, record]) => {
      const entry = this.#recorded(child, record, template === undefined)
      return entry === undefined ? [] : [{ entry, order: record.dynamic?.order ?? 0 }]
    })
    return [...fixed, ...ordered.sort((a, b) => a.order - b.order).map(({ entry }) => entry)]
  }

  /** Those who are restarted along when `failedId` fails; all, if nobody has. */
  groupOf(path: ActorPath, entries: readonly Entry[], failedId: string | undefined): readonly Entry[] {
    if (failedId === undefined) return entries
    const ids = entries.map(({ id }) => id)
    const start = new Set(affected(this.definition(path).strategy, ids, failedId).start)
    return entries.filter(({ id }) => start.has(id))
  }

  /** Throws `ACTOR_NOT_FOUND`. */
  find(path: ActorPath, id: string): Entry {
    const child = childPath(path, id)
    const entry = this.get(path, id)
    if (entry !== undefined) return entry
    throw new RosciusError('ACTOR_NOT_FOUND', `${path} has no child "${id}"; see whichChildren().`, { address: child })
  }

  get(path: ActorPath, id: string): Entry | undefined {
    const definition = this.definition(path)
    const fixed = staticSpec(definition, id)
    if (fixed !== undefined) return this.#entry(path, fixed)
    const child = childPath(path, id)
    const record = this.node.childRecords.get(child)
    return record && this.#recorded(child, record, definition.template === undefined)
  }

  /** For what `startChild` was given. Throws `OPTIONS_INVALID`, `LOGIC_NOT_FOUND`. */
  newOne(path: ActorPath, given: unknown): Entry {
    const definition = this.definition(path)
    const isOrdered = definition.template === undefined
    const entry = { ...this.#entry(path, readNewChild(given, definition)), isDynamic: true, isOrdered }
    const { durability, row } = entry.request
    // Only here it is known how the child is stored.
    const isSupervisor = definitionOf(row.logic) !== undefined
    supervisionOf({ ...entry.spec, logic: row.name }, { durability, isSupervisor }, 'startChild')
    return entry
  }

  #recorded(path: ActorPath, record: ChildRecord, isOrdered: boolean): Entry | undefined {
    const { dynamic, input, durability, systemId, logic } = record
    const row = this.node.rowOf(logic)
    if (dynamic === undefined || row === undefined) return undefined
    return {
      id: idOf(path),
      path,
      spec: dynamic.spec,
      request: { row, path, input, durability, systemId, extras: dynamic.spec.extras },
      isDynamic: true,
      isOrdered,
    }
  }

  #entry(parent: ActorPath, { id, logic, input, ...spec }: ReadChildSpec): Entry {
    const row = this.node.rowOf(logic)
    const path = childPath(parent, id)
    if (row === undefined) {
      const message = `${path}: ${typeof logic === 'string' ? `"${logic}"` : 'its logic'} is not in the system's logic table; add it to createSystem({ logic }).`
      throw new RosciusError('LOGIC_NOT_FOUND', message, { address: path })
    }
    const { systemId, extras } = spec
    const durability = this.#durabilityOf(parent, path, spec.durability, row)
    return {
      id,
      path,
      spec,
      request: { row, path, input, durability, systemId, extras },
      isDynamic: false,
      isOrdered: true,
    }
  }

  /** Stored children of a supervisor that isn't would be orphans after a crash. */
  #durabilityOf(parent: ActorPath, path: ActorPath, given: Durability | undefined, row: LogicRow): Durability {
    const isVolatile = this.node.activate(parent)?.durability === 'volatile'
    if (!isVolatile) return given ?? row.durability
    if (given === undefined || given === 'volatile') return 'volatile'
    const message = `${path} can't be ${given} below ${parent}, which is volatile: after a crash nobody would supervise it.`
    throw new RosciusError('OPTIONS_INVALID', message, { address: path, details: { field: 'durability' } })
  }

  // --- how they are, without bringing them into memory ---

  statusOf(path: ActorPath): CellStatus | undefined {
    const { cells, journalReader } = this.node
    const cell = cells.get(path)
    if (cell !== undefined) return cell.status
    const stored = journalReader.load(path)
    return stored && statusOfStored(stored)
  }

  supervisedOf(path: ActorPath): Supervised | undefined {
    const cell = this.node.cells.get(path)
    if (cell !== undefined) return cell.supervised
    return (this.node.journalReader.load(path)?.frame as Frame | undefined)?.supervised
  }
}
