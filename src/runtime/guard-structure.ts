/**
 * A guard as JSON: by name, by position when it is an inline function, and with what `and`, `or` and `not` put together,
 * also where a name of the machine's implementations stands for such a combination.
 */
import { type AnyStateMachine, and, not, or, stateIn } from 'xstate'

export type GuardStructure =
  | { readonly kind: 'named'; readonly name: string; readonly params?: unknown; readonly means?: GuardStructure }
  | { readonly kind: 'inline'; readonly name: string }
  | { readonly kind: 'and' | 'or' | 'not'; readonly guards: readonly GuardStructure[] }
  | { readonly kind: 'stateIn'; readonly state: unknown }

type CombinationKind = 'and' | 'or' | 'not' | 'stateIn'

/** XState marks its own guards by the function that checks them; the name is for guards of another copy of XState. */
const KIND_BY_CHECK = new Map<unknown, CombinationKind>([
  [fieldOf(and([]), 'check'), 'and'],
  [fieldOf(or([]), 'check'), 'or'],
  [
    fieldOf(
      not(() => true),
      'check',
    ),
    'not',
  ],
  [fieldOf(stateIn({}), 'check'), 'stateIn'],
])
const KIND_BY_NAME: Readonly<Record<string, CombinationKind | undefined>> = {
  checkAnd: 'and',
  checkOr: 'or',
  checkNot: 'not',
  checkStateIn: 'stateIn',
}

/** The structure of `guard` in `machine`; `position` names it when it is an inline function. */
export function guardStructure(guard: unknown, machine: AnyStateMachine, position: string): GuardStructure {
  return describe(guard, { machine, position, within: [] })
}

interface Place {
  readonly machine: AnyStateMachine
  readonly position: string
  /** Names being spelled out, so that a guard that stands for itself ends. */
  readonly within: readonly string[]
}

function describe(guard: unknown, place: Place): GuardStructure {
  if (typeof guard === 'string') return named(guard, {}, place)
  if (typeof guard === 'function') return combination(guard, place) ?? { kind: 'inline', name: place.position }
  const params = fieldOf(guard, 'params')
  return named(String(fieldOf(guard, 'type')), params === undefined ? {} : { params: plain(params) }, place)
}

function named(name: string, params: { readonly params?: unknown }, place: Place): GuardStructure {
  const guards: Readonly<Record<string, unknown>> = place.machine.implementations.guards
  const implementation = Object.hasOwn(guards, name) && !place.within.includes(name) ? guards[name] : undefined
  const means = spelledOut(implementation, { ...place, within: [...place.within, name] })
  return { kind: 'named', name, ...params, ...(means ? { means } : {}) }
}

/** What an implementation says without being run: a combination or another name; nothing of a plain function. */
function spelledOut(implementation: unknown, place: Place): GuardStructure | undefined {
  if (implementation === undefined) return undefined
  return typeof implementation === 'function' ? combination(implementation, place) : describe(implementation, place)
}

function combination(guard: object, place: Place): GuardStructure | undefined {
  const check = fieldOf(guard, 'check')
  if (typeof check !== 'function') return undefined
  const kind = KIND_BY_CHECK.get(check) ?? KIND_BY_NAME[check.name]
  if (kind === undefined) return undefined
  if (kind === 'stateIn') return { kind, state: plain(fieldOf(guard, 'stateValue')) }
  const parts = fieldOf(guard, 'guards')
  const guards = Array.isArray(parts) ? parts : []
  return {
    kind,
    guards: guards.map((part, index) => describe(part, { ...place, position: `${place.position}/${index}` })),
  }
}

/** `value` as JSON that tells apart what guards are parametrised with; a function is only known to be one. */
function plain(value: unknown): unknown {
  if (typeof value === 'function') return '[function]'
  if (typeof value === 'bigint') return `${value}n`
  if (value === undefined || typeof value === 'symbol' || typeof value === 'number') return jsonOrText(value)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(plain)
  if (value instanceof Date || value instanceof RegExp) return String(value)
  if (value instanceof Map || value instanceof Set) return [...value].map(plain)
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, plain(part)]))
}

function jsonOrText(value: number | symbol | undefined): number | string {
  return typeof value === 'number' && Number.isFinite(value) ? value : String(value)
}

function fieldOf(value: unknown, key: string): unknown {
  const holdsFields = typeof value === 'function' || (typeof value === 'object' && value !== null)
  return holdsFields ? Reflect.get(value, key) : undefined
}
