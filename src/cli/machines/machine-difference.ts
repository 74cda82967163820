/** Which machine of one file is which of another, and what differs between them. */
import type { Change } from '../../inspect/diff/change.js'
import { diffDefinitions } from '../../inspect/diff/definition-diff.js'
import { isExported, type MachineSource } from './machine-source.js'

export interface MachineDifference {
  /** As the new file calls it; as the old one does where it is gone. */
  readonly name: string
  readonly status: 'same' | 'changed' | 'added' | 'removed'
  readonly changes: readonly Change[]
  readonly old: MachineSource | undefined
  readonly now: MachineSource | undefined
}

/** By name; where both files export one machine, it is that one whatever it is called. Throws if `only` is in neither. */
export function differenceOf(
  before: readonly MachineSource[],
  after: readonly MachineSource[],
  only: string | undefined,
): MachineDifference[] {
  const [old, now] = [before, after].map((all) => all.filter((each) => isChosen(each, only))) as [
    MachineSource[],
    MachineSource[],
  ]
  if (old.length + now.length === 0) throw new Error(`There is no machine "${only}" in either.`)
  const [oldNames, newNames] = [commonNames(old), commonNames(now)]
  const pairs = now.map((each) => [old.find((one) => oldNames(one) === newNames(each)), each] as const)
  const gone = old.filter((each) => !pairs.some(([one]) => one === each))
  return [...pairs.map(([one, each]) => difference(one, each)), ...gone.map((one) => difference(one, undefined))]
}

/** A written definition has no name beside its id: it is the one that is asked for. */
function isChosen({ name, machine }: MachineSource, only: string | undefined): boolean {
  return only === undefined || machine === undefined || name === only
}

/** The names of a file, without that of its export if there is just one. */
function commonNames(all: readonly MachineSource[]): (source: MachineSource) => string {
  const exported = all.filter(isExported)
  if (all.length === 1) return () => ''
  const [single, ...others] = exported
  if (single === undefined || others.length > 0) return ({ name }) => name
  return ({ name }) => name.slice(single.name.length)
}

function difference(old: MachineSource | undefined, now: MachineSource | undefined): MachineDifference {
  const name = (now ?? old)!.name
  if (old === undefined || now === undefined) {
    return { name, status: old === undefined ? 'added' : 'removed', changes: [], old, now }
  }
  const { isSame, changes } = diffDefinitions(old.definition, now.definition)
  return { name, status: isSame ? 'same' : 'changed', changes, old, now }
}
