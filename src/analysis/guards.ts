/**
 * Guards as far as they can be read without being run: their names, and what `and`, `or` and `not` make of them.
 *
 * A guard is opaque: it may hold and it may not. All that is asked here is whether it can't hold unless a named one does.
 */
import { type AnyStateMachine, and, not, or } from 'xstate'

type Combination = 'and' | 'or' | 'not'

/** XState marks its own guards by the function that checks them; the name is for guards of another copy of XState. */
const COMBINATIONS = new Map<unknown, Combination>([
  [fieldOf(and([]), 'check'), 'and'],
  [fieldOf(or([]), 'check'), 'or'],
  [fieldOf(not('any'), 'check'), 'not'],
  ['checkAnd', 'and'],
  ['checkOr', 'or'],
  ['checkNot', 'not'],
])

/** A name for people: `isOpen`, `isOpen and not isEmpty`, `…` for an unnamed function. */
export function guardName(guard: unknown): string {
  if (typeof guard === 'string') return guard
  const parts = partsOf(guard).map(guardName)
  const combination = combinationOf(guard)
  if (combination === 'not') return `not ${parts[0]}`
  if (combination !== undefined) return parts.join(` ${combination} `)
  return ownName(guard) ?? '…'
}

/** Whether `guard` holds only where a guard of one of these `names` holds. */
export function requiresGuard(
  machine: AnyStateMachine,
  guard: unknown,
  names: ReadonlySet<string>,
  within: readonly string[] = [],
): boolean {
  const combination = combinationOf(guard)
  const requires = (part: unknown): boolean => requiresGuard(machine, part, names, within)
  if (combination === 'and') return partsOf(guard).some(requires)
  if (combination === 'or') return partsOf(guard).length > 0 && partsOf(guard).every(requires)
  if (combination === 'not') return false
  const name = ownName(guard)
  if (name === undefined || within.includes(name)) return false
  if (names.has(name)) return true
  // A name may stand for a combination of guards, or for another name.
  return (
    typeof guard !== 'function' && requiresGuard(machine, implementationOf(machine, name), names, [...within, name])
  )
}

function implementationOf(machine: AnyStateMachine, name: string): unknown {
  const guards: Readonly<Record<string, unknown>> = machine.implementations.guards
  return Object.hasOwn(guards, name) ? guards[name] : undefined
}

function combinationOf(guard: unknown): Combination | undefined {
  const check = fieldOf(guard, 'check')
  return typeof check === 'function' ? (COMBINATIONS.get(check) ?? COMBINATIONS.get(check.name)) : undefined
}

function partsOf(guard: unknown): readonly unknown[] {
  const parts = fieldOf(guard, 'guards')
  return Array.isArray(parts) ? parts : []
}

/** The names that JavaScript gives to a function written in place say nothing about it. */
function ownName(guard: unknown): string | undefined {
  if (typeof guard === 'string') return guard
  const name = typeof guard === 'function' ? guard.name : fieldOf(guard, 'type')
  return typeof name === 'string' && name !== '' && name !== 'guard' ? name : undefined
}

function fieldOf(value: unknown, key: string): unknown {
  const holdsFields = typeof value === 'function' || (typeof value === 'object' && value !== null)
  return holdsFields ? Reflect.get(value, key) : undefined
}
