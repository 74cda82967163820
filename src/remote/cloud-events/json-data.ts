/**
 * A copy of a value that JSON gives back as it is.
 *
 * 1. What JSON would lose or change (Map, Set, Date, Error, bigint, NaN, bytes inside, instances of classes, cycles) is
 *    refused with its path, not made into something else.
 * 2. Three things are put as JSON can: a ref is its address, -0 is 0, a field that is `undefined` is left out.
 * 3. Never taken: `__proto__` as a key, and what is nested deeper than `MAX_DEPTH`.
 */
import { isPlainPrototype } from '../../persistence/storable.js'
import { cloudEventInvalid } from './invalid.js'

const MAX_DEPTH = 256

interface Walk {
  readonly path: (string | number)[]
  readonly ancestors: Set<object>
}

/** Throws `CLOUD_EVENT_INVALID` with the path of what JSON can't hold; paths begin with `at`. */
export function jsonData(value: unknown, at: string): unknown {
  return copy(value, { path: [at], ancestors: new Set() })
}

function copy(value: unknown, walk: Walk): unknown {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value
    case 'number':
      if (!Number.isFinite(value)) throw refusal(walk, String(value))
      return value + 0
    case 'object':
      return value === null ? null : copyObject(value, walk)
    default:
      throw refusal(walk, value === undefined ? 'undefined' : `a ${typeof value}`)
  }
}

function copyObject(value: object, walk: Walk): unknown {
  const prototype = Object.getPrototypeOf(value)
  const isArray = Array.isArray(value)
  if (!isArray && !isPlainPrototype(prototype)) return addressOf(value, walk)
  if (walk.ancestors.has(value)) throw refusal(walk, 'an object that contains itself (a cycle)')
  if (walk.path.length > MAX_DEPTH) throw refusal(walk, `nested more than ${MAX_DEPTH} levels deep`)
  walk.ancestors.add(value)
  const copied = isArray ? copyArray(value, walk) : copyPlain(value as Record<string, unknown>, walk)
  walk.ancestors.delete(value)
  return copied
}

/** Holes are `undefined` here, and refused. */
function copyArray(array: readonly unknown[], walk: Walk): unknown[] {
  return Array.from(array, (value, i) => inside(i, value, walk))
}

function copyPlain(object: Readonly<Record<string, unknown>>, walk: Walk): Record<string, unknown> {
  const copied: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(object)) {
    if (key === '__proto__') throw refusal(walk, 'an object with a key __proto__')
    if (value !== undefined) copied[key] = inside(key, value, walk)
  }
  return copied
}

function inside(key: string | number, value: unknown, walk: Walk): unknown {
  walk.path.push(key)
  const copied = copy(value, walk)
  walk.path.pop()
  return copied
}

/** Of the instances of classes only refs have something that says what they are. */
function addressOf(value: object, walk: Walk): string {
  const { address, send } = value as { readonly address?: unknown; readonly send?: unknown }
  if (typeof address === 'string' && typeof send === 'function') return address
  if (value instanceof Uint8Array) throw refusal(walk, 'bytes, which can only be all of the data')
  throw refusal(walk, `an instance of ${value.constructor?.name || 'an unknown class'}`)
}

function refusal({ path: [root, ...rest] }: Walk, what: string): Error {
  const field = rest.reduce<string>((path, key) => path + formatKey(key), String(root))
  return cloudEventInvalid(field, `can't be put into JSON: it is ${what}`)
}

function formatKey(key: string | number): string {
  if (typeof key === 'number') return `[${key}]`
  return /^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`
}
