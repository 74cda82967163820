/** What a seed stands for: a tree, a script, and perhaps crashes. */
import { withOrders, writeScript } from './script.js'
import { Chance, growTree } from './tree.js'
import type { Crash, TrialPlan } from './trial.js'

/** Crashes come within so many batches of the start of a process. */
const REACH = 80
const MOST_CRASHES = 5

export interface Weather {
  readonly isCrashing: boolean
  /** Whether an operator interferes. */
  readonly isOrdering?: boolean
}

export function planTrial(seed: number, { isCrashing, isOrdering = false }: Weather): TrialPlan {
  const chance = new Chance(`tree ${seed}`)
  const size = chance.pick([6, 12, 24])
  const root = growTree(chance, { depth: 5, size, durabilities: chance.pick(DURABILITIES) })
  const script = writeScript(root, chance, 4 + chance.below(12))
  const steps = isOrdering ? withOrders(script, root, new Chance(`orders ${seed}`)) : script
  if (!isCrashing) return { seed, root, steps, crashes: [], powerLoss: false }
  const storm = new Chance(`storm ${seed}`)
  const crashes = Array.from({ length: 1 + storm.below(MOST_CRASHES) }, () => crashOf(storm, steps.length))
  return { seed, root, steps, crashes, powerLoss: storm.below(4) === 0 }
}

const DURABILITIES = [['durable'], ['durable', 'durable', 'relaxed'], ['durable', 'relaxed', 'volatile']] as const

function crashOf(chance: Chance, steps: number): Crash {
  if (chance.below(4) === 0) return { step: chance.below(steps) }
  // Most often early: in the middle of a recovery.
  const batch = 1 + Math.floor((chance.below(1_000) / 1_000) ** 2 * REACH)
  return { batch, when: chance.pick(['before', 'after']) }
}
