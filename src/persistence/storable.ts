/**
 * What may be stored, and in which guise.
 *
 * The walk answers the very value that it is given unless something inside must be substituted; then a copy along the
 * changed path. Substituted are what msgpack alone would lose: Map, Set, Error, refs, -0, and strings with unpaired
 * surrogates. Each becomes a `Stored`, which the codec writes as an extension and turns back while it decodes, so no
 * second walk is needed on reading.
 *
 * 1. Never written: functions, symbols, cycles, instances of unknown classes, `__proto__` as an own key. They throw
 *    `VALUE_NOT_STORABLE` with the path of the value.
 * 2. The path is put together while the error unwinds: a value that is storable pays nothing for it.
 * 3. An Error keeps its name, message, stack, cause, `errors` and own enumerable properties; a property that can't be
 *    stored is left out, so that failing is always recordable. Its class comes back if it is built in, else as Error.
 * 4. Holes of an array come back as undefined, an object without prototype as a plain one; symbol keys and accessors are
 *    not kept, as with structuredClone.
 */
import { isNativeError } from 'node:util/types'
import { RosciusError } from '../core/errors.js'

/** How the refs of a system become addresses and addresses become refs. */
export interface RefCodec {
  /** The address of a ref; undefined for any other class instance. Asked only for class instances. */
  encode(value: object): string | undefined
  decode(address: string): unknown
}

/** For values in which refs can't occur: finds none, and keeps an address that it meets as a string. */
export const NO_REFS: RefCodec = { encode: () => undefined, decode: (address) => address }

/** What a `Stored` stands for; the numbers are part of the record format. */
export const StoredKind = { ref: 0, map: 1, set: 2, error: 3, negativeZero: 4, text: 5 } as const

/** A substituted value on its way to the codec: its kind and the msgpack data that it is made again from. */
export class Stored {
  constructor(
    readonly kind: number,
    readonly data: unknown,
  ) {}
}

/** Deeper than this, ancestors are remembered to find cycles; above, nothing is. */
const UNGUARDED_DEPTH = 32
/** The codec recurses: deeper values could not be written. */
const MAX_DEPTH = 1_000

interface Walk {
  readonly refs: RefCodec
  readonly guardFrom: number
  /** Made when first needed: hardly any value is that deep. */
  ancestors: Set<object> | undefined
}

/** Thrown through the walk; collects the path, innermost segment first. */
export class Offence {
  private readonly segments: string[] = []

  constructor(
    readonly what: string,
    readonly isCycle = false,
  ) {}

  in(segment: string): this {
    this.segments.push(segment)
    return this
  }

  toError(root: string): RosciusError {
    const path = (root + this.segments.toReversed().join('')).replace(/^\./, '')
    const message = `The value at ${path || 'the root'} can't be stored: it is ${this.what}. Keep plain data there (objects, arrays, strings, numbers, dates, maps, sets, bytes, errors, refs).`
    return new RosciusError('VALUE_NOT_STORABLE', message, { details: { path, what: this.what } })
  }
}

/** Adds a segment to the path of an offence that passes by; any other error stays as it is. */
export function within(error: unknown, segment: string | number): unknown {
  return error instanceof Offence ? error.in(formatSegment(segment)) : error
}

function formatSegment(segment: string | number): string {
  if (typeof segment === 'number') return `[${segment}]`
  return /^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(segment) ? `.${segment}` : `[${JSON.stringify(segment)}]`
}

/**
 * `value` in the guise in which the codec takes it: the same object when nothing in it must be substituted.
 * Throws `VALUE_NOT_STORABLE` with `details.path` beginning with `path` (`'context'` gives `context.items[3].onClick`).
 */
export function toStorable(value: unknown, path: string, refs: RefCodec): unknown {
  try {
    return storable(value, refs)
  } catch (error) {
    throw error instanceof Offence ? error.toError(path) : error
  }
}

/** `toStorable` for walks that know their path themselves: throws an `Offence`. */
export function storable(value: unknown, refs: RefCodec): unknown {
  if (typeof value !== 'object') return substitutePrimitive(value)
  try {
    return substitute(value, { refs, guardFrom: UNGUARDED_DEPTH, ancestors: undefined }, 0)
  } catch (error) {
    if (!(error instanceof Offence && error.isCycle)) throw error
    // Found late, deep inside its own repetition: walk again with every ancestor known, for the shortest path.
    return substitute(value, { refs, guardFrom: 0, ancestors: undefined }, 0)
  }
}

/** Refuses keys that would not come back as they are. */
export function assertStorableKey(key: string): void {
  if (key === '__proto__') throw new Offence('an own property called __proto__').in(formatSegment(key))
  if (!isWellFormed(key)) throw new Offence('under a key with an unpaired surrogate').in(formatSegment(key))
}

function substitutePrimitive(value: unknown): unknown {
  switch (typeof value) {
    case 'string':
      return isWellFormed(value) ? value : new Stored(StoredKind.text, Buffer.from(value, 'utf16le'))
    case 'number':
      return Object.is(value, -0) ? new Stored(StoredKind.negativeZero, null) : value
    case 'function':
      throw new Offence(value.name === '' ? 'a function' : `the function ${value.name}`)
    case 'symbol':
      throw new Offence('a symbol')
    default:
      return value
  }
}

function substitute(value: unknown, walk: Walk, depth: number): unknown {
  if (typeof value !== 'object') return substitutePrimitive(value)
  if (value === null) return null
  return depth < walk.guardFrom ? substituteObject(value, walk, depth) : substituteGuarded(value, walk, depth)
}

function substituteGuarded(value: object, walk: Walk, depth: number): unknown {
  if (walk.ancestors?.has(value)) throw new Offence('an object that contains itself (a cycle)', true)
  if (depth > MAX_DEPTH) throw new Offence(`nested more than ${MAX_DEPTH} levels deep`)
  return asAncestor(value, walk, () => substituteObject(value, walk, depth))
}

/** Knows `value` as an ancestor while `descend` runs. */
function asAncestor(value: object, walk: Walk, descend: () => unknown): unknown {
  walk.ancestors ??= new Set()
  const { ancestors } = walk
  ancestors.add(value)
  try {
    return descend()
  } finally {
    ancestors.delete(value)
  }
}

function substituteObject(value: object, walk: Walk, depth: number): unknown {
  const prototype = Object.getPrototypeOf(value)
  if (isPlainPrototype(prototype)) return substitutePlain(value as Record<string, unknown>, walk, depth)
  if (prototype === Array.prototype) return substituteArray(value as unknown[], walk, depth)
  if (PASSED.has(prototype)) return value
  if (prototype === Map.prototype) return substituteMap(value as Map<unknown, unknown>, walk, depth)
  if (prototype === Set.prototype) return substituteSet(value as Set<unknown>, walk, depth)
  const address = walk.refs.encode(value)
  if (address !== undefined) return new Stored(StoredKind.ref, address)
  if (isError(value)) return substituteError(value, walk, depth)
  throw new Offence(`an instance of ${prototype?.constructor?.name ?? 'an unknown class'}`)
}

function substitutePlain(object: Record<string, unknown>, walk: Walk, depth: number): unknown {
  let copy: Record<string, unknown> | undefined
  for (const key of Object.keys(object)) {
    assertStorableKey(key)
    const value = object[key]
    try {
      const substituted = substitute(value, walk, depth + 1)
      if (substituted === value || Number.isNaN(value)) continue
      copy ??= { ...object }
      copy[key] = substituted
    } catch (error) {
      throw within(error, key)
    }
  }
  return copy ?? object
}

function substituteArray(array: unknown[], walk: Walk, depth: number): unknown[] {
  let copy: unknown[] | undefined
  for (let i = 0; i < array.length; i++) {
    const value = array[i]
    try {
      const substituted = substitute(value, walk, depth + 1)
      if (substituted === value || Number.isNaN(value)) continue
      copy ??= array.slice()
      copy[i] = substituted
    } catch (error) {
      throw within(error, i)
    }
  }
  return copy ?? array
}

function substituteMap(map: Map<unknown, unknown>, walk: Walk, depth: number): Stored {
  const flat: unknown[] = []
  for (const [key, value] of map) {
    try {
      flat.push(substitute(key, walk, depth + 1), substitute(value, walk, depth + 1))
    } catch (error) {
      throw error instanceof Offence ? error.in(`.get(${nameOf(key)})`) : error
    }
  }
  return new Stored(StoredKind.map, flat)
}

function substituteSet(set: Set<unknown>, walk: Walk, depth: number): Stored {
  const elements: unknown[] = []
  for (const element of set) {
    try {
      elements.push(substitute(element, walk, depth + 1))
    } catch (error) {
      throw within(error, elements.length)
    }
  }
  return new Stored(StoredKind.set, elements)
}

/** Errors are ancestors at any depth: a cycle through one is cut at the outermost, not copied until it is found. */
function substituteError(error: Error, walk: Walk, depth: number): unknown {
  if (depth < walk.guardFrom && walk.ancestors?.has(error)) throw new Offence('an error that contains itself (a cycle)')
  return asAncestor(error, walk, () => {
    const fields = [error.name, error.message, error.stack].map((field) => substitutePrimitive(String(field ?? '')))
    return new Stored(StoredKind.error, [...fields, storableExtras(error, walk, depth)])
  })
}

function storableExtras(error: Error, walk: Walk, depth: number): Record<string, unknown> {
  const extras: Record<string, unknown> = {}
  for (const key of new Set([...Object.keys(error), 'cause', 'errors'])) {
    if (!Object.hasOwn(error, key) || ERROR_FIELDS.has(key)) continue
    try {
      assertStorableKey(key)
      extras[key] = substitute(Reflect.get(error, key), walk, depth + 1)
    } catch (offence) {
      if (!(offence instanceof Offence)) throw offence
    }
  }
  return extras
}

const ERROR_FIELDS = new Set(['name', 'message', 'stack'])

const PASSED: ReadonlySet<unknown> = new Set(
  [
    [Date, RegExp, ArrayBuffer, DataView, Buffer, Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array],
    [Int32Array, Uint32Array, Float32Array, Float64Array, BigInt64Array, BigUint64Array],
  ].flatMap((classes) => classes.map((Class) => Class.prototype)),
)

/** Also the errors of another realm, and those that aren't native (a DOMException). */
export function isError(value: object): value is Error {
  return value instanceof Error || isNativeError(value)
}

/** Whether objects with this prototype are plain ones; also those of another realm (a vm context, a test runner). */
export function isPlainPrototype(prototype: object | null): boolean {
  if (prototype === Object.prototype || prototype === null) return true
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'isPrototypeOf')
}

/** `String.prototype.isWellFormed`, which Node has since 20 and the ES2023 library of TypeScript doesn't know. */
function isWellFormed(text: string): boolean {
  return (text as string & { isWellFormed(): boolean }).isWellFormed()
}

function nameOf(key: unknown): string {
  return typeof key === 'string' ? JSON.stringify(key) : typeof key === 'object' ? 'object' : String(key)
}
