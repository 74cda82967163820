/**
 * What a machine holds beside its states (meta, parameters, outputs), as JSON.
 *
 * 1. Functions, symbols and what JSON has no word for become texts; nothing is called, not even `toJSON`.
 * 2. Cycles end in `[circular]`, and what lies deeper than sixteen levels in `[deep]`.
 */

const MAX_DEPTH = 16

export function plainData(value: unknown, around: readonly object[] = []): unknown {
  if (typeof value === 'function') return '[function]'
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (typeof value === 'symbol' || value === undefined) return String(value)
  return typeof value === 'object' && value !== null ? plainObject(value, around) : value
}

function plainObject(value: object, around: readonly object[]): unknown {
  if (around.includes(value)) return '[circular]'
  if (around.length >= MAX_DEPTH) return '[deep]'
  if (value instanceof Date || value instanceof RegExp || value instanceof Error) return String(value)
  if ('sessionId' in value && 'send' in value) return '[actor]'
  const inner = (part: unknown): unknown => plainData(part, [...around, value])
  if (value instanceof Map) return [...value].map(inner)
  if (Array.isArray(value) || value instanceof Set) return [...value].map(inner)
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, part]) => part !== undefined)
      .map(([key, part]) => [key, inner(part)]),
  )
}
