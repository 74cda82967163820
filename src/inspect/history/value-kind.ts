/**
 * What a value is to whoever opens it: its kind, and the fields, elements or entries in it, one level deep.
 *
 * 1. A child is found by a segment of a JSON Pointer, and only if it is the value's own: `__proto__` and `constructor` are
 *    names like any other.
 * 2. No getter, `toString` or `toJSON` of a value is run. What has a class of its own is not opened.
 */
import { types } from 'node:util'

export type ValueKind =
  | 'null'
  | 'undefined'
  | 'boolean'
  | 'number'
  | 'string'
  | 'bigint'
  | 'date'
  | 'bytes'
  | 'array'
  | 'object'
  | 'map'
  | 'set'
  | 'ref'
  | 'error'
  | 'other'

export function kindOf(value: unknown): ValueKind {
  switch (typeof value) {
    case 'object':
      return value === null ? 'null' : kindOfObject(value)
    case 'function':
    case 'symbol':
      return 'other'
    default:
      return typeof value as ValueKind
  }
}

function kindOfObject(value: object): ValueKind {
  // A proxy's traps are somebody's code.
  if (types.isProxy(value)) return 'other'
  if (Array.isArray(value)) return 'array'
  if (types.isMap(value)) return 'map'
  if (types.isSet(value)) return 'set'
  if (types.isDate(value)) return 'date'
  if (ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value)) return 'bytes'
  if (types.isNativeError(value) || value instanceof Error) return 'error'
  if (isRef(value)) return 'ref'
  return isPlain(value) ? 'object' : 'other'
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

/** An actor's ref, of Roscius or of XState: by class, or it would be anything with these names. */
function isRef(value: object): boolean {
  return !isPlain(value) && 'sessionId' in value && 'send' in value
}

/** One child: `segment` finds it again. */
export interface Child {
  readonly segment: string
  /** The name under which it is known: none for an element. */
  readonly name: string | undefined
  readonly value: unknown
}

const ERROR_FIELDS = ['name', 'message', 'stack']

/** Keys are asked for again with every page of a value. */
const keys = new WeakMap<object, readonly string[]>()

function keysOf(value: object, kind: ValueKind): readonly string[] {
  const known = keys.get(value)
  if (known !== undefined) return known
  const own =
    kind === 'error'
      ? [...ERROR_FIELDS, ...Object.getOwnPropertyNames(value).filter((key) => !ERROR_FIELDS.includes(key))]
      : Object.keys(value)
  keys.set(value, own)
  return own
}

/** How many children a value has. */
export function sizeOf(value: unknown, kind = kindOf(value)): number {
  switch (kind) {
    case 'array':
      return (value as readonly unknown[]).length
    case 'map':
    case 'set':
      return (value as ReadonlySet<unknown>).size
    case 'object':
    case 'error':
      return keysOf(value as object, kind).length
    default:
      return 0
  }
}

/** The children from `offset` on, `limit` at most. */
export function childrenOf(value: unknown, offset: number, limit: number): readonly Child[] {
  const kind = kindOf(value)
  const end = Math.min(offset + limit, sizeOf(value, kind))
  switch (kind) {
    case 'array':
      return range(offset, end).map((index) => elementAt(value as readonly unknown[], index))
    case 'object':
    case 'error':
      return keysOf(value as object, kind)
        .slice(offset, end)
        .map((key) => ({ segment: key, name: key, value: fieldOf(value as object, key) }))
    case 'map':
      return slice(value as ReadonlyMap<unknown, unknown>, offset, end).map(([key, item], index) => ({
        segment: segmentOf(key, offset + index),
        name: typeof key === 'string' ? key : undefined,
        value: item,
      }))
    case 'set':
      return slice(value as ReadonlySet<unknown>, offset, end).map((item, index) => ({
        segment: String(offset + index),
        name: undefined,
        value: item,
      }))
    default:
      return []
  }
}

/** The child that a segment leads to; `undefined` if there is none. */
export function childAt(value: unknown, segment: string): Child | undefined {
  const kind = kindOf(value)
  switch (kind) {
    case 'array': {
      const index = indexIn(segment, (value as readonly unknown[]).length)
      return index === undefined ? undefined : elementAt(value as readonly unknown[], index)
    }
    case 'object':
    case 'error': {
      const isThere = kind === 'error' ? keysOf(value as object, kind).includes(segment) : hasOwn(value, segment)
      return isThere ? { segment, name: segment, value: fieldOf(value as object, segment) } : undefined
    }
    case 'map':
      return entryAt(value as ReadonlyMap<unknown, unknown>, segment)
    case 'set': {
      const index = indexIn(segment, (value as ReadonlySet<unknown>).size)
      const [item] = index === undefined ? [] : slice(value as ReadonlySet<unknown>, index, index + 1)
      return index === undefined ? undefined : { segment, name: undefined, value: item }
    }
    default:
      return undefined
  }
}

const hasOwn = (value: unknown, key: string): boolean => Object.prototype.propertyIsEnumerable.call(value, key)

/** A field without running a getter. An error's name may be its class's. */
function fieldOf(value: object, key: string): unknown {
  for (let holder: object | null = value; holder !== null; holder = Object.getPrototypeOf(holder)) {
    const found = Object.getOwnPropertyDescriptor(holder, key)
    if (found !== undefined) return found.value
    if (!ERROR_FIELDS.includes(key)) return undefined
  }
  return undefined
}

function elementAt(array: readonly unknown[], index: number): Child {
  return { segment: String(index), name: undefined, value: Object.getOwnPropertyDescriptor(array, index)?.value }
}

function indexIn(segment: string, size: number): number | undefined {
  const index = /^(?:0|[1-9]\d{0,9})$/.test(segment) ? Number(segment) : size
  return index < size ? index : undefined
}

/** A Map's keys may be anything: those that are no text go by what they look like, or by their place. */
function segmentOf(key: unknown, index: number): string {
  if (typeof key === 'string') return key
  return typeof key === 'object' || typeof key === 'function' || typeof key === 'symbol' ? `#${index}` : String(key)
}

function entryAt(map: ReadonlyMap<unknown, unknown>, segment: string): Child | undefined {
  if (map.has(segment)) return { segment, name: segment, value: map.get(segment) }
  let index = 0
  for (const [key, value] of map) {
    if (typeof key !== 'string' && segmentOf(key, index) === segment) return { segment, name: undefined, value }
    index++
  }
  return undefined
}

function slice<T>(items: Iterable<T>, from: number, to: number): T[] {
  const found: T[] = []
  let index = 0
  for (const item of items) {
    if (index >= to) break
    if (index++ >= from) found.push(item)
  }
  return found
}

const range = (from: number, to: number): number[] => Array.from({ length: Math.max(0, to - from) }, (_, n) => from + n)
