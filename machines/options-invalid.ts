/** Bad options of a machine, refused when it is made. Machines know nothing of the runtime, so its error is told by its code. */
import type { z } from 'zod'

/** The error that Roscius throws for bad options; `isRosciusError(error, 'OPTIONS_INVALID')` knows it. */
export function optionsInvalid(who: string, field: string, problem: string): Error {
  const error = new TypeError(`${who}: ${field}: ${problem}`)
  return Object.assign(error, { name: 'RosciusError', code: 'OPTIONS_INVALID', details: { field } })
}

/** `value` as the schema reads it. Throws `OPTIONS_INVALID`, with the path of the field. */
export function readOptions<T extends z.ZodType>(who: string, schema: T, value: unknown): z.output<T> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const { field, problem } = firstProblem(result.error)
  throw optionsInvalid(who, field, problem)
}

export function firstProblem(error: z.ZodError): { readonly field: string; readonly problem: string } {
  const issue = error.issues[0]!
  const unknown = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined
  const path = [...issue.path, ...(unknown === undefined ? [] : [unknown])]
  return { field: path.map(String).join('.'), problem: unknown === undefined ? issue.message : 'is not a setting' }
}
