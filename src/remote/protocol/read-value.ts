/**
 * The value of bytes that a scanner has passed.
 *
 * 1. It makes plain objects, arrays, dates, bytes, maps, sets, regular expressions, refs, and errors of the built-in
 *    classes; nothing else, whatever the bytes name. `__proto__` as a key is refused, not renamed.
 * 2. Recursion is as deep as the scanner let it be, and lengths are those that it has checked.
 * 3. Nothing keeps the bytes of the frame: binaries are copies.
 */
import { isUtf8 } from 'node:buffer'
import { isNodeName } from '../../core/address.js'
import { type RefCodec, StoredKind } from '../../persistence/storable.js'
import { revive } from '../../persistence/stored-values.js'
import { ARRAY_BUFFER, DATA_VIEW, ExtensionType, MAX_REGEXP_LENGTH, TYPED_ARRAYS, WireKind } from './extension-types.js'
import { malformed, type ProtocolError } from './protocol-error.js'
import { readTimestamp, readTwosComplement } from './scalars.js'
import { SHORT_TEXT_BYTES, type ShortTexts } from './short-texts.js'

const ADDRESS = /^roscius:\/\/([^/]+)\/([!-~]+)$/
const MAX_ADDRESS_LENGTH = 8_192

/** The value in `bytes`, which a scanner has passed. Throws `ProtocolError`. */
export function readValue(bytes: Uint8Array, refs: RefCodec, texts: ShortTexts): unknown {
  return new Reader(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), refs, texts).value()
}

class Reader {
  private position = 0

  constructor(
    private readonly bytes: Buffer,
    private readonly refs: RefCodec,
    private readonly texts: ShortTexts,
  ) {}

  value(): unknown {
    const token = this.bytes[this.position++]!
    if (token < 0x80) return token
    if (token < 0x90) return this.object(token & 0x0f)
    if (token < 0xa0) return this.array(token & 0x0f)
    if (token < 0xc0) return this.text(token & 0x1f)
    return token < 0xe0 ? this.long(token) : token - 0x100
  }

  private long(token: number): unknown {
    switch (token) {
      case 0xc0:
        return null
      case 0xc2:
        return false
      case 0xc3:
        return true
      case 0xc4:
      case 0xc5:
      case 0xc6:
        return this.binary(this.unsigned(1 << (token - 0xc4)))
      case 0xc7:
      case 0xc8:
      case 0xc9:
        return this.extension(this.unsigned(1 << (token - 0xc7)))
      case 0xd9:
      case 0xda:
      case 0xdb:
        return this.text(this.unsigned(1 << (token - 0xd9)))
      case 0xdc:
      case 0xdd:
        return this.array(this.unsigned(2 << (token - 0xdc)))
      case 0xde:
      case 0xdf:
        return this.object(this.unsigned(2 << (token - 0xde)))
      default:
        return token >= 0xd4 ? this.extension(1 << (token - 0xd4)) : this.number(token)
    }
  }

  private number(token: number): unknown {
    switch (token) {
      case 0xca:
        return this.bytes.readFloatBE(this.pass(4))
      case 0xcb:
        return this.bytes.readDoubleBE(this.pass(8))
      case 0xcf:
        return this.bytes.readBigUInt64BE(this.pass(8))
      case 0xd3:
        return this.bytes.readBigInt64BE(this.pass(8))
      default:
        return token < 0xd0 ? this.unsigned(1 << (token - 0xcc)) : this.signed(1 << (token - 0xd0))
    }
  }

  private object(count: number): Record<string, unknown> {
    const object: Record<string, unknown> = {}
    for (let i = 0; i < count; i++) {
      const key = this.key()
      if (key === '__proto__') throw this.broken('a key is __proto__')
      object[key] = this.value()
    }
    return object
  }

  /** The scanner has seen that it is a string. */
  private key(): string {
    const token = this.bytes[this.position]!
    if (token >= 0xc0) return this.value() as string
    this.position++
    return this.text(token & 0x1f)
  }

  private array(count: number): unknown[] {
    const array = new Array<unknown>(count)
    for (let i = 0; i < count; i++) array[i] = this.value()
    return array
  }

  private text(length: number): string {
    const start = this.pass(length)
    if (length <= SHORT_TEXT_BYTES) {
      const ascii = this.texts(this.bytes, start, length)
      if (ascii !== undefined) return ascii
    }
    const text = this.bytes.toString(undefined, start, start + length)
    // The decoder puts this character where bytes are no UTF-8; seldom is it meant.
    if (text.includes('\ufffd') && !isUtf8(this.bytes.subarray(start, start + length)))
      throw this.broken('a string is not UTF-8')
    return text
  }

  private binary(length: number): Buffer {
    const start = this.pass(length)
    return Buffer.from(this.bytes.subarray(start, start + length))
  }

  private extension(length: number): unknown {
    const type = this.bytes[this.position++]!
    const start = this.position
    if (type === ExtensionType.roscius) return this.roscius(start, length)
    this.pass(length)
    if (type === ExtensionType.undefined) return undefined
    if (type === ExtensionType.bigint) return readTwosComplement(this.bytes, start, length)
    if (type === ExtensionType.typedArray) return this.typedArray(start, length)
    return this.date(start, length)
  }

  private date(start: number, length: number): Date {
    const ms = readTimestamp(this.bytes, start, length)
    if (ms === undefined) throw this.broken('a date is out of range')
    return new Date(ms)
  }

  private typedArray(start: number, length: number): unknown {
    // A copy also puts the bytes where the elements are aligned.
    const buffer = Uint8Array.prototype.slice.call(this.bytes, start + 1, start + length).buffer as ArrayBuffer
    const which = this.bytes[start]!
    if (which === ARRAY_BUFFER) return buffer
    if (which === DATA_VIEW) return new DataView(buffer)
    return new TYPED_ARRAYS[which]!(buffer)
  }

  private roscius(start: number, length: number): unknown {
    const kind = this.bytes[start]!
    if (kind === WireKind.text || kind === WireKind.invalidDate) {
      this.pass(length)
      return kind === WireKind.text ? this.bytes.toString('utf16le', start + 1, start + length) : new Date(Number.NaN)
    }
    this.position = start + 1
    return this.revived(kind, this.value())
  }

  private revived(kind: number, data: unknown): unknown {
    switch (kind) {
      case WireKind.ref:
        return this.ref(data)
      case WireKind.map:
        if (Array.isArray(data) && data.length % 2 === 0) return revive(StoredKind.map, data, undefined)
        throw this.broken('a Map is not made of keys and values')
      case WireKind.set:
        if (Array.isArray(data)) return new Set(data)
        throw this.broken('a Set is not made of elements')
      case WireKind.error:
        if (isErrorData(data)) return revive(StoredKind.error, data, undefined)
        throw this.broken('an Error is not made of name, message, stack and properties')
      default:
        return this.regexp(data)
    }
  }

  private ref(address: unknown): unknown {
    const node = typeof address === 'string' && address.length <= MAX_ADDRESS_LENGTH && ADDRESS.exec(address)?.[1]
    if (!isNodeName(node)) throw this.broken('a ref is not an address')
    return this.refs.decode(address as string)
  }

  private regexp(data: unknown): RegExp {
    if (!Array.isArray(data) || data.length !== 2 || !data.every((part) => typeof part === 'string')) {
      throw this.broken('a RegExp is not made of source and flags')
    }
    const [source, flags] = data as [string, string]
    if (source.length > MAX_REGEXP_LENGTH) throw this.broken(`a RegExp is longer than ${MAX_REGEXP_LENGTH} characters`)
    try {
      return new RegExp(source, flags)
    } catch {
      throw this.broken('a RegExp is not one')
    }
  }

  private unsigned(width: number): number {
    let value = 0
    for (const end = this.position + width; this.position < end; this.position++) {
      value = value * 256 + this.bytes[this.position]!
    }
    return value
  }

  private signed(width: number): number {
    return this.bytes.readIntBE(this.pass(width), width)
  }

  private pass(length: number): number {
    const at = this.position
    this.position = at + length
    return at
  }

  private broken(what: string): ProtocolError {
    return malformed(what, `byte ${this.position}`)
  }
}

function isErrorData(data: unknown): boolean {
  if (!Array.isArray(data) || data.length !== 4) return false
  const [name, message, stack, extras] = data
  if (![name, message, stack].every((field) => typeof field === 'string') || !isPlain(extras)) return false
  // A name that is an object would throw wherever the error is printed.
  return !['name', 'message', 'stack'].some((field) => Object.hasOwn(extras as object, field))
}

function isPlain(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}
