/** Bytes that are not what they were: flipped, cut, doubled, and spliced with others, without any idea of what they mean. */
import type { Chance } from './chance.js'

/** Bytes that lead into every part of the decoder. */
export const HEADERS = [
  0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc4, 0xc6, 0xc7, 0xc9, 0xcb, 0xcf, 0xd3, 0xd4, 0xd8, 0xdb, 0xdd,
  0xdf, 0xff,
]
const TYPES = [0x00, 0x42, 0x62, 0x65, 0x69, 0x70, 0x72, 0x73, 0x74, 0x78, 0x79, 0xff]

/** One to four changes. */
export function mutatedBytes(bytes: Uint8Array, others: readonly Uint8Array[], chance: Chance): Buffer {
  let result = Buffer.from(bytes)
  for (let i = 1 + chance.below(4); i > 0; i--)
    result = MUTATIONS[chance.below(MUTATIONS.length)]!(result, chance, others)
  return result
}

type Mutation = (bytes: Buffer<ArrayBuffer>, chance: Chance, others: readonly Uint8Array[]) => Buffer<ArrayBuffer>

const MUTATIONS: readonly Mutation[] = [
  (bytes, chance) => changed(bytes, chance, (byte) => byte ^ (1 << chance.below(8))),
  (bytes, chance) => changed(bytes, chance, () => chance.pick(HEADERS)),
  (bytes, chance) => bytes.subarray(0, chance.below(bytes.length)),
  (bytes, chance) => inserted(bytes, chance, [chance.pick(HEADERS)]),
  (bytes, chance) =>
    inserted(bytes, chance, [chance.pick([0xc7, 0xd4, 0xd5, 0xd8]), chance.pick([1, 2, 4, 8]), chance.pick(TYPES)]),
  (bytes, chance, others) => {
    const other = chance.pick(others)
    return Buffer.concat([bytes.subarray(0, chance.below(bytes.length)), other.subarray(chance.below(other.length))])
  },
  (bytes, chance) => {
    const at = chance.below(bytes.length)
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(chance.below(at))])
  },
  (bytes, chance) => {
    const at = chance.below(bytes.length)
    bytes.subarray(at, at + chance.below(9)).fill(chance.below(256))
    return bytes
  },
]

function changed(bytes: Buffer<ArrayBuffer>, chance: Chance, change: (byte: number) => number): Buffer<ArrayBuffer> {
  const at = chance.below(bytes.length)
  if (bytes.length > 0) bytes[at] = change(bytes[at]!)
  return bytes
}

function inserted(bytes: Buffer, chance: Chance, more: readonly number[]): Buffer<ArrayBuffer> {
  const at = chance.below(bytes.length)
  return Buffer.concat([bytes.subarray(0, at), Buffer.from(more), bytes.subarray(at)])
}
