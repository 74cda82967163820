/**
 * The look at a frame's bytes before anything is made of them.
 *
 * It walks from header to header, in one loop without recursion, and counts. After it has passed, the reader may trust
 * every length that it meets.
 *
 * 1. It allocates nothing that grows with what the bytes claim: a stack as deep as the limit, once per scanner.
 * 2. Nothing that is claimed is longer than what is there: an array of n elements has n bytes left, a map 2 n.
 * 3. Only extensions of the wire pass, each as long as its kind may be; a value inside one fills it exactly.
 * 4. Keys of maps are strings. There is one value, and nothing behind it.
 */
import { ARRAY_BUFFER, DATA_VIEW, ExtensionType, holdsValue, TYPED_ARRAYS, WireKind } from './extension-types.js'
import type { WireLimits } from './limits.js'
import { malformed, overLimit, type ProtocolError } from './protocol-error.js'

/** What a level is. */
const ARRAY = 0
const MAP = 1
const EXTENSION = 2

/** How many values `bytes` holds, keys included. Throws a `ProtocolError` unless it is one value within the limits. */
export type Scanner = (bytes: Uint8Array) => number

export function createScanner(limits: WireLimits): Scanner {
  const scan = new Scan(limits)
  return (bytes) => scan.run(bytes)
}

const NOTHING = new Uint8Array()

class Scan {
  private bytes: Uint8Array = NOTHING
  private position = 0
  private level = 0
  private nodes = 0
  /** By level: values still to come, in what, and where they must end. */
  private readonly remaining: Int32Array
  private readonly forms: Uint8Array
  private readonly ends: Int32Array
  private readonly longestShort: number

  constructor(private readonly limits: WireLimits) {
    this.remaining = new Int32Array(limits.depth + 1)
    this.forms = new Uint8Array(limits.depth + 1)
    this.ends = new Int32Array(limits.depth + 1)
    this.longestShort = Math.min(limits.stringBytes, 0x1f)
  }

  run(bytes: Uint8Array): number {
    if (bytes.length > this.limits.frameBytes) throw overLimit('frameBytes', this.limits.frameBytes, 'byte 0')
    this.bytes = bytes
    this.position = 0
    this.level = 0
    this.nodes = 0
    this.remaining[0] = 1
    this.forms[0] = ARRAY
    this.ends[0] = bytes.length
    this.walk()
    if (this.position !== bytes.length) throw this.broken('there are bytes behind its end')
    this.bytes = NOTHING
    return this.nodes
  }

  /** One value a round, until the outermost level is complete. */
  private walk(): void {
    while (true) {
      while (this.remaining[this.level] === 0) {
        if (this.level === 0) return
        this.leave()
      }
      if (this.passShort()) this.value()
    }
  }

  private leave(): void {
    if (this.forms[this.level] === EXTENSION && this.position !== this.ends[this.level]) {
      throw this.broken('an extension is longer than its value')
    }
    this.level--
  }

  /**
   * Passes over the short strings and the numbers of one byte that come next on this level, which is most of a frame. It
   * judges nothing: in front of what it isn't sure of it stops. False if the level is complete.
   */
  private passShort(): boolean {
    const { bytes, level, longestShort } = this
    const end = this.ends[level]!
    const isMap = this.forms[level] === MAP
    const before = this.remaining[level]!
    const least = Math.max(0, before - (this.limits.nodes - this.nodes))
    let left = before
    let at = this.position
    while (left > least && at < end) {
      const token = bytes[at]!
      if (token >= 0xa0 && token < 0xc0) {
        const length = token & 0x1f
        if (length > longestShort || length >= end - at) break
        at += length
      } else if ((token >= 0x80 && token < 0xe0) || (isMap && (left & 1) === 0)) break
      at++
      left--
    }
    this.nodes += before - left
    this.remaining[level] = left
    this.position = at
    return left > 0
  }

  private value(): void {
    const left = --this.remaining[this.level]!
    if (++this.nodes > this.limits.nodes) throw this.exceeded('nodes')
    const at = this.take(1)
    const token = this.bytes[at]!
    if (this.forms[this.level] === MAP && (left & 1) === 1 && !isText(token))
      throw this.broken('the key of a map is not a string')
    if (token < 0x80 || token >= 0xe0) return
    if (token < 0x90) this.enterMap(token & 0x0f)
    else if (token < 0xa0) this.enterArray(token & 0x0f)
    else if (token < 0xc0) this.skip(token & 0x1f)
    else this.long(token)
  }

  private long(token: number): void {
    switch (token) {
      case 0xc0: // nil
      case 0xc2: // false
      case 0xc3: // true
        return
      case 0xc4: // bin 8, 16, 32
      case 0xd9: // str 8
        this.skip(this.length(1))
        return
      case 0xc5:
      case 0xda:
        this.skip(this.length(2))
        return
      case 0xc6:
      case 0xdb:
        this.skip(this.length(4))
        return
      case 0xc7: // ext 8, 16, 32
        this.extension(this.length(1))
        return
      case 0xc8:
        this.extension(this.length(2))
        return
      case 0xc9:
        this.extension(this.length(4))
        return
      case 0xdc: // array 16, 32
        this.enterArray(this.length(2))
        return
      case 0xdd:
        this.enterArray(this.length(4))
        return
      case 0xde: // map 16, 32
        this.enterMap(this.length(2))
        return
      case 0xdf:
        this.enterMap(this.length(4))
        return
      default:
        this.fixed(token)
        return
    }
  }

  private fixed(token: number): void {
    // 0xc1 is never used by MessagePack.
    if (token === 0xc1) throw this.broken('a byte has no meaning')
    if (token >= 0xd4 && token <= 0xd8) this.extension(1 << (token - 0xd4))
    else this.take(token === 0xca ? 4 : token === 0xcb ? 8 : 1 << (token & 3))
  }

  private enterArray(count: number): void {
    if (count > this.limits.arrayLength) throw this.exceeded('arrayLength')
    this.enter(count, ARRAY)
  }

  private enterMap(count: number): void {
    if (count > this.limits.mapKeys) throw this.exceeded('mapKeys')
    this.enter(count * 2, MAP)
  }

  private enter(values: number, form: number): void {
    const end = this.ends[this.level]!
    if (values > end - this.position) throw this.broken('it claims more elements than it has bytes')
    this.descend(values, form, end)
  }

  private descend(values: number, form: number, end: number): void {
    if (this.level >= this.limits.depth) throw this.exceeded('depth')
    this.level++
    this.remaining[this.level] = values
    this.forms[this.level] = form
    this.ends[this.level] = end
  }

  private extension(length: number): void {
    if (length > this.limits.stringBytes) throw this.exceeded('stringBytes')
    const type = this.bytes[this.take(1)]!
    const start = this.take(length)
    if (type === ExtensionType.roscius) this.roscius(start, length)
    else if (!isExtension(type, length, this.bytes[start]!))
      throw this.broken('an extension is unknown, or of a wrong length')
  }

  private roscius(start: number, length: number): void {
    if (length === 0) throw this.broken('a value of Roscius has no kind')
    const kind = this.bytes[start]!
    if (holdsValue(kind)) {
      if (length === 1) throw this.broken('a value of Roscius has no data')
      this.position = start + 1
      this.descend(1, EXTENSION, start + length)
      return
    }
    const isRight = kind === WireKind.text ? length % 2 === 1 : kind === WireKind.invalidDate && length === 1
    if (!isRight) throw this.broken('a value of Roscius is unknown, or of a wrong length')
  }

  private skip(length: number): void {
    if (length > this.limits.stringBytes) throw this.exceeded('stringBytes')
    this.take(length)
  }

  private length(width: 1 | 2 | 4): number {
    const at = this.take(width)
    let length = 0
    for (let i = at; i < at + width; i++) length = length * 256 + this.bytes[i]!
    return length
  }

  /** Passes over `count` bytes, which must be there, and answers where they begin. */
  private take(count: number): number {
    const at = this.position
    if (count > this.ends[this.level]! - at) throw this.broken('it is cut off')
    this.position = at + count
    return at
  }

  private broken(what: string): ProtocolError {
    return malformed(what, `byte ${this.position}`)
  }

  private exceeded(limit: keyof WireLimits): ProtocolError {
    return overLimit(limit, this.limits[limit], `byte ${this.position}`)
  }
}

function isText(token: number): boolean {
  return (token >= 0xa0 && token < 0xc0) || (token >= 0xd9 && token <= 0xdb)
}

function isExtension(type: number, length: number, first: number): boolean {
  switch (type) {
    case ExtensionType.undefined:
      return length === 1 && first === 0
    case ExtensionType.bigint:
      return length > 0
    case ExtensionType.timestamp:
      return length === 4 || length === 8 || length === 12
    case ExtensionType.typedArray:
      return length > 0 && isWhole(first, length - 1)
    default:
      return false
  }
}

function isWhole(which: number, bytes: number): boolean {
  if (which === ARRAY_BUFFER || which === DATA_VIEW) return true
  const Class = TYPED_ARRAYS[which]
  return Class !== undefined && bytes % Class.BYTES_PER_ELEMENT === 0
}
