/** Parts of definitions as texts that can be compared and read: equal texts, equal parts. */
import type { GuardStructure } from '../../runtime/guard-structure.js'
import type { DefinedAction, DefinedGuard, StateDefinition } from '../definition/machine-definition.js'

/** A path for people: keys joined by dots, `(root)` for the machine itself. */
export function pathText(path: readonly string[]): string {
  return path.length === 0 ? '(root)' : path.join('.')
}

export function jsonText(value: unknown): string {
  return value === undefined ? '' : JSON.stringify(value)
}

export function describedActions(actions: readonly DefinedAction[]): string {
  return actions.map(({ text, params }) => (params === undefined ? text : `${text} ${jsonText(params)}`)).join(', ')
}

/** XState makes an id out of the state's where nobody gave one. */
export function describedInvokes({ id: state, invokes }: StateDefinition): string {
  return invokes
    .map(({ id, text, input, systemId }, index) => {
      const name = id === `${index}.${state}` || id === text ? '' : ` as ${id}`
      const given = input === undefined ? '' : ` with ${jsonText(input)}`
      return `${text}${name}${given}${systemId === undefined ? '' : ` (${systemId})`}`
    })
    .join(', ')
}

/** Two guards of one text can differ in what a name stands for, or its parameters. */
export function describedGuard(guard: DefinedGuard | undefined): string {
  if (guard === undefined) return ''
  const facts = jsonText(guardFacts(guard.structure))
  return facts === 'null' ? guard.text : `${guard.text} ${facts}`
}

/** What the text does not say; null if that is nothing. An inline guard is known by its place, which may have moved. */
function guardFacts(structure: GuardStructure): unknown {
  if (structure.kind === 'named') {
    const { params, means } = structure
    return params === undefined && means === undefined ? null : { params, means: means && describedStructure(means) }
  }
  if (!('guards' in structure)) return null
  const parts = structure.guards.map(guardFacts)
  return parts.every((part) => part === null) ? null : parts
}

function describedStructure(structure: GuardStructure): unknown {
  if (structure.kind === 'inline') return { kind: 'inline' }
  if ('guards' in structure) return { ...structure, guards: structure.guards.map(describedStructure) }
  if (structure.kind === 'named' && structure.means !== undefined)
    return { ...structure, means: describedStructure(structure.means) }
  return structure
}
