/**
 * The change between two states: what a journal record holds instead of the state.
 *
 * `diff` relies on structural sharing: where both states hold the same object it stops. What is not shared is compared by
 * content, so a rebuilt but equal part costs time and no bytes. `apply` gives the next state from the previous one.
 *
 * A delta is an array; its first element says which:
 *
 *     [0, value]                              replace by value
 *     [1, sets, nested, deletes, order]       object: sets = [key, value, …], nested = [key, delta, …], deletes = [key, …],
 *                                             order = all keys, when they don't keep their places (trailing parts are
 *                                             left out, empty ones before them are 0)
 *     [2, ...values]                          array: append
 *     [3, index, delta, …]                    array of the same length: change some elements
 *     [4, …]                                  array made of: `from, count` (a run of the old one), `-1, index, delta` (a
 *                                             changed element of the old one), `[...values]` (new elements)
 *     [5, text]                               string: append
 *     [6, sets, nested, deletes]              Map with primitive keys, as 1
 *     [7, added, deleted]                     Set of primitives
 *
 * 1. `apply(previous, diff(previous, next))` equals `next`, also in the order of keys; `diff` of equal states is undefined.
 * 2. `apply` changes neither base nor delta, and shares what did not change.
 * 3. Appending to an array, and sliding a window over one, cost pointer comparisons and write the new elements only.
 * 4. New values go through `storable`; an offence gets its path while it unwinds.
 */

import { isDeepStrictEqual } from 'node:util'
import { diffArray } from './delta-array.js'
import { diffMap, diffSet } from './delta-collections.js'
import { type Delta, Op } from './delta-format.js'
import { assertStorableKey, isError, isPlainPrototype, Offence, type RefCodec, storable, within } from './storable.js'

export { apply } from './delta-apply.js'
export type { Delta } from './delta-format.js'

/** Shorter strings are written anew rather than appended to. */
const MIN_APPENDED_TO = 32

/**
 * The delta from `previous` to `next`, ready for the codec; undefined when they are equal.
 * Throws `VALUE_NOT_STORABLE` with `details.path` beginning with `path`.
 */
export function diff(previous: unknown, next: unknown, refs: RefCodec, path = ''): Delta | undefined {
  try {
    return diffValue(previous, next, refs)
  } catch (error) {
    throw error instanceof Offence ? error.toError(path) : error
  }
}

/** `diff` for walks that know their path themselves: throws an `Offence`. */
function diffValue(previous: unknown, next: unknown, refs: RefCodec): Delta | undefined {
  if (Object.is(previous, next)) return undefined
  if (typeof next === 'string') return diffString(previous, next, refs)
  if (typeof next !== 'object' || next === null || typeof previous !== 'object' || previous === null) {
    return [Op.replace, storable(next, refs)]
  }
  return diffObject(previous, next, refs)
}

function diffString(previous: unknown, next: string, refs: RefCodec): Delta {
  if (typeof previous === 'string' && previous.length >= MIN_APPENDED_TO && next.startsWith(previous)) {
    return [Op.appendText, storable(next.slice(previous.length), refs)]
  }
  return [Op.replace, storable(next, refs)]
}

function diffObject(previous: object, next: object, refs: RefCodec): Delta | undefined {
  const prototype = Object.getPrototypeOf(next)
  const formerPrototype = Object.getPrototypeOf(previous)
  if (isPlainPrototype(prototype) && isPlainPrototype(formerPrototype)) {
    return diffPlain(previous as Record<string, unknown>, next as Record<string, unknown>, refs)
  }
  if (prototype === formerPrototype) {
    if (prototype === Array.prototype) return diffArray(previous as unknown[], next as unknown[], refs, diffValue)
    if (prototype === Map.prototype) {
      return diffMap(previous as Map<unknown, unknown>, next as Map<unknown, unknown>, refs, diffValue)
    }
    if (prototype === Set.prototype) return diffSet(previous as Set<unknown>, next as Set<unknown>, refs, diffValue)
    if (isSameLeaf(previous, next, refs)) return undefined
  } else if (isSameRef(previous, next, refs)) return undefined
  if (isError(next) && isError(previous)) return diffError(previous, next, refs)
  return [Op.replace, storable(next, refs)]
}

/** By what is stored of them: an error that was recovered has lost a class that isn't built in. */
function diffError(previous: Error, next: Error, refs: RefCodec): Delta | undefined {
  const stored = storable(next, refs)
  return isDeepStrictEqual(storable(previous, refs), stored) ? undefined : [Op.replace, stored]
}

/** What differs between two objects, key by key; a list is made with its first pair, so that few changes cost few bytes. */
interface Changes {
  /** `[key, value, …]` */
  sets: unknown[] | undefined
  /** `[key, delta, …]` */
  nested: unknown[] | undefined
}

function diffPlain(
  previous: Record<string, unknown>,
  next: Record<string, unknown>,
  refs: RefCodec,
): Delta | undefined {
  const keys = Object.keys(next)
  const isAligned = hasKeys(previous, keys)
  const changes: Changes = { sets: undefined, nested: undefined }
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]!
    const value = next[key]
    try {
      if (isAligned || Object.hasOwn(previous, key)) noteChange(changes, key, diffValue(previous[key], value, refs))
      else {
        assertStorableKey(key)
        changes.sets = withPair(changes.sets, key, storable(value, refs))
      }
    } catch (error) {
      throw within(error, key)
    }
  }
  return isAligned ? compact(changes) : compactMoved(previous, next, keys, changes)
}

/** Whether these are the keys of `object`, in their order; compared one by one, so that nobody pays for a list of them. */
function hasKeys(object: object, keys: readonly string[]): boolean {
  let count = 0
  for (const key in object) if (keys[count++] !== key) return false
  return count === keys.length
}

function noteChange(changes: Changes, key: string, delta: Delta | undefined): void {
  if (delta === undefined) return
  if (delta[0] === Op.replace) changes.sets = withPair(changes.sets, key, delta[1])
  else changes.nested = withPair(changes.nested, key, delta)
}

function withPair(list: unknown[] | undefined, key: string, value: unknown): unknown[] {
  if (list === undefined) return [key, value]
  list.push(key, value)
  return list
}

/** The delta of an object whose keys were added, deleted or moved. */
function compactMoved(previous: object, next: object, keys: readonly string[], changes: Changes): Delta | undefined {
  const formerKeys = Object.keys(previous)
  const deletes = formerKeys.filter((key) => !Object.hasOwn(next, key))
  const added = keys.filter((key) => !Object.hasOwn(previous, key))
  const kept = deletes.length === 0 ? formerKeys : formerKeys.filter((key) => Object.hasOwn(next, key))
  return compact(changes, deletes, keepsPlaces([...kept, ...added], keys) ? NONE : keys)
}

/** Whether keys set in the order `made` end up in the order `wanted`. Keys that are indexes always sort themselves first. */
function keepsPlaces(made: readonly string[], wanted: readonly string[]): boolean {
  if (made.every((key, i) => key === wanted[i])) return true
  const rest = wanted.filter((key) => !isIndex(key))
  return made.filter((key) => !isIndex(key)).every((key, i) => key === rest[i])
}

function isIndex(key: string): boolean {
  return /^(0|[1-9]\d{0,9})$/.test(key) && Number(key) < 2 ** 32 - 1
}

const NONE: readonly string[] = []

function compact(
  { sets, nested }: Changes,
  deletes: readonly string[] = NONE,
  order: readonly string[] = NONE,
): Delta | undefined {
  if (order.length > 0) return [Op.object, sets ?? 0, nested ?? 0, deletes.length === 0 ? 0 : deletes, order]
  if (deletes.length > 0) return [Op.object, sets ?? 0, nested ?? 0, deletes]
  if (nested !== undefined) return [Op.object, sets ?? 0, nested]
  return sets === undefined ? undefined : [Op.object, sets]
}

/** Whether two different objects of one class, neither plain nor a collection, are stored alike. */
function isSameLeaf(previous: object, next: object, refs: RefCodec): boolean {
  if (next instanceof Date) return Object.is(next.getTime(), (previous as Date).getTime())
  if (next instanceof RegExp) return String(next) === String(previous)
  if (ArrayBuffer.isView(next)) return Buffer.compare(bytesOf(previous as ArrayBufferView), bytesOf(next)) === 0
  if (next instanceof ArrayBuffer) return Buffer.compare(Buffer.from(previous as ArrayBuffer), Buffer.from(next)) === 0
  return isSameRef(previous, next, refs)
}

/** Whether two objects, of one class or not, are refs of one actor. */
function isSameRef(previous: object, next: object, refs: RefCodec): boolean {
  const address = refs.encode(next)
  return address !== undefined && address === refs.encode(previous)
}

function bytesOf(view: ArrayBufferView): Buffer {
  return Buffer.from(view.buffer, view.byteOffset, view.byteLength)
}
