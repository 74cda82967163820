/** Coverage of a machine, put together with what the machine says of itself: what was never seen, and what guards have said. Pure. */
import type {
  DefinedTransition,
  MachineDefinition,
  StateDefinition,
} from '../../inspect/definition/machine-definition.js'
import type { SeenCoverage } from './coverage-source.js'

interface Share {
  readonly seen: number
  readonly total: number
}

export interface CoveredTransition {
  readonly id: string
  readonly source: string
  /** The event type, `always`, `after <delay>`, `onDone`, … */
  readonly on: string
  readonly guard: string | undefined
  readonly targets: readonly string[]
  /** How often it was taken, and how often its guard said no. */
  readonly count: number
  readonly refused: number
}

export interface CoverageReport extends Omit<SeenCoverage, 'definition' | 'transitions'> {
  readonly machine: string
  /** `guards`: of each guard two outcomes, yes and no. */
  readonly summary: { readonly states: Share; readonly transitions: Share; readonly guards: Share }
  readonly transitions: readonly CoveredTransition[]
}

export function coverageReport(seen: Omit<SeenCoverage, 'definition'>, definition: MachineDefinition): CoverageReport {
  const defined = new Map([...definedIn(definition.root)].map((each) => [each.id, each]))
  const transitions = seen.transitions.map((each) => coveredOf(each, defined.get(each.id)))
  const guards = transitions.filter(isGuarded).flatMap(({ count, refused }) => [count, refused])
  return {
    machine: definition.id,
    ...seen,
    summary: {
      states: shareOf(seen.states.map(({ count }) => count)),
      transitions: shareOf(transitions.map(({ count }) => count)),
      guards: shareOf(guards),
    },
    transitions,
  }
}

export const isGuarded = ({ guard }: CoveredTransition): boolean => guard !== undefined

function shareOf(counts: readonly number[]): Share {
  return { seen: counts.filter((count) => count > 0).length, total: counts.length }
}

type Counted = SeenCoverage['transitions'][number]

/** Of one that the machine of the module does not have, its id tells. */
function coveredOf({ id, count, refused }: Counted, defined: DefinedTransition | undefined): CoveredTransition {
  const [source = id, on = ''] = id.split('|')
  const { guard, targets = [] } = defined ?? {}
  return {
    id,
    source: defined?.source ?? source,
    on: defined?.descriptor ?? on,
    guard: guard?.text ?? (refused > 0 ? '…' : undefined),
    targets,
    count,
    refused,
  }
}

function* definedIn(state: StateDefinition): Generator<DefinedTransition> {
  yield* state.transitions
  for (const child of state.states) yield* definedIn(child)
}
