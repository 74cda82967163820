/**
 * The MessagePack extensions of the wire. Each is complete in itself (its length covers all of it), so any MessagePack
 * reader passes over one that it doesn't know. Those of msgpackr that are followed by a value of their own aren't used.
 */

export const ExtensionType = {
  /** One byte 0: `undefined`. */
  undefined: 0x00,
  /** A bigint beyond 64 bits: two's complement, big-endian. */
  bigint: 0x42,
  /** A byte that says which, then the bytes, little-endian. */
  typedArray: 0x74,
  /** A byte that says which kind, then what it is made of. */
  roscius: 0x79,
  /** MessagePack's own (-1). */
  timestamp: 0xff,
} as const

/** Kinds of the extension `roscius`; as far as they are there, the numbers of the record format. */
export const WireKind = { ref: 0, map: 1, set: 2, error: 3, text: 5, regexp: 6, invalidDate: 7 } as const

/** Longest source of a regular expression, in characters: compiling is not free. */
export const MAX_REGEXP_LENGTH = 4_096

/** Kinds whose data is one MessagePack value; the others are plain bytes. */
export function holdsValue(kind: number): boolean {
  return kind <= WireKind.error || kind === WireKind.regexp
}

/** By the byte that stands for them. */
export const TYPED_ARRAYS = [
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
] as const
export const ARRAY_BUFFER = 16
export const DATA_VIEW = 17
