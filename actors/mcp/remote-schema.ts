/**
 * A server's JSON Schema as a check of our own: bad arguments are answered here, with the path of the field.
 *
 * 1. It is never stricter than the server: what it does not know it lets pass, and the server checks it.
 * 2. It is linear in what it checks. The schema is a stranger's, so no pattern of it runs here and no reference is followed:
 *    both can be made to take for ever.
 * 3. It checks, and changes nothing: defaults are the server's business.
 */
import { z } from 'zod'

/** Keywords that don't count here. */
const LEFT_OUT = new Set(['default', 'format', 'pattern', 'uniqueItems'])
/** Keywords that hold schemas by names of the author's. */
const BY_NAME = new Set(['$defs', 'definitions', 'properties'])
const NESTED = new Set(['additionalProperties', 'allOf', 'anyOf', 'items', 'oneOf', 'prefixItems'])
/** A schema with one of these is taken for "anything". */
const UNTOLD = [
  '$dynamicRef',
  '$recursiveRef',
  '$ref',
  'contains',
  'dependencies',
  'dependentRequired',
  'dependentSchemas',
  'if',
  'not',
  'patternProperties',
  'propertyNames',
  'unevaluatedItems',
  'unevaluatedProperties',
]

/** The check for `schema`, over `anything`. */
export function checkedBy<T extends z.ZodType>(anything: T, schema: unknown): T {
  const check = checkFor(schema)
  if (check === undefined) return anything
  return anything.superRefine((value, context) => {
    const result = check.safeParse(value)
    for (const { path, message } of result.error?.issues ?? [])
      context.addIssue({ code: 'custom', path: [...path], message })
  })
}

function checkFor(schema: unknown): z.ZodType | undefined {
  try {
    return z.fromJSONSchema(simplified(schema) as Parameters<typeof z.fromJSONSchema>[0])
  } catch {
    // It says something that zod can't: the server checks it.
    return undefined
  }
}

function simplified(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(simplified)
  if (typeof schema !== 'object' || schema === null) return schema
  if (UNTOLD.some((keyword) => Object.hasOwn(schema, keyword))) return {}
  const kept = Object.entries(schema).filter(([keyword]) => !LEFT_OUT.has(keyword) && !keyword.startsWith('$'))
  return Object.fromEntries(kept.map(([keyword, value]) => [keyword, simplifiedValue(keyword, value)]))
}

function simplifiedValue(keyword: string, value: unknown): unknown {
  if (NESTED.has(keyword)) return simplified(value)
  if (keyword === 'required' && Array.isArray(value)) return value.filter((name) => !isInherited(name))
  if (!BY_NAME.has(keyword) || typeof value !== 'object' || value === null) return value
  const own = Object.entries(value).filter(([name]) => !isInherited(name))
  return Object.fromEntries(own.map(([name, schema]) => [name, simplified(schema)]))
}

/** zod would find what every object has. */
function isInherited(name: unknown): boolean {
  return typeof name === 'string' && name in Object.prototype
}
