import type { MachineDefinition, StateDefinition } from './machine-definition.js'

/** Ids of the states that are active in a state value, outer states first; what the definition has not is left out. */
export function activeStateIds({ root }: MachineDefinition, value: unknown): string[] {
  return activeIn(root, value)
}

function activeIn({ id, states }: StateDefinition, value: unknown): string[] {
  return [
    id,
    ...insideOf(value).flatMap(([key, inner]) => {
      const child = states.find((state) => state.key === key)
      return child === undefined ? [] : activeIn(child, inner)
    }),
  ]
}

function insideOf(value: unknown): readonly (readonly [key: string, inner: unknown])[] {
  if (typeof value === 'string') return [[value, undefined]]
  return typeof value === 'object' && value !== null ? Object.entries(value) : []
}
