/**
 * Who supervises an actor, and how: its parent, if that is a supervisor, by its child spec; else the guardian, by the row of
 * its logic.
 */
import { type ActorPath, idOf, parentOf } from '../core/address.js'
import { type ReadGuardian, type SupervisionSpec, supervisionOf } from '../supervision/child-spec.js'
import type { Strategy } from '../supervision/strategy.js'
import type { ReadSupervisorOptions } from '../supervision/supervisor-options.js'
import type { Cell } from './cell.js'
import type { ChildRecords } from './child-records.js'
import { definitionOf, staticSpec } from './supervisor-definition.js'

/** A supervisor and what it was made with. */
export interface Supervisor {
  readonly cell: Cell
  readonly definition: ReadSupervisorOptions
}

export interface KinPort {
  readonly options: { readonly supervision: ReadGuardian }
  readonly childRecords: ChildRecords
  readonly lifecycle: { isEnding(path: ActorPath): boolean }
  activate(path: ActorPath): Cell | undefined
}

/** States in which a supervisor brings nobody back. */
const ENDING_STATES: ReadonlySet<unknown> = new Set(['stopping', 'escalating', 'stopped'])

export class Kin {
  constructor(private readonly node: KinPort) {}

  /** The parent of the actor, if that is a supervisor. */
  supervisorOf(path: ActorPath): Supervisor | undefined {
    const parent = parentOf(path)
    const cell = parent === undefined ? undefined : this.node.activate(parent)
    const definition = cell && definitionOf(cell.row.logic)
    return definition && cell && { cell, definition }
  }

  /** How the actor is supervised. */
  specOf(cell: Cell, supervisor = this.supervisorOf(cell.path)): SupervisionSpec {
    cell.spec ??= this.#findSpec(cell, supervisor)
    return cell.spec
  }

  #findSpec(cell: Cell, supervisor: Supervisor | undefined): SupervisionSpec {
    const { path, row, durability } = cell
    const { maxDeliveries } = this.node.options.supervision
    const given = supervisor && (this.#givenSpec(path, supervisor) ?? supervisor.definition.template)
    const isSupervisor = definitionOf(row.logic) !== undefined
    const spec = supervisionOf((given ?? row.supervision) as typeof row.supervision, {
      durability,
      isSupervisor,
      maxDeliveries,
    })
    // A supervisor has no state to go on with: its children have theirs.
    if (isSupervisor) return { ...spec, restartFrom: 'initial' }
    return supervisor === undefined && !this.#canBeginAnew(cell, spec) ? keepingState(spec) : spec
  }

  #givenSpec(path: ActorPath, { definition }: Supervisor): object | undefined {
    return staticSpec(definition, idOf(path)) ?? this.node.childRecords.get(path)?.dynamic?.spec
  }

  /** Whether the actor was taken out of its supervisor's definition: nobody waits for it, and it belongs to no group. */
  isOrphan(path: ActorPath, supervisor: Supervisor): boolean {
    return this.#givenSpec(path, supervisor) === undefined
  }

  /** Who restarts with the actor. */
  strategyOf(path: ActorPath, supervisor: Supervisor | undefined): Strategy {
    const strategy = supervisor?.definition.strategy ?? 'oneForOne'
    if (supervisor === undefined || strategy === 'oneForOne') return strategy
    return this.isOrphan(path, supervisor) ? 'oneForOne' : strategy
  }

  /** An actor that was spawned before its row asked for fresh starts has left no input to begin with. */
  #canBeginAnew({ path, durability }: Cell, { restartFrom, restart }: SupervisionSpec): boolean {
    if (durability === 'volatile' || (restartFrom !== 'initial' && restart !== 'permanent')) return true
    return this.node.childRecords.get(path) !== undefined
  }

  /** Whether the actor is on its way out, or its parent is, and the actor with it. */
  isEnding(path: ActorPath, supervisor: Supervisor | undefined): boolean {
    return this.node.lifecycle.isEnding(path) || this.isParentEnding(path, supervisor)
  }

  isParentEnding(path: ActorPath, supervisor: Supervisor | undefined): boolean {
    const parent = parentOf(path)
    if (parent === undefined) return false
    const cell = supervisor?.cell ?? this.node.activate(parent)
    if (cell === undefined || (cell.status !== 'active' && cell.status !== 'restarting')) return true
    if (this.node.lifecycle.isEnding(parent)) return true
    if (supervisor === undefined || !ENDING_STATES.has(cell.snapshot?.value)) return false
    // One that escalates stops its children, and an orphan is none of them.
    return cell.snapshot?.value !== 'escalating' || !this.isOrphan(path, supervisor)
  }

  /** Whether it is kept apart from the actor's journal what it was started with; a supervisor is started with nothing. */
  isStartKnown({ path, row }: Cell): boolean {
    if (definitionOf(row.logic) !== undefined) return true
    const definition = this.supervisorOf(path)?.definition
    return (
      (definition && staticSpec(definition, idOf(path))) !== undefined || this.node.childRecords.get(path) !== undefined
    )
  }

  /** What the actor was started with. */
  inputOf(cell: Cell): unknown {
    const { path } = cell
    const definition = this.supervisorOf(path)?.definition
    const fixed = definition && staticSpec(definition, idOf(path))
    if (fixed !== undefined) return fixed.input
    return cell.durability === 'volatile' ? cell.input : this.node.childRecords.get(path)?.input
  }
}

function keepingState(spec: SupervisionSpec): SupervisionSpec {
  return { ...spec, restartFrom: 'lastGood', restart: spec.restart === 'permanent' ? 'transient' : spec.restart }
}
