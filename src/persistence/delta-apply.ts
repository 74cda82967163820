/**
 * Applies deltas (see `delta.ts` for the format).
 */
import { RosciusError } from '../core/errors.js'
import { CHANGED, type Delta, Op } from './delta-format.js'

/**
 * The state that `delta` makes of `base`. Neither is changed, and unchanged parts are shared with `base`.
 * Throws `RECORD_CORRUPT` when the delta was not made for a base like this one; the caller knows its key.
 */
export function apply(base: unknown, delta: Delta): unknown {
  const [op, ...parts] = delta
  switch (op) {
    case Op.replace:
      return parts[0]
    case Op.object:
      return applyObject(base, parts)
    case Op.append:
      return [...asArray(base), ...parts]
    case Op.elements:
      return applyElements(asArray(base), parts)
    case Op.runs:
      return applyRuns(asArray(base), parts)
    case Op.appendText:
      return asText(base) + asText(parts[0])
    case Op.map:
      return applyMap(base, parts)
    case Op.set:
      return applySet(base, parts)
    default:
      throw misfit(`the operation ${String(op)}`, base)
  }
}

function applyObject(base: unknown, [sets, nested, deletes, order]: readonly unknown[]): unknown {
  if (typeof base !== 'object' || base === null || Array.isArray(base)) throw misfit('an object', base)
  const next: Record<string, unknown> = { ...base }
  for (const key of list(deletes)) delete next[String(key)]
  eachPair(nested, (key, delta) => {
    if (!Object.hasOwn(base, key as string)) throw misfit(`an object with the key ${String(key)}`, base)
    next[key as string] = apply(next[key as string], delta as Delta)
  })
  eachPair(sets, (key, value) => {
    if (key === '__proto__') throw misfit('keys that may be set', base)
    next[key as string] = value
  })
  return order === undefined ? next : Object.fromEntries(list(order).map((key) => [key, next[key as string]]))
}

function applyElements(base: readonly unknown[], changes: readonly unknown[]): unknown[] {
  const next = base.slice()
  eachPair(changes, (index, delta) => {
    next[index as number] = apply(elementAt(base, index), delta as Delta)
  })
  return next
}

function applyRuns(base: readonly unknown[], parts: readonly unknown[]): unknown[] {
  const next: unknown[] = []
  for (let i = 0; i < parts.length; ) {
    const part = parts[i]
    if (Array.isArray(part)) {
      for (const item of part) next.push(item)
      i += 1
    } else if (part === CHANGED) {
      next.push(apply(elementAt(base, parts[i + 1]), parts[i + 2] as Delta))
      i += 3
    } else {
      copyRun(base, part as number, parts[i + 1] as number, next)
      i += 2
    }
  }
  return next
}

function copyRun(base: readonly unknown[], from: number, count: number, into: unknown[]): void {
  if (!(from >= 0 && from + count <= base.length)) throw misfit(`an array of ${from + count} elements`, base)
  for (let i = from; i < from + count; i++) into.push(base[i])
}

function applyMap(base: unknown, [sets, nested, deletes]: readonly unknown[]): unknown {
  if (!(base instanceof Map)) throw misfit('a Map', base)
  const next = new Map<unknown, unknown>(base)
  for (const key of list(deletes)) next.delete(key)
  eachPair(nested, (key, delta) => next.set(key, apply(base.get(key), delta as Delta)))
  eachPair(sets, (key, value) => next.set(key, value))
  return next
}

function applySet(base: unknown, [added, deleted]: readonly unknown[]): unknown {
  if (!(base instanceof Set)) throw misfit('a Set', base)
  const next = new Set<unknown>(base)
  for (const element of list(deleted)) next.delete(element)
  for (const element of list(added)) next.add(element)
  return next
}

function eachPair(pairs: unknown, visit: (first: unknown, second: unknown) => void): void {
  const items = list(pairs)
  for (let i = 0; i < items.length; i += 2) visit(items[i], items[i + 1])
}

/** Empty parts are written as 0 or left out. */
function list(part: unknown): readonly unknown[] {
  return Array.isArray(part) ? part : []
}

function elementAt(base: readonly unknown[], index: unknown): unknown {
  if (typeof index !== 'number' || !(index in base)) throw misfit(`an array with the element ${String(index)}`, base)
  return base[index]
}

function asArray(base: unknown): readonly unknown[] {
  if (!Array.isArray(base)) throw misfit('an array', base)
  return base
}

function asText(base: unknown): string {
  if (typeof base !== 'string') throw misfit('a string', base)
  return base
}

function misfit(expected: string, base: unknown): RosciusError {
  const found = base === null ? 'null' : typeof base
  const message = `A delta doesn't fit its base: it expects ${expected} and finds ${found}. Run \`roscius verify\` on the store.`
  return new RosciusError('RECORD_CORRUPT', message, { details: { expected, found } })
}
