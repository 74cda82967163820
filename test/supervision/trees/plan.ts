/** What a seed stands for: a tree, a script, and perhaps crashes. */
import { writeScript } from './script.js'
import { Chance, growTree } from './tree.js'
import type { Crash, TrialPlan } from './trial.js'

/** Crashes come within so many batches of the start of a process. */
const REACH = 80
const MOST_CRASHES = 5

export function planTrial(seed: number, { isCrashing }: { readonly isCrashing: boolean }): TrialPlan {
  const chance = new Chance(`tree ${seed}`)
  const size = chance.pick([6, 12, 24])
  const root = growTree(chance, { depth: 5, size, durabilities: chance.pick(DURABILITIES) })
  const steps = writeScript(root, chance, 4 + chance.below(12))
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
