/** How a setting is refused at the door: `OPTIONS_INVALID` with the path of the field. */
import type { z } from 'zod'
import { RosciusError } from '../core/errors.js'

type Issue = z.core.$ZodIssue

/** `value` as `schema` reads it; `where` is the path of `value` itself. Throws `OPTIONS_INVALID`. */
export function readWith<T>(schema: z.ZodType<T>, value: unknown, where: string): T {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const { path, message } = innermost(result.error.issues[0]!)
  throw refusal([where, ...path.map(String)].filter((part) => part !== '').join('.'), message)
}

/** The error for the setting at `field`. */
export function refusal(field: string, message: string): RosciusError {
  return new RosciusError('OPTIONS_INVALID', `${field}: ${message}`, { details: { field } })
}

interface Place {
  readonly path: readonly PropertyKey[]
  readonly message: string
}

/** Where exactly it went wrong: inside the variant of a union that was meant, at the key that nobody knows. */
function innermost(issue: Issue): Place {
  if (issue.code === 'unrecognized_keys') return { path: [...issue.path, issue.keys[0]!], message: 'is not a setting' }
  const inner = issue.code === 'invalid_union' ? meant(issue.errors) : undefined
  if (inner === undefined) return issue
  const { path, message } = innermost(inner)
  return { path: [...issue.path, ...path], message }
}

/** Of a union's variants, the one that `value` resembles: it complains about a part of it, not about its type. */
function meant(variants: readonly (readonly Issue[])[]): Issue | undefined {
  return variants.flat().find(({ path, code }) => path.length > 0 || code === 'unrecognized_keys')
}
