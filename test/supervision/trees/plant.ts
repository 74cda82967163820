/** A tree as data, turned into actor logic: one machine for all leaves, one supervisor for each branch. */
import { type ChildSpec, type Clock, type LogicTable, supervisor } from 'roscius'
import { leafMachine } from './leaf.js'
import type { Witness } from './outside.js'
import { type Branch, branchesOf, type Twig } from './tree.js'

export function logicOf(root: Branch, witness: Witness, clock: Clock): LogicTable {
  const branches = branchesOf(root).map(({ path, strategy, intensity, children }) => {
    const logic = supervisor({ strategy, intensity, children: children.map(specOf) })
    return [nameOf(path), path === root.path ? { logic, supervision: { restart: 'permanent', intensity } } : logic]
  })
  return { leaf: leafMachine(witness, clock), ...Object.fromEntries(branches) }
}

function specOf(twig: Twig): ChildSpec {
  const { id, restart, durability } = twig
  if (twig.kind === 'branch') return { id, restart, durability, logic: nameOf(twig.path) }
  const { restartFrom, backoff, maxDeliveries, directives } = twig
  return { id, restart, durability, logic: 'leaf', restartFrom, backoff, maxDeliveries, directives } as ChildSpec
}

/** What the logic of the branch is called in the logic table. */
const nameOf = (path: string): string => path.replaceAll('/', '-')
