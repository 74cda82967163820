/**
 * Gathers what `ref.explain()` answers, from the cell or, where the actor is not in memory, from the store.
 *
 * 1. It changes nothing and starts nothing: an actor that is not in memory is read beside the node's own cells.
 * 2. The position is that of the last committed state, as of `getSnapshot()`; mail, timers and effects are as they are now.
 * 3. Guards are asked here, about the state that the event met: whoever takes its events pays nothing for it.
 */
import type { EventObject } from 'xstate'
import type { Failure } from '../core/actor-ref.js'
import { type ActorPath, formatAddress, parentOf } from '../core/address.js'
import type {
  ExplainOptions,
  Explanation,
  FinalFailure,
  SupervisedBy,
  SurvivedFailures,
  Wait,
} from '../core/explanation.js'
import type { JournalReader } from '../persistence/journal.js'
import type { Head } from '../persistence/records.js'
import { type ReadGuardian, type SupervisionSpec, supervisionOf } from '../supervision/child-spec.js'
import { withinWindow } from '../supervision/restart-window.js'
import type { Activation } from './activation.js'
import type { Cell } from './cell.js'
import type { Engine } from './engine.js'
import { explanationText } from './explanation-text.js'
import type { Kin, Supervisor } from './kin.js'
import type { Lifecycle } from './lifecycle.js'
import { notFound } from './past.js'
import { definitionOf } from './supervisor-definition.js'
import { doingsOf, supervisesOf, suspensionOf } from './supervisor-waits.js'
import { forecastOf, untakenEvents } from './untaken-events.js'
import { waitsOf } from './waits.js'
import { LogicHost } from './xstate/host.js'
import type { HostSnapshot } from './xstate/internals.js'
import { isMachineState, positionOf } from './xstate/position.js'

export interface ExplainPort extends Engine {
  readonly cells: ReadonlyMap<ActorPath, Cell>
  readonly options: Engine['options'] & { readonly supervision: ReadGuardian }
  readonly activation: Activation
  readonly journalReader: JournalReader
  readonly kin: Kin
  readonly lifecycle: Lifecycle
}

export class Explainer {
  /** Restores snapshots beside the node's own host, which may be in the middle of a unit. */
  readonly #host: LogicHost

  constructor(
    private readonly node: ExplainPort,
    private readonly failureOf: (path: ActorPath) => Failure | undefined,
  ) {
    this.#host = new LogicHost(node, () => undefined)
  }

  /** Throws `ACTOR_NOT_FOUND`. */
  explain(path: ActorPath, { event }: ExplainOptions = {}): Explanation {
    const cell = this.#cellAt(path)
    const facts = cell === undefined ? this.#quarantined(path) : this.#factsOf(cell, event)
    return withText(facts)
  }

  #cellAt(path: ActorPath): Cell | undefined {
    return this.node.cellAt(path) ?? this.node.activation.load(path, this.#host)
  }

  #factsOf(cell: Cell, event: EventObject | undefined): Facts {
    const { path, status } = cell
    const seen = this.#seen(cell)
    const state = isMachineState(seen) ? seen : undefined
    const isRunning = isAlive(cell)
    // What an ended actor had deferred are dead letters now.
    const stash = isRunning ? (cell.stash ?? []) : []
    return {
      ...this.#identity(path, cell),
      status,
      position: state && positionOf(state),
      untaken: untakenEvents(cell, stash, state),
      failures: failuresOf(cell),
      failure: status === 'failed' ? this.#failureOf(cell) : undefined,
      quarantine: undefined,
      waitsFor: isRunning ? this.#waitsOf(cell) : [],
      mailbox: cell.mailbox?.size ?? 0,
      stash: stash.length,
      supervises: supervisesOf(cell, (child) => this.#cellAt(child)),
      supervision: this.#supervisionOf(cell),
      forecast: event && { event: event.type, would: forecastOf(cell, state, event) },
    }
  }

  #waitsOf(cell: Cell): readonly Wait[] {
    const { node } = this
    const { path } = cell
    const ending = node.lifecycle.endingOf(path)
    const supervisor = this.#supervisorAt(parentOf(path))
    const suspension =
      ending === undefined && supervisor !== undefined
        ? suspensionOf(cell, this.#specOf(cell, supervisor).shutdownMs)
        : undefined
    return waitsOf(cell, node.now(), { ending, suspension, doings: doingsOf(cell, node) })
  }

  /** What the outside sees of its state (D5). */
  #seen({ uncommitted, snapshot, released }: Cell): HostSnapshot | undefined {
    return this.node.isInTurn || uncommitted === 0 ? snapshot : released
  }

  #identity(
    path: ActorPath,
    { row, durability, seqNr }: Pick<Cell, 'durability' | 'seqNr'> & { row: { name: string } },
  ) {
    const { node } = this
    return {
      path,
      address: formatAddress(node.nodeName, path),
      logic: row.name,
      durability,
      isInMemory: node.cellAt(path) !== undefined,
      seqNr,
      time: node.now(),
    }
  }

  #quarantined(path: ActorPath): Facts {
    const error = this.node.activation.quarantineOf(path)
    if (error === undefined) throw notFound(path)
    const { logic = '', durability = 'durable', seqNr = 0 } = this.#headOf(path) ?? {}
    return {
      ...this.#identity(path, { row: { name: logic }, durability, seqNr }),
      status: 'quarantined',
      position: undefined,
      untaken: [],
      failures: undefined,
      failure: undefined,
      quarantine: error,
      waitsFor: [],
      mailbox: 0,
      stash: 0,
      supervises: undefined,
      supervision: undefined,
      forecast: undefined,
    }
  }

  #headOf(path: ActorPath): Head | undefined {
    try {
      return this.node.journalReader.head(path)
    } catch {
      return undefined
    }
  }

  #failureOf(cell: Cell): FinalFailure | undefined {
    const failure = this.failureOf(cell.path)
    if (failure === undefined) return undefined
    const { error, event, time } = failure
    const { failureClass, decision, rule } = cell.supervised?.last ?? {}
    return { error, event: event.type, time, failureClass, decision, rule }
  }

  #supervisionOf(cell: Cell): SupervisedBy {
    const { node } = this
    const parent = parentOf(cell.path)
    const supervisor = this.#supervisorAt(parent)
    const { restart, restartFrom, intensity: own } = this.#specOf(cell, supervisor)
    const { strategy = 'oneForOne' } = supervisor?.definition ?? {}
    const isOrphan = supervisor !== undefined && node.kin.isOrphan(cell.path, supervisor)
    const isGroup = strategy !== 'oneForOne' && !isOrphan
    const shared = supervisor?.definition.intensity ?? node.options.supervision.intensity
    const intensity = (isGroup ? undefined : own) ?? shared
    const times = isGroup ? groupRestarts(supervisor?.cell) : (cell.supervised?.history.restarts ?? [])
    return {
      kind: supervisor === undefined ? 'guardian' : 'supervisor',
      parent,
      strategy,
      isOrphan,
      restart,
      restartFrom,
      used: withinWindow(times, node.now(), intensity).length,
      ...intensity,
    }
  }

  /** `Kin` would bring a parent into memory to see that it is no supervisor. */
  #specOf(cell: Cell, supervisor: Supervisor | undefined): SupervisionSpec {
    if (supervisor !== undefined) return this.node.kin.specOf(cell, supervisor)
    const isSupervisor = definitionOf(cell.row.logic) !== undefined
    const spec = supervisionOf(cell.row.supervision, { durability: cell.durability, isSupervisor })
    return isSupervisor ? { ...spec, restartFrom: 'initial' } : spec
  }

  #supervisorAt(parent: ActorPath | undefined): Supervisor | undefined {
    const cell = parent === undefined ? undefined : this.#cellAt(parent)
    const definition = cell && definitionOf(cell.row.logic)
    return definition && cell && { cell, definition }
  }
}

type Facts = Omit<Explanation, 'toString'>

/** Data that says itself in words, which aren't part of the data. */
function withText(facts: Facts): Explanation {
  return Object.defineProperty({ ...facts }, 'toString', { value: () => explanationText(facts) }) as Explanation
}

function isAlive({ status }: Cell): boolean {
  return status === 'active' || status === 'restarting' || status === 'starting'
}

function failuresOf({ supervised, status }: Cell): SurvivedFailures | undefined {
  const { restarts = 0, last } = supervised ?? {}
  // The last failure of one that has failed for good is the one that it did not survive.
  if (last === undefined || status === 'failed') return restarts === 0 ? undefined : { restarts, last: undefined }
  const { error, failureClass, event, decision, rule, timeMs } = last
  return { restarts, last: { error: String(error), failureClass, event, decision, rule, time: timeMs } }
}

/** When a supervisor restarted its group; its statechart counts that. */
function groupRestarts(supervisor: Cell | undefined): readonly number[] {
  const { restarts } = (supervisor?.snapshot?.context ?? {}) as { readonly restarts?: readonly number[] }
  return restarts ?? []
}
