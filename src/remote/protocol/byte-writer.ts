/**
 * MessagePack headers and plain values into a buffer that grows: the shortest form of each, so that equal values give
 * equal bytes.
 */

const FIRST_BYTES = 1_024
/** A buffer that a large frame made is not kept. */
const MAX_KEPT_BYTES = 256 * 1_024
/** Up to this length, copying characters is cheaper than a call of the encoder. */
const SHORT_TEXT = 24
/** Up to this length, a text is taken for ASCII until it is written. */
const MAX_GUESSED = 4_096

export class ByteWriter {
  private buffer = Buffer.allocUnsafeSlow(FIRST_BYTES)
  length = 0

  /** The bytes written so far, as a copy; the writer is empty afterwards. */
  take(): Buffer {
    const bytes = Buffer.allocUnsafe(this.length)
    this.buffer.copy(bytes, 0, 0, this.length)
    this.clear()
    return bytes
  }

  clear(): void {
    this.length = 0
    if (this.buffer.length > MAX_KEPT_BYTES) this.buffer = Buffer.allocUnsafeSlow(FIRST_BYTES)
  }

  byte(value: number): void {
    const at = this.reserve(1)
    this.buffer[at] = value
  }

  raw(bytes: Uint8Array): void {
    const at = this.reserve(bytes.length)
    this.buffer.set(bytes, at)
  }

  nil(): void {
    this.byte(0xc0)
  }

  boolean(value: boolean): void {
    this.byte(value ? 0xc3 : 0xc2)
  }

  /** Whole numbers of 32 bits as such, every other as a double, -0 too. */
  number(value: number): void {
    const isShort = Number.isInteger(value) && value >= -0x8000_0000 && value <= 0xffff_ffff && !Object.is(value, -0)
    if (!isShort) this.double(value)
    else if (value >= 0x80) this.sized(value, 0xcc, 0xcd, 0xce)
    else if (value >= -0x20) this.byte(value & 0xff)
    else if (value >= -0x80) this.integer(0xd0, value & 0xff, 1)
    else if (value >= -0x8000) this.integer(0xd1, value & 0xffff, 2)
    else this.integer(0xd2, value >>> 0, 4)
  }

  /** A bigint of up to 64 bits; false if it is longer. */
  bigint(value: bigint): boolean {
    const isSigned = BigInt.asIntN(64, value) === value
    if (!isSigned && BigInt.asUintN(64, value) !== value) return false
    const at = this.reserve(9)
    this.buffer[at] = isSigned ? 0xd3 : 0xcf
    this.buffer.writeBigUInt64BE(BigInt.asUintN(64, value), at + 1)
    return true
  }

  text(value: string): void {
    if (this.shortText(value)) return
    // Nearly every text is ASCII: its bytes are counted only if there turn out to be more of them than characters.
    const start = this.length
    if (value.length <= MAX_GUESSED && this.textOf(value, value.length)) return
    this.length = start
    this.textOf(value, Buffer.byteLength(value))
  }

  /** Writes a short text of plain ASCII; false, with nothing written, if it isn't one. */
  shortText(value: string): boolean {
    const { length } = value
    if (length > SHORT_TEXT) return false
    const start = this.length
    let at = this.reserve(1 + length)
    const { buffer } = this
    buffer[at++] = 0xa0 | length
    for (let i = 0; i < length; i++) {
      const code = value.charCodeAt(i)
      if (code > 0x7f) {
        this.length = start
        return false
      }
      buffer[at++] = code
    }
    return true
  }

  /** False if the text doesn't take `bytes` bytes; what was written then is to be taken back. */
  private textOf(value: string, bytes: number): boolean {
    if (bytes < 0x20) this.byte(0xa0 | bytes)
    else this.sized(bytes, 0xd9, 0xda, 0xdb)
    // As much room as it may need: where it is short, the last character would be left out silently.
    const at = this.reserve(Math.max(bytes, Math.min(value.length, MAX_GUESSED) * 3))
    this.length = at + this.buffer.write(value, at)
    return this.length === at + bytes
  }

  binary(bytes: Uint8Array): void {
    this.sized(bytes.length, 0xc4, 0xc5, 0xc6)
    this.raw(bytes)
  }

  array(count: number): void {
    if (count < 0x10) this.byte(0x90 | count)
    else this.sized(count, 0, 0xdc, 0xdd)
  }

  map(count: number): void {
    if (count < 0x10) this.byte(0x80 | count)
    else this.sized(count, 0, 0xde, 0xdf)
  }

  /** Puts the header of an extension in front of what was written from `start` on. */
  extensionFrom(start: number, type: number): void {
    const length = this.length - start
    const power = length > 0 && length <= 16 ? Math.log2(length) : Number.NaN
    const header = Number.isInteger(power) ? 2 : length < 0x100 ? 3 : length < 0x1_0000 ? 4 : 6
    this.insert(start, header, () => {
      if (header === 2) this.byte(0xd4 + power)
      else this.sized(length, 0xc7, 0xc8, 0xc9)
      this.byte(type)
    })
  }

  /** Puts the header of a map of `count` keys in front of what was written from `start` on. */
  mapFrom(start: number, count: number): void {
    this.insert(start, count < 0x10 ? 1 : count < 0x1_0000 ? 3 : 5, () => this.map(count))
  }

  private insert(start: number, width: number, write: () => void): void {
    const end = this.length + width
    this.reserve(width)
    this.buffer.copyWithin(start + width, start, end - width)
    this.length = start
    write()
    this.length = end
  }

  /** `value` behind the token for its width; token8 0: there is no form of one byte. */
  private sized(value: number, token8: number, token16: number, token32: number): void {
    if (value < 0x100 && token8 !== 0) this.integer(token8, value, 1)
    else if (value < 0x1_0000) this.integer(token16, value, 2)
    else this.integer(token32, value, 4)
  }

  private integer(token: number, value: number, width: 1 | 2 | 4): void {
    const at = this.reserve(1 + width)
    const { buffer } = this
    buffer[at] = token
    for (let i = at + width, rest = value; i > at; i--, rest >>>= 8) buffer[i] = rest
  }

  private double(value: number): void {
    const at = this.reserve(9)
    this.buffer[at] = 0xcb
    this.buffer.writeDoubleBE(value, at + 1)
  }

  /** Where `count` bytes may be written; ask before `this.buffer` is looked at, for it may be another one then. */
  private reserve(count: number): number {
    const at = this.length
    this.length = at + count
    if (this.length > this.buffer.length) this.grow()
    return at
  }

  private grow(): void {
    const grown = Buffer.allocUnsafeSlow(2 ** Math.ceil(Math.log2(this.length + 1)))
    this.buffer.copy(grown)
    this.buffer = grown
  }
}
