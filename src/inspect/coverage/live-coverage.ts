/**
 * Coverage by real traffic: what the machines of a running system do while somebody watches, by version.
 *
 * 1. A version of a machine is its definition: equal machines are counted together, changed ones apart.
 * 2. What can't be told is not counted: which guards were asked in the middle of several steps, or of an event that a child
 *    inside an actor made of another.
 * 3. Machines inside of actors count under the name that they were invoked by.
 */
import type { AnyStateMachine } from 'xstate'
import type { InspectedChild, InspectedUnit } from '../../core/inspection.js'
import { isMachine } from '../../runtime/machine-structure.js'
import { transitionIds } from '../definition/definition.js'
import { type Machines, machineIn } from '../live/machines.js'
import { stateValueOf } from '../live/timeline-items.js'
import { type Coverage, CoverageCounts } from './coverage-counts.js'
import { enteredStates, refusedAtRest, refusedBy, targetsOf } from './machine-paths.js'

/** Versions that are counted; later ones are left out. */
const MAX_MACHINES = 500

interface Step {
  readonly before: unknown
  readonly after: unknown
  readonly transitions: readonly (readonly object[])[]
  /** What the machine was asked about; undefined where that can't be told. */
  readonly event: string | undefined
  /** Whether the machine was entered in this step. */
  readonly isStart: boolean
}

export class LiveCoverage {
  readonly #counts = new Map<string, CoverageCounts>()

  constructor(
    private readonly machines: Machines,
    private readonly now: () => number,
  ) {}

  /** What was seen of a logic, by version. Given a machine, that one is told of also if nothing was seen of it. */
  of(logic: string, machine?: AnyStateMachine): readonly Coverage[] {
    if (machine !== undefined) this.#countsOf(logic, machine)
    return [...this.#counts.values()].filter((counts) => counts.of.logic === logic).map((counts) => counts.told())
  }

  handled(unit: InspectedUnit): void {
    for (const child of unit.inner) this.#inside(child)
    const { before, snapshot, kind, child, event, outcome, transitions, logic } = unit
    const machine = machineIn(snapshot ?? before)
    if (machine === undefined || snapshot === undefined || kind === 'resume' || kind === 'stop') return
    const isAsked = child === undefined && outcome !== 'deferred' && (kind === 'event' || kind === 'timer')
    this.#step(logic, machine, {
      before: stateValueOf(before),
      after: stateValueOf(snapshot),
      transitions,
      event: isAsked ? event.type : undefined,
      isStart: kind === 'start',
    })
  }

  /** Of a child it is not said where it was before; where it has taken nothing, it was where it is. */
  #inside({ logic, src, event, snapshot, transitions }: InspectedChild): void {
    if (!isMachine(logic as AnyStateMachine) || snapshot === undefined) return
    const machine = logic as AnyStateMachine
    const isStart = event.type === 'xstate.init'
    const hasMoved = transitions.length > 0 || event.type.startsWith('xstate.')
    const after = stateValueOf(snapshot)
    this.#step(src === 'inline' ? machine.id : src, machine, {
      before: isStart ? undefined : after,
      after,
      transitions,
      event: hasMoved ? undefined : event.type,
      isStart,
    })
  }

  #step(logic: string, machine: AnyStateMachine, { before, after, transitions, event, isStart }: Step): void {
    const counts = this.#countsOf(logic, machine)
    if (counts === undefined) return
    const ids = transitionIds(machine)
    const taken = transitions.flat().flatMap((transition) => ids.get(transition) ?? [])
    const isTaken = new Set(taken)
    counts.took(taken)
    counts.entered(enteredStates(machine, before, after, targetsOf(machine, isTaken)))
    if (event !== undefined) counts.refused(refusedBy(machine, before, event, isTaken))
    if (isStart || taken.length > 0) counts.refused(refusedAtRest(machine, after, isTaken))
  }

  #countsOf(logic: string, machine: AnyStateMachine): CoverageCounts | undefined {
    const chart = this.machines.hash(machine)
    const key = `${logic} ${chart}`
    const known = this.#counts.get(key)
    if (known !== undefined || this.#counts.size >= MAX_MACHINES) return known
    const counts = new CoverageCounts({ logic, machine, chart }, this.now())
    this.#counts.set(key, counts)
    return counts
  }
}
