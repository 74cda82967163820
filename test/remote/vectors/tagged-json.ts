/**
 * Values as JSON that anyone can read: an object with one key that begins with `$` stands for what JSON has no form for.
 */
import type { RefCodec } from '../../../src/persistence/storable.js'

/** What a ref is in the vectors: its address. */
class AddressOf {
  constructor(readonly address: string) {}
}

export const vectorRefs: RefCodec = {
  encode: (value) => (value instanceof AddressOf ? value.address : undefined),
  decode: (address) => new AddressOf(address),
}

export function fromTagged(json: unknown): unknown {
  if (typeof json !== 'object' || json === null) return json
  if (Array.isArray(json)) return json.map(fromTagged)
  const [first, ...rest] = Object.entries(json)
  const make = first === undefined || rest.length > 0 ? undefined : TAGS[first[0]]
  if (make !== undefined) return make(first![1] as never)
  return Object.fromEntries(Object.entries(json).map(([key, value]) => [key, fromTagged(value)]))
}

const TAGS: Readonly<Record<string, (data: never) => unknown>> = {
  $undefined: () => undefined,
  $number: (text: string) => (text === '-0' ? -0 : Number(text)),
  $bigint: (text: string) => BigInt(text),
  $bytes: (hex: string) => Buffer.from(hex, 'hex'),
  $uint8: (hex: string) => new Uint8Array(Buffer.from(hex, 'hex')),
  $float64: (numbers: number[]) => new Float64Array(numbers),
  $date: (iso: string) => new Date(iso),
  $map: (entries: [unknown, unknown][]) => new Map(entries.map(([key, value]) => [fromTagged(key), fromTagged(value)])),
  $set: (elements: unknown[]) => new Set(elements.map(fromTagged)),
  $ref: (address: string) => new AddressOf(address),
  $regexp: ([source, flags]: [string, string]) => new RegExp(source, flags),
  $units: (hex: string) => Buffer.from(hex, 'hex').toString('utf16le'),
  $error: ({ name, message, stack, ...extras }: { name: string; message: string; stack: string }) =>
    errorOf(name, message, stack, extras),
}

function errorOf(name: string, message: string, stack: string, extras: Record<string, unknown>): Error {
  const error = name === 'TypeError' ? new TypeError(message) : new Error(message)
  return Object.assign(Object.defineProperty(error, 'stack', { value: stack, enumerable: false }), extras)
}

/** The other way. */
export function toTagged(value: unknown): unknown {
  switch (typeof value) {
    case 'undefined':
      return { $undefined: true }
    case 'bigint':
      return { $bigint: String(value) }
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0)
        ? value
        : { $number: Object.is(value, -0) ? '-0' : String(value) }
    case 'object':
      return value === null ? null : taggedObject(value)
    default:
      return value
  }
}

function taggedObject(value: object): unknown {
  if (Array.isArray(value)) return value.map(toTagged)
  if (Buffer.isBuffer(value)) return { $bytes: value.toString('hex') }
  if (value instanceof Uint8Array) return { $uint8: Buffer.from(value).toString('hex') }
  if (value instanceof Date) return { $date: value.toISOString() }
  if (value instanceof Map) return { $map: [...value].map(toTagged) }
  if (value instanceof Set) return { $set: [...value].map(toTagged) }
  if (value instanceof AddressOf) return { $ref: value.address }
  if (value instanceof RegExp) return { $regexp: [value.source, value.flags] }
  if (value instanceof Error) return { $error: taggedFields({ ...value, ...taggedError(value) }) }
  return taggedFields(value)
}

const taggedError = ({ name, message, stack }: Error) => ({ name, message, stack })

function taggedFields(value: object): unknown {
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, toTagged(field)]))
}
