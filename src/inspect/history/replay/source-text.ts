/**
 * Values as JavaScript: an expression that makes the same value again, also of what JSON can't hold.
 *
 * 1. What the text holds is data: no value can end its own literal and go on as code.
 * 2. What can't be written (functions, instances of classes) was replaced before: see `portable`.
 */
import { types } from 'node:util'
import { childrenOf, kindOf, sizeOf } from '../value-kind.js'

/** In the place of an actor: nothing that is sent to it goes anywhere. */
class StandIn {
  constructor(readonly address: string) {}

  get id(): string {
    return this.address
  }

  get sessionId(): string {
    return this.address
  }

  send(): void {}

  getSnapshot(): void {}
}

const MAX_DEPTH = 200

/** A copy that can be written: with stand-ins for actors, without functions and instances of classes. */
export function portable(value: unknown, depth = 0): unknown {
  const kind = kindOf(value)
  if (depth > MAX_DEPTH) return undefined
  const children = () => childrenOf(value, 0, sizeOf(value, kind))
  switch (kind) {
    case 'array':
      return children().map((child) => portable(child.value, depth + 1))
    case 'object':
      return fromEntries(children().map(({ segment, value: item }) => [segment, portable(item, depth + 1)]))
    case 'map':
      return new Map(
        [...(value as Map<unknown, unknown>)].map(
          (entry) => entry.map((item) => portable(item, depth + 1)) as [unknown, unknown],
        ),
      )
    case 'set':
      return new Set([...(value as Set<unknown>)].map((item) => portable(item, depth + 1)))
    case 'error':
      return portableError(value as Error, depth)
    case 'ref':
      return new StandIn(addressOf(value as object))
    case 'other':
      return types.isRegExp(value) ? value : undefined
    default:
      return value
  }
}

function addressOf(ref: object): string {
  const { address, sessionId } = ref as { readonly address?: unknown; readonly sessionId: unknown }
  return String(address ?? sessionId)
}

const ERROR_CLASSES = new Set([
  'Error',
  'EvalError',
  'RangeError',
  'ReferenceError',
  'SyntaxError',
  'TypeError',
  'URIError',
])

function portableError(error: Error, depth: number): Error {
  const fields = new Map(childrenOf(error, 0, sizeOf(error, 'error')).map(({ segment, value }) => [segment, value]))
  const copy = new Error(String(fields.get('message') ?? ''))
  delete copy.stack
  for (const [name, value] of fields)
    if (name !== 'message' && name !== 'stack') define(copy, name, portable(value, depth + 1))
  return copy
}

/** Not by assignment: a field may be called `__proto__`. */
function define(object: object, key: string, value: unknown): void {
  Object.defineProperty(object, key, { value, enumerable: true, writable: true, configurable: true })
}

function fromEntries(entries: readonly (readonly [string, unknown])[]): object {
  const object = {}
  for (const [key, value] of entries) define(object, key, value)
  return object
}

/** The expression for a portable value; `ref(address)` makes a stand-in. */
export function sourceText(value: unknown): string {
  const kind = kindOf(value)
  switch (kind) {
    case 'string':
      return quoted(value as string)
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value)
    case 'bigint':
      return `${value}n`
    case 'date':
      return `new Date(${Number.isNaN((value as Date).getTime()) ? 'Number.NaN' : quoted((value as Date).toISOString())})`
    case 'array':
      return `[${(value as unknown[]).map(sourceText).join(', ')}]`
    case 'object':
      return objectText(value as object)
    case 'map':
      return `new Map([${[...(value as Map<unknown, unknown>)].map(([key, item]) => `[${sourceText(key)}, ${sourceText(item)}]`).join(', ')}])`
    case 'set':
      return `new Set([${[...(value as Set<unknown>)].map(sourceText).join(', ')}])`
    case 'bytes':
      return bytesSource(value as ArrayBuffer | ArrayBufferView)
    case 'error':
      return errorSource(value as Error)
    case 'ref':
      return `ref(${quoted(addressOf(value as object))})`
    case 'other':
      return types.isRegExp(value) ? `new RegExp(${quoted(value.source)}, ${quoted(value.flags)})` : 'undefined'
    default:
      return String(value)
  }
}

/** Two characters end a line in a comment or in old engines, and are no harm in a literal. */
export function quoted(text: string): string {
  const json = JSON.stringify(text).replace(/[\p{Cf}\p{Zl}\p{Zp}]/gu, (c) => [...c].map(unicodeEscape).join(''))
  return text.includes("'") || text.includes('"') ? json : `'${json.slice(1, -1)}'`
}

const unicodeEscape = (character: string): string =>
  Array.from(
    { length: character.length },
    (_, n) => `\\u${character.charCodeAt(n).toString(16).padStart(4, '0')}`,
  ).join('')

function objectText(object: object): string {
  const fields = childrenOf(object, 0, sizeOf(object)).map(
    ({ segment, value }) => `${keyText(segment)}: ${sourceText(value)}`,
  )
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`
}

/** `__proto__: …` would set the prototype; in brackets it is a field. */
function keyText(key: string): string {
  if (key === '__proto__') return "['__proto__']"
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : quoted(key)
}

function bytesSource(bytes: ArrayBuffer | ArrayBufferView): string {
  if (!ArrayBuffer.isView(bytes)) return `Uint8Array.from([${new Uint8Array(bytes).join(', ')}]).buffer`
  const raw = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const name = Buffer.isBuffer(bytes) ? 'Buffer' : Object.prototype.toString.call(bytes).slice(8, -1)
  if (name === 'Uint8Array' || name === 'Buffer') return `${name}.from([${raw.join(', ')}])`
  return `new ${name}(Uint8Array.from([${raw.join(', ')}]).buffer)`
}

function errorSource(error: Error): string {
  const fields = childrenOf(error, 0, sizeOf(error, 'error')).filter(
    ({ segment }) => segment !== 'message' && segment !== 'stack',
  )
  const { name } = error
  const rest = fields.filter(({ segment, value }) => segment !== 'name' || !ERROR_CLASSES.has(String(value)))
  const made = `new ${ERROR_CLASSES.has(name) ? name : 'Error'}(${quoted(error.message)})`
  return rest.length === 0
    ? made
    : `Object.assign(${made}, { ${rest.map(({ segment, value }) => `${keyText(segment)}: ${sourceText(value)}`).join(', ')} })`
}
