/**
 * Any value that may be stored, onto the wire.
 *
 * 1. Refused are the values that `toStorable` refuses, with the same error and path; in one walk, without a copy.
 * 2. What goes out is within the limits of the peer: a value that would be refused there throws here, with its path.
 */
import { Buffer } from 'node:buffer'
import {
  assertStorableKey,
  isError,
  isPlainPrototype,
  Offence,
  type RefCodec,
  toStorable,
  within,
} from '../../persistence/storable.js'
import type { ByteWriter } from './byte-writer.js'
import { ARRAY_BUFFER, DATA_VIEW, ExtensionType, MAX_REGEXP_LENGTH, TYPED_ARRAYS, WireKind } from './extension-types.js'
import type { WireLimits } from './limits.js'
import { overLimit } from './protocol-error.js'
import { timestamp, twosComplement } from './scalars.js'

/** Writes one value after another into one buffer. */
export interface ValueWriter {
  /**
   * `level` is how many arrays it stands in. Answers how many values it holds, as the scanner counts them. Throws
   * `VALUE_NOT_STORABLE`, with a path that begins with `at`, or a `ProtocolError` with `FRAME_LIMIT`.
   */
  write(value: unknown, at: string, level: number): number
}

export function createValueWriter(out: ByteWriter, refs: RefCodec, limits: WireLimits): ValueWriter {
  const walk = new Walk(out, refs, limits)
  return {
    write(value, at, level) {
      try {
        return walk.start(value, at, level)
      } catch (error) {
        out.clear()
        if (error instanceof Offence) throw error.toError(at)
        if (!(error instanceof TooDeep)) throw error
        // What contains itself is too deep as well: it is told as the store tells it.
        toStorable(value, at, refs)
        throw overLimit('depth', limits.depth, at)
      }
    },
  }
}

/** Thrown through the walk: there are too many levels. */
class TooDeep extends Error {}

const ERROR_FIELDS = new Set(['name', 'message', 'stack'])

class Walk {
  private nodes = 0
  /** The errors that the walk is inside of. */
  private readonly errors = new Set<Error>()
  private at = ''

  constructor(
    private readonly out: ByteWriter,
    private readonly refs: RefCodec,
    private readonly limits: WireLimits,
  ) {}

  start(value: unknown, at: string, level: number): number {
    this.nodes = 0
    this.at = at
    this.value(value, level)
    return this.nodes
  }

  value(value: unknown, level: number): void {
    this.count()
    if (typeof value === 'string') this.text(value)
    else if (typeof value === 'number') this.out.number(value)
    else if (typeof value === 'boolean') this.out.boolean(value)
    else if (value === null) this.out.nil()
    else if (value === undefined) this.extension(ExtensionType.undefined, () => this.out.byte(0))
    else if (typeof value === 'bigint') this.bigint(value)
    else if (typeof value === 'object') this.object(value, level)
    else throw new Offence(nameOfOther(value))
  }

  private object(value: object, level: number): void {
    const prototype = Object.getPrototypeOf(value)
    if (isPlainPrototype(prototype)) this.plain(value as Record<string, unknown>, level)
    else if (prototype === Array.prototype) this.array(value as unknown[], level)
    else if (prototype === Buffer.prototype) this.binary(value as Buffer)
    else if (prototype === Date.prototype) this.date(value as Date)
    else if (prototype === Map.prototype) this.entries(value as Map<unknown, unknown>, level)
    else if (prototype === Set.prototype) this.set(value as Set<unknown>, level)
    else if (prototype === RegExp.prototype) this.regexp(value as RegExp, level)
    else if (!this.bytes(value, prototype)) this.instance(value, prototype, level)
  }

  private instance(value: object, prototype: object, level: number): void {
    const address = this.refs.encode(value)
    if (address !== undefined) this.kind(WireKind.ref, () => this.value(address, level + 1))
    else if (isError(value)) this.error(value, level)
    else throw new Offence(`an instance of ${prototype.constructor?.name ?? 'an unknown class'}`)
  }

  private plain(object: Record<string, unknown>, level: number): void {
    const keys = Object.keys(object)
    if (keys.length > this.limits.mapKeys) throw this.exceeded('mapKeys')
    this.enter(level)
    this.out.map(keys.length)
    let inside: string | undefined
    try {
      for (const key of keys) {
        inside = undefined
        this.key(key)
        inside = key
        this.value(object[key], level + 1)
      }
    } catch (error) {
      throw inside === undefined ? error : within(error, inside)
    }
  }

  private key(key: string): void {
    this.count()
    if (key !== '__proto__' && this.shortText(key)) return
    assertStorableKey(key)
    if (key.length * 3 > this.limits.stringBytes && Buffer.byteLength(key) > this.limits.stringBytes)
      throw this.exceeded('stringBytes')
    this.out.text(key)
  }

  private array(array: readonly unknown[], level: number): void {
    if (array.length > this.limits.arrayLength) throw this.exceeded('arrayLength')
    this.enter(level)
    this.out.array(array.length)
    let i = 0
    try {
      for (; i < array.length; i++) this.value(array[i], level + 1)
    } catch (error) {
      throw within(error, i)
    }
  }

  /** An array that a value of Roscius is made of. */
  private parts(array: readonly unknown[], level: number): void {
    this.count()
    this.array(array, level)
  }

  private entries(map: ReadonlyMap<unknown, unknown>, level: number): void {
    if (map.size * 2 > this.limits.arrayLength) throw this.exceeded('arrayLength')
    this.kind(WireKind.map, () => {
      this.count()
      this.enter(level + 1)
      this.out.array(map.size * 2)
      for (const [key, value] of map) this.entry(key, value, level + 2)
    })
  }

  private entry(key: unknown, value: unknown, level: number): void {
    try {
      this.value(key, level)
      this.value(value, level)
    } catch (error) {
      throw error instanceof Offence ? error.in(`.get(${nameOf(key)})`) : error
    }
  }

  private set(set: ReadonlySet<unknown>, level: number): void {
    this.kind(WireKind.set, () => this.parts([...set], level + 1))
  }

  /** Writes a short text that holds nothing to be looked for; false for any other. */
  private shortText(text: string): boolean {
    return text.length <= this.limits.stringBytes && this.out.shortText(text)
  }

  private text(text: string): void {
    if (this.shortText(text)) return
    // Two bytes a unit at most are what a text with unpaired surrogates takes, three what UTF-8 does.
    if (text.length * 3 > this.limits.stringBytes && Buffer.byteLength(text) > this.limits.stringBytes)
      throw this.exceeded('stringBytes')
    if ((text as string & { isWellFormed(): boolean }).isWellFormed()) this.out.text(text)
    else this.kind(WireKind.text, () => this.out.raw(Buffer.from(text, 'utf16le')))
  }

  private bigint(value: bigint): void {
    if (this.out.bigint(value)) return
    this.extension(ExtensionType.bigint, () => this.out.raw(twosComplement(value)))
  }

  private binary(bytes: Uint8Array): void {
    if (bytes.length > this.limits.stringBytes) throw this.exceeded('stringBytes')
    this.out.binary(bytes)
  }

  private date(date: Date): void {
    const ms = date.getTime()
    if (Number.isNaN(ms)) this.kind(WireKind.invalidDate, () => {})
    else this.extension(ExtensionType.timestamp, () => this.out.raw(timestamp(ms)))
  }

  private regexp(value: RegExp, level: number): void {
    if (value.source.length > MAX_REGEXP_LENGTH)
      throw new Offence(`a regular expression of more than ${MAX_REGEXP_LENGTH} characters`)
    this.kind(WireKind.regexp, () => this.parts([value.source, value.flags], level + 1))
  }

  /** Views and buffers; false for anything else. */
  private bytes(value: object, prototype: unknown): boolean {
    const which = TYPED_ARRAYS.findIndex((Class) => Class.prototype === prototype)
    const code =
      which >= 0
        ? which
        : prototype === ArrayBuffer.prototype
          ? ARRAY_BUFFER
          : prototype === DataView.prototype
            ? DATA_VIEW
            : -1
    if (code < 0) return false
    const bytes = ArrayBuffer.isView(value)
      ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
      : new Uint8Array(value as ArrayBuffer)
    this.extension(ExtensionType.typedArray, () => {
      this.out.byte(code)
      this.out.raw(bytes)
    })
    return true
  }

  private error(error: Error, level: number): void {
    if (this.errors.has(error)) throw new Offence('an error that contains itself (a cycle)')
    this.errors.add(error)
    try {
      this.kind(WireKind.error, () => {
        this.count()
        this.enter(level + 1)
        this.out.array(4)
        for (const field of [error.name, error.message, error.stack]) this.value(String(field ?? ''), level + 2)
        this.extras(error, level + 2)
      })
    } finally {
      this.errors.delete(error)
    }
  }

  /** As in the store: a property that can't be sent is left out, so that failing can always be told. */
  private extras(error: Error, level: number): void {
    this.count()
    this.enter(level)
    const start = this.out.length
    let count = 0
    for (const key of new Set([...Object.keys(error), 'cause', 'errors'])) {
      if (!Object.hasOwn(error, key) || ERROR_FIELDS.has(key)) continue
      if (this.extra(key, Reflect.get(error, key), level)) count++
    }
    if (count > this.limits.mapKeys) throw this.exceeded('mapKeys')
    this.out.mapFrom(start, count)
  }

  /** Takes back what it wrote, and answers false, if the property can't be sent. */
  private extra(key: string, value: unknown, level: number): boolean {
    const { nodes } = this
    const start = this.out.length
    try {
      this.key(key)
      this.value(value, level + 1)
      return true
    } catch (error) {
      if (!(error instanceof Offence || error instanceof TooDeep)) throw error
      this.nodes = nodes
      this.out.length = start
      return false
    }
  }

  private kind(kind: number, write: () => void): void {
    this.extension(ExtensionType.roscius, () => {
      this.out.byte(kind)
      write()
    })
  }

  private extension(type: number, write: () => void): void {
    const start = this.out.length
    write()
    if (this.out.length - start > this.limits.stringBytes) throw this.exceeded('stringBytes')
    this.out.extensionFrom(start, type)
  }

  private count(): void {
    if (++this.nodes > this.limits.nodes) throw this.exceeded('nodes')
  }

  private enter(level: number): void {
    if (level >= this.limits.depth) throw new TooDeep()
    if (this.out.length > this.limits.frameBytes) throw this.exceeded('frameBytes')
  }

  private exceeded(limit: keyof WireLimits): Error {
    return overLimit(limit, this.limits[limit], this.at)
  }
}

function nameOf(key: unknown): string {
  return typeof key === 'string' ? JSON.stringify(key) : typeof key === 'object' ? 'object' : String(key)
}

function nameOfOther(value: unknown): string {
  if (typeof value !== 'function') return 'a symbol'
  return value.name === '' ? 'a function' : `the function ${value.name}`
}
