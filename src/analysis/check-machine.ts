/** Static analysis of one statechart: its graph, each rule over it, and what is left once the suppressions are through. */
import type { AnyStateMachine } from 'xstate'
import { RosciusError } from '../core/errors.js'
import { isMachine, nameOf, type StateNode } from './chart.js'
import { type CheckOptions, knownNames, readOptions } from './check-options.js'
import { declarationsOf } from './declarations.js'
import { type Finding, RULE_TEXTS, RULES } from './findings.js'
import { flowGraph } from './flow-graph.js'
import type { Problem, RuleInput } from './problem.js'
import { dangersWithoutApproval } from './rules/danger-without-approval.js'
import { deadEnds } from './rules/dead-end.js'
import { faultyDeclarations } from './rules/declaration.js'
import { effectsWithoutErrorPath } from './rules/effect-without-error-path.js'
import { endlessCycles } from './rules/endless-cycle.js'
import { unreachableStates } from './rules/unreachable-state.js'
import { waitsWithoutTimeout } from './rules/wait-without-timeout.js'
import { type Suppressions, suppressionsOf } from './suppressions.js'

const PLAIN_RULES = [
  dangersWithoutApproval,
  effectsWithoutErrorPath,
  deadEnds,
  waitsWithoutTimeout,
  unreachableStates,
  faultyDeclarations,
]

/**
 * Checks a machine without running it: states that can't be reached, dead ends, effects whose error nothing takes, waits
 * without a timeout, cycles that nothing bounds, and danger that some path reaches without an approval.
 *
 * Reads the machine and nothing else; runs no guard, no action, no actor. Machines that it invokes are to be checked by
 * themselves. Findings come in a fixed order, the gravest rule first. An empty array means that nothing was found.
 *
 * Throws `OPTIONS_INVALID` for options that are none, with the path of the field, and for what is no machine.
 *
 * @example
 * ```ts
 * import { checkMachine } from 'roscius/testing'
 * import { createMachine } from 'xstate'
 *
 * const lamp = createMachine({ initial: 'on', states: { on: { after: { 1000: 'off' } }, off: {} } })
 * console.log(checkMachine(lamp).map(({ rule, state }) => `${rule} ${state}`))
 * ```
 */
export function checkMachine(machine: AnyStateMachine, options: CheckOptions = {}): Finding[] {
  if (!isMachine(machine)) throw new RosciusError('OPTIONS_INVALID', 'checkMachine: the machine is none of XState.')
  const given = readOptions(options)
  const declarations = declarationsOf(machine.root)
  const input: RuleInput = {
    graph: flowGraph(machine),
    names: knownNames(declarations.names, given),
    given,
    declarations,
  }
  const suppressions = suppressionsOf(machine.root, declarations, given)
  const left = [...suppressions.without(PLAIN_RULES.flatMap((rule) => rule(input))), ...cyclesLeft(input, suppressions)]
  return [...left, ...suppressions.unused(machine.root)].sort(byRuleAndPlace).map(findingOf)
}

/** A suppressed cycle may stand for others that share no suppressed state: they are looked for without it. */
function cyclesLeft(input: RuleInput, suppressions: Suppressions): Problem[] {
  const accepted = new Set<StateNode>()
  for (;;) {
    const cycles = endlessCycles(input, accepted)
    const hidden = suppressions.hiding(cycles)
    if (hidden.length === 0) return cycles
    for (const leaf of hidden) accepted.add(leaf)
  }
}

function byRuleAndPlace(one: Problem, other: Problem): number {
  return RULES.indexOf(one.rule) - RULES.indexOf(other.rule) || one.state.order - other.state.order
}

function findingOf({ rule, state, message, path }: Problem): Finding {
  const { severity } = RULE_TEXTS[rule]
  return { rule, severity, state: nameOf(state), message, ...(path === undefined ? {} : { path }) }
}
