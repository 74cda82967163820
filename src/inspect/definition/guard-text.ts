/** A guard in words: `isOpen and not (isEmpty or isOld)`. */
import type { GuardStructure } from '../../runtime/guard-structure.js'
import { stateLine } from './state-line.js'

/** `structure` is that of `guard`, which knows the names of functions besides. */
export function guardText(guard: unknown, structure: GuardStructure): string {
  switch (structure.kind) {
    case 'named':
      return structure.name
    case 'stateIn':
      return `in ${typeof structure.state === 'string' ? structure.state : stateLine(structure.state)}`
    case 'inline':
      return functionName(guard)
    case 'not':
      return `not ${partsText(guard, structure.guards, true).join('')}`
    default:
      return partsText(guard, structure.guards, structure.guards.length > 1).join(` ${structure.kind} `)
  }
}

function partsText(guard: unknown, structures: readonly GuardStructure[], isBracketed: boolean): string[] {
  const parts: unknown = typeof guard === 'function' ? Reflect.get(guard, 'guards') : undefined
  return structures.map((structure, index) => {
    const text = guardText(Array.isArray(parts) ? parts[index] : undefined, structure)
    return isBracketed && isCombined(structure) ? `(${text})` : text
  })
}

function isCombined(structure: GuardStructure): boolean {
  return (structure.kind === 'and' || structure.kind === 'or') && structure.guards.length > 1
}

/** JavaScript names a function after the property that it is written at, which says nothing. */
function functionName(guard: unknown): string {
  return typeof guard === 'function' && guard.name !== '' && guard.name !== 'guard' ? guard.name : '…'
}
