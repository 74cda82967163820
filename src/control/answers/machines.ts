/** The machines of the logic table: their charts, and what of them was seen. */
import type { AnyStateMachine } from 'xstate'
import { RosciusError } from '../../core/errors.js'
import { svgOf } from '../../inspect/chart/chart-svg.js'
import { CoverageCounts } from '../../inspect/coverage/coverage-counts.js'
import { coverageOfJournals } from '../../inspect/coverage/journal-coverage.js'
import { definitionOf } from '../../inspect/definition/definition.js'
import { definitionHash } from '../../inspect/definition/definition-hash.js'
import type { StateDefinition } from '../../inspect/definition/machine-definition.js'
import { isMachine } from '../../runtime/machine-structure.js'
import type { ControlledSystem } from '../controlled-system.js'
import type { Answers, Desk } from './desk.js'

type Routes = 'machines' | 'chart' | 'svg' | 'coverage'

interface NamedMachine {
  readonly name: string
  readonly machine: AnyStateMachine
  readonly hash: string
}

export function machineAnswers({ system, inspection, charts, clock }: Desk): Pick<Answers, Routes> {
  return {
    machines: async () => {
      const { rows } = await inspection.rows({ limit: Number.MAX_SAFE_INTEGER })
      const actors = new Map<string, number>()
      for (const { logic } of rows) actors.set(logic, (actors.get(logic) ?? 0) + 1)
      return { machines: machinesOf(system).map((one) => ({ ...rowOf(one), actors: actors.get(one.name) ?? 0 })) }
    },
    chart: async ({ hash }) => charts.placed(definitionOf(machineBy(system, hash))) as never,
    svg: async ({ hash, theme }) => {
      const placed = await charts.placed(definitionOf(machineBy(system, hash)))
      return svgOf(placed, { title: `Statechart of ${placed.name}`, ...(theme !== undefined && { theme }) })
    },
    coverage: async ({ logic, of }) => {
      const { machine, hash } = named(system, logic)
      // Of a machine that no actor has run yet.
      const nothing = () => new CoverageCounts({ logic, machine, chart: hash }, clock.now()).told()
      if (of === 'journal') return (await coverageOfJournals(system, logic)) ?? nothing()
      const versions = inspection.coverage(logic, machine)
      return versions.find(({ chart }) => chart === hash) ?? versions[0] ?? nothing()
    },
  }
}

function machinesOf(system: ControlledSystem): readonly NamedMachine[] {
  return system.logic().flatMap(({ name, logic }) => {
    if (!isMachine(logic)) return []
    return [{ name, machine: logic, hash: definitionHash(definitionOf(logic)) }]
  })
}

function rowOf({ name, machine, hash }: NamedMachine) {
  const all = statesIn(definitionOf(machine).root)
  const transitions = all.reduce((sum, state) => sum + state.transitions.length, 0)
  return { logic: name, version: machine.version, chart: hash, states: all.length, transitions }
}

function statesIn(state: StateDefinition): readonly StateDefinition[] {
  return [state, ...state.states.flatMap(statesIn)]
}

function machineBy(system: ControlledSystem, hash: string): AnyStateMachine {
  const found = machinesOf(system).find((one) => one.hash === hash)
  if (found !== undefined) return found.machine
  throw new RosciusError(
    'LOGIC_NOT_FOUND',
    `No machine of the logic table has the chart ${hash}. Another version had it.`,
  )
}

function named(system: ControlledSystem, logic: string): NamedMachine {
  const found = machinesOf(system).find(({ name }) => name === logic)
  if (found !== undefined) return found
  throw new RosciusError('LOGIC_NOT_FOUND', `The logic table has no machine "${logic}".`, { details: { logic } })
}
