/**
 * Makes the values again that `storable.ts` substituted: what the codec reads an extension as.
 */
import { type RefCodec, Stored, StoredKind } from './storable.js'

const BUILT_IN_ERRORS = new Map<string, ErrorConstructor>(
  [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError].map((Class) => [Class.name, Class]),
)

/** The value that stands behind a kind and its data; an unknown kind throws. Without `refs` a ref stays a `Stored`. */
export function revive(kind: number, data: unknown, refs: RefCodec | undefined): unknown {
  switch (kind) {
    case StoredKind.ref:
      return refs === undefined ? new Stored(kind, data) : refs.decode(data as string)
    case StoredKind.map:
      return reviveMap(data as unknown[])
    case StoredKind.set:
      return new Set(data as unknown[])
    case StoredKind.error:
      return reviveError(data as [string, string, string, Record<string, unknown>])
    case StoredKind.negativeZero:
      return -0
    case StoredKind.text:
      return Buffer.from(data as Uint8Array).toString('utf16le')
    default:
      throw new Error(`unknown kind of stored value: ${kind}`)
  }
}

function reviveMap(flat: unknown[]): Map<unknown, unknown> {
  const map = new Map<unknown, unknown>()
  for (let i = 0; i < flat.length; i += 2) map.set(flat[i], flat[i + 1])
  return map
}

function reviveError([name, message, stack, extras]: [string, string, string, Record<string, unknown>]): Error {
  const error = blankError(name, message, extras)
  define(error, 'stack', stack)
  if (error.name !== name) define(error, 'name', name)
  for (const [key, value] of Object.entries(extras)) {
    // As the constructors do it: cause and the errors of an AggregateError aren't enumerable.
    if (key === 'cause' || (key === 'errors' && error instanceof AggregateError)) define(error, key, value)
    else Reflect.set(error, key, value)
  }
  return error
}

function blankError(name: string, message: string, extras: Record<string, unknown>): Error {
  const { stackTraceLimit } = Error
  // It gets the stack that was stored: to capture one of its own would be most of its cost.
  Error.stackTraceLimit = 0
  try {
    if (name === 'AggregateError' && Array.isArray(extras.errors)) return new AggregateError([], message)
    const Class = BUILT_IN_ERRORS.get(name) ?? Error
    return new Class(message)
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
}

function define(error: Error, key: string, value: unknown): void {
  Object.defineProperty(error, key, { value, enumerable: false, writable: true, configurable: true })
}
