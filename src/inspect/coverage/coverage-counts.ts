/** What actors of one version of a machine have done: how often each state was entered, each transition taken or refused. */
import type { AnyStateMachine } from 'xstate'
import { definitionOf } from '../definition/definition.js'
import type { StateDefinition } from '../definition/machine-definition.js'

/** The machine's states and transitions in their order, also those that nothing has come to. */
export interface Coverage {
  logic: string
  version?: string | undefined
  /** Hash of the definition. */
  chart: string
  /** Since when it was watched; of journals, when their oldest record was made. */
  sinceMs: number
  /** `count`: how often it was entered. */
  states: { id: string; count: number }[]
  /** `count`: how often it was taken; `refused`: how often its guard kept it from being taken. */
  transitions: { id: string; count: number; refused: number }[]
}

export interface CoveredMachine {
  readonly logic: string
  readonly machine: AnyStateMachine
  readonly chart: string
}

export class CoverageCounts {
  readonly #states = new Map<string, number>()
  readonly #taken = new Map<string, number>()
  readonly #refused = new Map<string, number>()

  constructor(
    readonly of: CoveredMachine,
    public sinceMs: number,
  ) {}

  entered(ids: Iterable<string>): void {
    count(this.#states, ids)
  }

  took(ids: Iterable<string>): void {
    count(this.#taken, ids)
  }

  refused(ids: Iterable<string>): void {
    count(this.#refused, ids)
  }

  told(): Coverage {
    const { logic, machine, chart } = this.of
    const all = [...statesIn(definitionOf(machine).root)]
    const states = all.filter(({ type }) => type !== 'history')
    const transitions = all.flatMap((state) => state.transitions)
    return {
      logic,
      ...(machine.version !== undefined && { version: machine.version }),
      chart,
      sinceMs: Number.isFinite(this.sinceMs) ? this.sinceMs : 0,
      states: states.map(({ id }) => ({ id, count: this.#states.get(id) ?? 0 })),
      transitions: transitions.map(({ id }) => ({
        id,
        count: this.#taken.get(id) ?? 0,
        refused: this.#refused.get(id) ?? 0,
      })),
    }
  }
}

function count(counts: Map<string, number>, ids: Iterable<string>): void {
  for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1)
}

function* statesIn(state: StateDefinition): Generator<StateDefinition> {
  yield state
  for (const child of state.states) yield* statesIn(child)
}
