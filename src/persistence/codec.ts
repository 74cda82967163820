/**
 * Values to bytes and back: the form of every record that Roscius writes.
 *
 *     byte 0      format version (1)
 *     bytes 1-4   CRC-32 of the payload, big-endian
 *     bytes 5-    msgpack payload (msgpackr, with shared structures)
 *
 * Boundary: it takes what `toStorable` answers (or values of primitives, plain objects, arrays, dates, bytes), and gives
 * back the original values: maps, sets, errors and refs are made again while reading, so nobody walks a decoded value.
 *
 * 1. What is decoded is what was encoded, or an error that names the key: never half a value.
 * 2. A record that uses a shared structure is readable only with the structures, so whoever writes the record takes
 *    `structuresChanged()` after encoding and puts its answer in the same batch (D17).
 * 3. Structures are only ever added, never renumbered, and at most `MAX_STRUCTURES`. An object gets one when its keys were
 *    met three times; dictionaries with ever new keys are written as plain msgpack maps, and are forgotten again.
 */
import { crc32 } from 'node:zlib'
import { addExtension, Packr, RESERVE_START_SPACE } from 'msgpackr'
import { RosciusError } from '../core/errors.js'
import { type RefCodec, Stored } from './storable.js'
import { revive } from './stored-values.js'
import { createStructures } from './structures.js'

export interface Codec {
  /**
   * The record of a value. The bytes are a view on a buffer that later records share: they never change, but copy them
   * if you keep them for long.
   */
  encode(value: unknown): Uint8Array
  /**
   * The value of a record. `key` names it in errors. Refs are made with `refs`; without it they stay `Stored` marks.
   * Throws `RECORD_CORRUPT` (truncated, wrong checksum, undecodable) or `RECORD_UNSUPPORTED` (written by a newer Roscius).
   */
  decode(bytes: Uint8Array, key: string, refs?: RefCodec): unknown
  /** The record of all shared structures if there are new ones since the last call, else undefined. */
  structuresChanged(): Uint8Array | undefined
}

const FORMAT_VERSION = 1
/** First byte of a value that `encryptedStore` wrote. */
const ENCRYPTED = 0xe1
const HEADER_BYTES = 5
/** Where the codec names its own record in errors; the runtime chooses the key under which it is stored. */
const STRUCTURES = 'shared structures'
/** msgpackr keeps writing into the buffer of its largest record; past this size it gets a small one again. */
const MAX_KEPT_BUFFER_BYTES = 256 * 1_024
const FRESH_BUFFER_BYTES = 8_192
/** In the range that msgpackr leaves free; part of the record format. */
const EXTENSION_TYPE = 0x79

/** Decoding is synchronous, and extensions are per process: whose refs are being made right now. */
let refsInUse: RefCodec | undefined

addExtension({
  Class: Stored,
  type: EXTENSION_TYPE,
  write: (stored: Stored) => [stored.kind, stored.data],
  read: ([kind, data]: [number, unknown]) => revive(kind, data, refsInUse),
})

const plain = new Packr({ useRecords: false, variableMapSize: true })

/** A codec for one store. `savedStructures` is what `structuresChanged` last answered for it; absent for a new store. */
export function createCodec(savedStructures?: Uint8Array): Codec {
  const saved = savedStructures === undefined ? [] : (open(savedStructures, STRUCTURES, plain) as string[][])
  const structures = createStructures(saved)
  const packr = new Packr({ ...structures.options, ...PACKR_OPTIONS })
  return {
    encode(value) {
      const bytes = seal(packr.encode(value, RESERVE_START_SPACE | HEADER_BYTES))
      structures.forgetMisses()
      if (bytes.buffer.byteLength > MAX_KEPT_BUFFER_BYTES) packr.useBuffer(Buffer.allocUnsafeSlow(FRESH_BUFFER_BYTES))
      return bytes
    },
    decode(bytes, key, refs) {
      const outer = refsInUse
      refsInUse = refs
      try {
        return open(bytes, key, packr)
      } finally {
        refsInUse = outer
      }
    },
    structuresChanged() {
      const added = structures.takeChanged()
      return added && seal(plain.encode(added, RESERVE_START_SPACE | HEADER_BYTES))
    },
  }
}

const PACKR_OPTIONS = {
  useRecords: true,
  mapsAsObjects: true,
  variableMapSize: true,
  moreTypes: true,
  useBigIntExtension: true,
  useToJSON: false,
  // Else decoded byte arrays would be views that keep, and could change, the record they came from.
  copyBuffers: true,
} as const

/** Fills in the header that the packer left room for. */
function seal(bytes: Buffer): Uint8Array {
  bytes[0] = FORMAT_VERSION
  bytes.writeUInt32BE(crc32(bytes.subarray(HEADER_BYTES)), 1)
  return bytes
}

function open(bytes: Uint8Array, key: string, packr: Packr): unknown {
  if (bytes.length <= HEADER_BYTES) throw corrupt(key, `it is cut off after ${bytes.length} bytes`)
  if (bytes[0] === ENCRYPTED) throw encrypted(key)
  if (bytes[0]! > FORMAT_VERSION) throw unsupported(key, bytes[0]!)
  // A Buffer in any case: byte arrays inside come back as the class they were, whatever the store answers.
  const payload = Buffer.from(bytes.buffer, bytes.byteOffset + HEADER_BYTES, bytes.length - HEADER_BYTES)
  const expected = ((bytes[1]! << 24) | (bytes[2]! << 16) | (bytes[3]! << 8) | bytes[4]!) >>> 0
  if (bytes[0] !== FORMAT_VERSION || crc32(payload) !== expected) throw corrupt(key, 'its checksum is wrong')
  try {
    return packr.decode(payload)
  } catch (cause) {
    throw corrupt(key, 'its payload is not readable', cause)
  }
}

function corrupt(key: string, how: string, cause?: unknown): RosciusError {
  const message = `The record ${key} is damaged: ${how}. Run \`roscius verify\` on the store and restore it from a backup.`
  return new RosciusError('RECORD_CORRUPT', message, { address: key, details: { key }, cause })
}

function encrypted(key: string): RosciusError {
  const message = `The record ${key} is encrypted: give createSystem({ encryption }) the key that the store was written with.`
  return new RosciusError('STORE_KEY_WRONG', message, { address: key, details: { key } })
}

function unsupported(key: string, version: number): RosciusError {
  const message = `The record ${key} has format version ${version}, this Roscius reads up to ${FORMAT_VERSION}: upgrade Roscius.`
  return new RosciusError('RECORD_UNSUPPORTED', message, { address: key, details: { key, version } })
}
