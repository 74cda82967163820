/**
 * Any value as JSON of one form: what a payload is stored as, and what its hash is made of.
 *
 * 1. Reading the text as JSON and writing it again gives the same text, so an exported payload can be checked.
 * 2. It never throws: what JSON has no word for is written as a text that says so, or left out as JSON does.
 */

const MAX_DEPTH = 100

/** JSON with sorted keys and no spaces. */
export function canonicalText(value: unknown): string {
  return written(value, []) ?? 'null'
}

function written(value: unknown, ancestors: readonly object[]): string | undefined {
  switch (typeof value) {
    case 'undefined':
    case 'function':
    case 'symbol':
      return undefined
    case 'bigint':
      return `"${value}"`
    case 'number':
      return Number.isFinite(value) ? JSON.stringify(value) : `"${value}"`
    case 'object':
      return value === null ? 'null' : guarded(value, ancestors)
    default:
      return JSON.stringify(value)
  }
}

function guarded(value: object, ancestors: readonly object[]): string | undefined {
  if (ancestors.includes(value)) return '"[cycle]"'
  if (ancestors.length > MAX_DEPTH) return '"[too deep]"'
  try {
    return writtenObject(value, [...ancestors, value])
  } catch {
    // A getter or a toJSON of somebody's own.
    return '"[unreadable]"'
  }
}

function writtenObject(value: object, ancestors: readonly object[]): string | undefined {
  if (Array.isArray(value)) return list(value, ancestors)
  if (value instanceof Map || value instanceof Set) return list([...value], ancestors)
  if (ArrayBuffer.isView(value)) return base64(value)
  if (value instanceof Error) return fields(errorFields(value), ancestors)
  const { toJSON } = value as { readonly toJSON?: unknown }
  if (typeof toJSON === 'function') return written(toJSON.call(value), ancestors)
  return isPlain(value) ? fields(value, ancestors) : JSON.stringify(`[${value.constructor.name}]`)
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

function list(items: readonly unknown[], ancestors: readonly object[]): string {
  return `[${items.map((item) => written(item, ancestors) ?? 'null').join(',')}]`
}

function fields(object: object, ancestors: readonly object[]): string {
  const parts: string[] = []
  for (const [key, field] of Object.entries(object).sort(([one], [other]) => (one < other ? -1 : 1))) {
    const text = written(field, ancestors)
    if (text !== undefined) parts.push(`${JSON.stringify(key)}:${text}`)
  }
  return `{${parts.join(',')}}`
}

function errorFields({ name, message, cause, ...own }: Error): object {
  return { ...own, name, message, cause }
}

function base64({ buffer, byteOffset, byteLength }: ArrayBufferView): string {
  return JSON.stringify(Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength).toString('base64'))
}
