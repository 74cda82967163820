/** Values as JSON that a person can read, whatever they hold; and JSON that comes in, which may not hold everything. */
import { refusal } from '../../supervision/refusal.js'

/** Never throws: what JSON has no word for is said in another way. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value, readable) ?? 'null'
}

export function plainJson(value: unknown): unknown {
  return JSON.parse(jsonText(value))
}

/** A replacer for `JSON.stringify`. */
export function readable(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value)
  if (value instanceof Map) return { Map: [...value] }
  if (value instanceof Set) return { Set: [...value] }
  if (value instanceof Error) return { Error: value.message }
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString('base64') }
  return value
}

/** Deeper ones could exhaust the stack of whoever walks through them. */
const MAX_DEPTH = 100

/** Throws `OPTIONS_INVALID`, also for a field called `__proto__`: copying it could change what is no part of the value. */
export function parsedJson(text: string, where: string): unknown {
  if (depthOf(text) > MAX_DEPTH) throw refusal(where, `is nested more than ${MAX_DEPTH} levels deep`)
  try {
    return JSON.parse(text, (key, value) => {
      if (key === '__proto__') throw refusal(`${where}.__proto__`, 'is no name for a field')
      return value
    })
  } catch (error) {
    if (error instanceof SyntaxError) throw refusal(where, 'is not JSON')
    throw error
  }
}

/** How deep the brackets of a JSON text go; those in its strings don't count. */
function depthOf(text: string): number {
  let [depth, deepest, isInString] = [0, 0, false]
  for (let at = 0; at < text.length; at++) {
    const char = text[at]
    if (isInString) {
      if (char === '\\') at++
      else if (char === '"') isInString = false
    } else if (char === '"') isInString = true
    else if (char === '[' || char === '{') deepest = Math.max(deepest, ++depth)
    else if (char === ']' || char === '}') depth--
  }
  return deepest
}
