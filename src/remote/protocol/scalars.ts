/**
 * Dates and long integers as bytes, both ways.
 */

const MS_LIMIT = 8.64e15

/** MessagePack's timestamp in its shortest form: 4, 8 or 12 bytes. */
export function timestamp(ms: number): Buffer {
  const seconds = Math.floor(ms / 1_000)
  const nanoseconds = (ms - seconds * 1_000) * 1e6
  if (nanoseconds === 0 && seconds >= 0 && seconds < 2 ** 32) {
    const bytes = Buffer.allocUnsafe(4)
    bytes.writeUInt32BE(seconds)
    return bytes
  }
  if (seconds >= 0 && seconds < 2 ** 34) {
    const bytes = Buffer.allocUnsafe(8)
    bytes.writeBigUInt64BE((BigInt(nanoseconds) << 34n) | BigInt(seconds))
    return bytes
  }
  const bytes = Buffer.allocUnsafe(12)
  bytes.writeUInt32BE(nanoseconds)
  bytes.writeBigInt64BE(BigInt(seconds), 4)
  return bytes
}

/** Milliseconds since the epoch; undefined if no `Date` holds them. What is finer than a millisecond is dropped. */
export function readTimestamp(bytes: Buffer, start: number, length: number): number | undefined {
  const [seconds, nanoseconds] = timestampParts(bytes, start, length)
  const ms = seconds * 1_000 + Math.floor(nanoseconds / 1e6)
  return nanoseconds < 1e9 && Math.abs(ms) <= MS_LIMIT ? ms : undefined
}

function timestampParts(bytes: Buffer, start: number, length: number): [number, number] {
  if (length === 4) return [bytes.readUInt32BE(start), 0]
  if (length === 12) return [Number(bytes.readBigInt64BE(start + 4)), bytes.readUInt32BE(start)]
  const both = bytes.readBigUInt64BE(start)
  return [Number(both & 0x3_ffff_ffffn), Number(both >> 34n)]
}

/** The bytes of `value`, big-endian, as few as hold it with its sign. */
export function twosComplement(value: bigint): Buffer {
  const digits = (value < 0n ? ~value : value).toString(16)
  // One more bit than the magnitude, for the sign.
  const isFull = digits.length % 2 === 0 && Number.parseInt(digits[0]!, 16) >= 8
  const length = Math.ceil(digits.length / 2) + (isFull ? 1 : 0)
  const bytes = Buffer.from(digits.padStart(length * 2, '0'), 'hex')
  if (value < 0n) for (let i = 0; i < length; i++) bytes[i]! ^= 0xff
  return bytes
}

export function readTwosComplement(bytes: Buffer, start: number, length: number): bigint {
  const magnitude = BigInt(`0x${bytes.toString('hex', start, start + length)}`)
  return bytes[start]! >= 0x80 ? magnitude - (1n << BigInt(length * 8)) : magnitude
}
