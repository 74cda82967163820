/**
 * Checks of what a decoded frame holds, by hand: they run for every envelope.
 *
 * Each answers the value as the type that it is, or throws `FRAME_MALFORMED` with the path of the field. Paths are fixed
 * texts: the index of an envelope is put in front of one only when it is told (`inside`).
 */
import { isNodeName } from '../../core/address.js'
import { malformed, ProtocolError } from './protocol-error.js'

const MAX_PATH_LENGTH = 8_192
const MAX_ID_LENGTH = 1_024
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/

export function listOf(value: unknown, at: string): readonly unknown[] {
  if (!Array.isArray(value)) throw malformed('an array is expected', at)
  return value
}

/** The elements of a frame of known length; those behind it that are nil may be left out by the sender. */
export function tupleOf(value: unknown, least: number, most: number, at: string): readonly unknown[] {
  const list = listOf(value, at)
  if (list.length < least || list.length > most) throw malformed(`${least} to ${most} elements are expected`, at)
  return list
}

export function objectOf(value: unknown, at: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) {
    throw malformed('a map is expected', at)
  }
  return value as Record<string, unknown>
}

/** A whole number from `least` to `most`, also as an integer of eight bytes. */
export function countOf(value: unknown, least: number, most: number, at: string): number {
  const number = typeof value === 'bigint' ? Number(value) : value
  if (!Number.isSafeInteger(number) || (number as number) < least || (number as number) > most) {
    throw malformed(`a whole number from ${least} to ${most} is expected`, at)
  }
  // Never -0: it would not be encoded as the same bytes again.
  return (number as number) + 0
}

export function textOf(value: unknown, at: string, most = MAX_ID_LENGTH): string {
  if (typeof value !== 'string' || value.length === 0 || value.length > most) {
    throw malformed(`a string of 1 to ${most} characters is expected`, at)
  }
  return value
}

/**
 * A path of an actor, perhaps with `#session`: visible ASCII, no empty segment, none that is `.` or `..`. No `?` either: what
 * stands behind one in an address belongs to a ref.
 */
export function pathOf(value: unknown, at: string): string {
  if (typeof value !== 'string' || value.length > MAX_PATH_LENGTH || !isPath(value)) {
    throw malformed('the path of an actor is expected', at)
  }
  return value
}

/** A loop, for it runs twice an envelope. `dots` counts a segment that has nothing but dots; -1: it has more. */
function isPath(path: string): boolean {
  let dots = 0
  for (let i = 0; i < path.length; i++) {
    const code = path.charCodeAt(i)
    if (code <= 0x20 || code > 0x7e || code === QUERY) return false
    if (code === SLASH) {
      if (dots >= 0 && dots <= 2) return false
      dots = 0
    } else if (dots >= 0) dots = code === DOT ? dots + 1 : -1
  }
  return dots < 0 || dots > 2
}

const SLASH = 0x2f
const QUERY = 0x3f
const DOT = 0x2e

export function nodeNameOf(value: unknown, at: string): string {
  if (!isNodeName(value)) throw malformed('the name of a node is expected', at)
  return value
}

export function bytesOf(value: unknown, length: number, at: string): Uint8Array {
  if (!(value instanceof Uint8Array) || value.length !== length) throw malformed(`${length} bytes are expected`, at)
  return value
}

export function traceparentOf(value: unknown, at: string): string {
  if (typeof value !== 'string' || !TRACEPARENT.test(value)) throw malformed('a W3C traceparent is expected', at)
  return value
}

export function eventOf(value: unknown, at: string): Record<string, unknown> & { readonly type: string } {
  const event = objectOf(value, at)
  if (typeof event.type !== 'string' || event.type.length === 0 || event.type.length > MAX_ID_LENGTH) {
    throw malformed(`a string of 1 to ${MAX_ID_LENGTH} characters is expected`, `${at}.type`)
  }
  return event as Record<string, unknown> & { readonly type: string }
}

export function booleanOf(value: unknown, at: string): boolean {
  if (typeof value !== 'boolean') throw malformed('true or false is expected', at)
  return value
}

/** What holds or is left out. */
export function trueOf(value: unknown, at: string): true {
  if (value !== true) throw malformed('true is expected', at)
  return value
}

/** `nil` and what is not there are the same. */
export function optional<T>(value: unknown, read: (value: unknown, at: string) => T, at: string): T | undefined {
  return value === null || value === undefined ? undefined : read(value, at)
}

/** The name that stands at the index `value` of `names`. */
export function nameAt<T extends string>(names: readonly T[], value: unknown, at: string): T {
  const name = names[countOf(value, 0, names.length - 1, at)]
  if (name === undefined) throw malformed('the number has no meaning', at)
  return name
}

/** Puts where `at` is in front of an error that says where inside it something is wrong. */
export function inside(at: string, error: unknown): unknown {
  if (!(error instanceof ProtocolError)) return error
  const path = `${at}.${error.at}`
  return new ProtocolError(error.code, error.message.replace(` at ${error.at}`, ` at ${path}`), path)
}
