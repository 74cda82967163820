import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type AnyMachineSnapshot, type AnyStateMachine, initialTransition, transition } from 'xstate'
import {
  areParallel,
  chainOf,
  isWithin,
  nameOf,
  type StateNode,
  statesOf,
  type Transition,
} from '../../src/analysis/chart.js'
import { checkMachine } from '../../src/analysis/check-machine.js'
import { transitionsOf } from '../../src/analysis/declarations.js'
import type { PathStep } from '../../src/analysis/edge-text.js'
import type { Finding } from '../../src/analysis/findings.js'
import { buildMachine, eventsOf, machineSpec, type StateSpec } from './random-machine.js'

interface Walked {
  /** Paths of the states that were entered, those passed within a step among them. */
  readonly entered: ReadonlySet<string>
  readonly isEndless: boolean
}

/** Runs a machine with XState's own transition function: events and guards by chance, without any approval. */
function walk(machine: AnyStateMachine, events: readonly string[], next: () => number): Walked {
  const entered = new Set<string>()
  let isEndless = false
  const note = ([snapshot, actions]: readonly [AnyMachineSnapshot, readonly { type: string; params: unknown }[]]) => {
    for (const { type, params } of actions)
      if (type === 'enter') entered.add(nameOf(machine.getStateNodeById((params as { id: string }).id)))
    isEndless ||= String(snapshot.error).includes('Infinite loop')
    return snapshot
  }
  try {
    let snapshot = note(initialTransition(machine))
    for (let step = 0; step < 15 && snapshot.status === 'active'; step++) {
      const type = events[Math.floor(next() * events.length)]!
      snapshot = note(transition(machine, snapshot, { type }))
    }
  } catch (error) {
    isEndless ||= String(error).includes('Infinite loop')
    if (!isEndless) throw error
  }
  return { entered, isEndless }
}

/** Several walks through the machine of `spec`, by chance but repeatable. */
function walks(spec: StateSpec, seed: number): { readonly machine: AnyStateMachine; readonly all: readonly Walked[] } {
  let state = seed
  const next = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
  const machine = buildMachine(spec, () => next() < 0.6)
  return { machine, all: Array.from({ length: 4 }, () => walk(machine, eventsOf(spec), next)) }
}

const about = (findings: readonly Finding[], rule: Finding['rule']): Finding[] =>
  findings.filter((finding) => finding.rule === rule)

const runs = { numRuns: 150 }

describe('what the check says of a machine at random', () => {
  test('a state that it calls unreachable is never entered', () => {
    fc.assert(
      fc.property(machineSpec, fc.nat(), (spec, seed) => {
        const { machine, all } = walks(spec, seed)
        const unreachable = about(checkMachine(machine), 'unreachable-state').map(({ state }) => state)
        const within = [...statesOf(machine.root)].filter((state) =>
          chainOf(state).some((outer) => unreachable.includes(nameOf(outer))),
        )
        const entered = within.filter((state) => all.some((walked) => walked.entered.has(nameOf(state))))
        expect(entered.map(nameOf)).toEqual([])
      }),
      runs,
    )
  })

  test('danger that is entered without an approval is told', () => {
    fc.assert(
      fc.property(machineSpec, fc.nat(), (spec, seed) => {
        const { machine, all } = walks(spec, seed)
        const told = about(checkMachine(machine), 'danger-without-approval').map(({ state }) => state)
        const dangers = [...statesOf(machine.root)].filter(({ tags }) => tags.includes('danger')).map(nameOf)
        const met = dangers.filter((state) => all.some(({ entered }) => entered.has(state)))
        expect(met.filter((state) => !told.includes(state))).toEqual([])
      }),
      runs,
    )
  })

  test('a machine that never comes to rest has an endless cycle', () => {
    fc.assert(
      fc.property(machineSpec, fc.nat(), (spec, seed) => {
        const { machine, all } = walks(spec, seed)
        const isTold = about(checkMachine(machine), 'endless-cycle').length > 0
        expect(isTold || !all.some(({ isEndless }) => isEndless)).toBe(true)
      }),
      runs,
    )
  })

  test('each step of a path is a transition of the machine, and leads on from where the last one led', () => {
    fc.assert(
      fc.property(machineSpec, (spec) => {
        const machine = buildMachine(spec, () => true)
        for (const { rule, path } of checkMachine(machine).filter((finding) => finding.path !== undefined)) {
          const isDanger = rule === 'danger-without-approval'
          expect(brokenSteps(machine, path!, isDanger ? isOpen : () => true)).toEqual([])
          if (isDanger) expect(path![0]!.from).toBeUndefined()
          else expect(path!.at(-1)!.to).toBe(path![0]!.from)
        }
      }),
      runs,
    )
  })
})

function brokenSteps(
  machine: AnyStateMachine,
  path: readonly PathStep[],
  isMeant: (step: Transition) => boolean,
): PathStep[] {
  const byName = new Map([...statesOf(machine.root)].map((state) => [nameOf(state), state]))
  return path.filter(({ from, to }, index) => {
    if (index > 0 && path[index - 1]!.to !== from) return true
    return (
      from !== undefined && !steps(byName.get(from)!).some((each) => isMeant(each) && mayLead(each, byName.get(to)!))
    )
  })
}

const steps = (from: StateNode): Transition[] => chainOf(from).flatMap(transitionsOf)

/** Whether a transition needs no approval. */
const isOpen = ({ guard, eventType, meta }: Transition): boolean =>
  guard !== 'approved' && eventType !== 'APPROVE' && meta === undefined

function mayLead({ target }: Transition, to: StateNode): boolean {
  return target === undefined || target.some((each) => mayEnter(each, to))
}

/** Whether a transition to `target` may enter `to`: in it, around it, or in a region beside it. */
function mayEnter(target: StateNode, to: StateNode): boolean {
  const goal = target.type === 'history' ? target.parent! : target
  return isWithin(to, goal) || isWithin(goal, to) || areParallel(goal, to)
}
