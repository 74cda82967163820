/** Snappy decompression: what is needed to read the index of a LevelDB table. */

/** The bytes behind a Snappy block; undefined if it is not one. */
export function uncompressSnappy(input: Buffer): Buffer | undefined {
  const length = readVarint(input, 0)
  if (length === undefined || length.value > MAX_BYTES) return undefined
  const output = Buffer.alloc(length.value)
  let at = length.next
  let end = 0
  while (at < input.length) {
    const piece = readPiece(input, at)
    if (piece === undefined || end + piece.length > output.length) return undefined
    if (piece.back === 0) input.copy(output, end, piece.next - piece.length, piece.next)
    else if (piece.back > end) return undefined
    // Byte by byte: a copy may overlap what it writes.
    else for (let i = 0; i < piece.length; i++) output[end + i] = output[end + i - piece.back]!
    end += piece.length
    at = piece.next
  }
  return end === output.length ? output : undefined
}

/** More than any index of a table of LevelDB's size. */
const MAX_BYTES = 64 * 1_024 * 1_024

interface Piece {
  readonly length: number
  /** How far behind the bytes to copy are; 0 for bytes that stand here. */
  readonly back: number
  readonly next: number
}

function readPiece(input: Buffer, at: number): Piece | undefined {
  const tag = input[at]!
  const kind = tag & 3
  if (kind === 0) return readLiteral(input, at, tag >>> 2)
  const width = kind === 3 ? 4 : kind
  const next = at + 1 + width
  if (next > input.length) return undefined
  if (kind === 1) return { length: ((tag >>> 2) & 7) + 4, back: ((tag >>> 5) << 8) | input[at + 1]!, next }
  return { length: (tag >>> 2) + 1, back: input.readUIntLE(at + 1, width), next }
}

function readLiteral(input: Buffer, at: number, code: number): Piece | undefined {
  const width = code < 60 ? 0 : code - 59
  const start = at + 1 + width
  if (start > input.length) return undefined
  const length = (width === 0 ? code : input.readUIntLE(at + 1, width)) + 1
  return start + length > input.length ? undefined : { length, back: 0, next: start + length }
}

export interface Varint {
  readonly value: number
  readonly next: number
}

/** A number of 7 bits a byte, lowest first; undefined if it doesn't end, or is too large. */
export function readVarint(bytes: Buffer, at: number): Varint | undefined {
  let value = 0
  let factor = 1
  for (let next = at; next < bytes.length && next < at + 8; next++) {
    const byte = bytes[next]!
    value += (byte & 0x7f) * factor
    if (byte < 0x80) return { value, next: next + 1 }
    factor *= 128
  }
  return undefined
}
