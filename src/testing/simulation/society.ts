/** What a simulation is made of: its actors, and what happens to them from outside. */
import type { Clock } from '../../core/clock.js'
import type { Random } from '../../core/random.js'
import type { System, SystemOptions } from '../../create-system.js'
import type { Tool } from '../../governance/tools/tool.js'
import type { LogicTable } from '../../runtime/logic-table.js'
import type { CallFaults } from './fault-rates.js'
import type { AskableBrain, FaultyBrain } from './faulty-brain.js'
import type { CallNote } from './faulty-call.js'

/** A call of a brain or a tool of the simulation, and what became of it. */
export interface SimulatedCall extends CallNote {
  readonly atMs: number
}

/** What a setup is given: chance and time that repeat, and how to let things go wrong with brains and tools. */
export interface Simulation {
  readonly seed: string
  /** Of the setup's own; use it wherever an option takes a chance. */
  readonly random: Random
  /** Of the society: `now` in ms since the epoch, `monotonic` in ms since the start. Calls on it end with the process. */
  readonly clock: Clock
  /** The brain, with the faults of the simulation, or these. */
  brain(brain: AskableBrain, options?: CallFaults & { readonly name?: string }): FaultyBrain
  /** The tool, with the faults of the simulation, or these. Not for tools in processes of their own. */
  tool<TTool extends Tool>(tool: TTool, options?: CallFaults): TTool
  /** Adds a line to the trace. */
  note(what: string): void
  /** Every call of its brains and tools so far, and what became of it. */
  readonly calls: readonly SimulatedCall[]
}

export interface Society {
  /** Made once; what brains and tools remember outlives the kills, as the world outside does. */
  readonly logic: LogicTable
  /** More options of `createSystem`. */
  readonly options?: Partial<Omit<SystemOptions<LogicTable>, 'clock' | 'logic' | 'name' | 'random' | 'store'>>
  /** Starts the society; nothing is killed before it resolves. It must not wait for time to pass. */
  readonly start?: (system: System) => Promise<unknown> | unknown
  /** After every opening: the start and each kill. The place for a person who listens and decides. */
  readonly opened?: (system: System) => void
}

/** Something that happens from outside. */
export interface SimulatedStep {
  /** When, in ms since the start. */
  readonly atMs: number
  /** For the trace. */
  readonly name: string
  /** Is not waited for; the trace says whether it resolved or rejected. */
  readonly act: (system: System, simulation: Simulation) => Promise<unknown> | unknown
}

/** What an invariant looks at. */
export interface Moment {
  readonly system: System
  readonly simulation: Simulation
  /** Since the start. */
  readonly atMs: number
}

/** Holds unless it throws, rejects or answers `false`. It must not wait for time to pass. */
export type Invariant = (moment: Moment) => unknown
