import type { z } from 'zod'

/** The first thing that is wrong, and the path of the field that it is wrong with. */
export function firstProblem(error: z.ZodError): { readonly field: string; readonly problem: string } {
  const issue = error.issues[0]!
  const unknown = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined
  const path = [...issue.path, ...(unknown === undefined ? [] : [unknown])]
  return { field: path.map(String).join('.'), problem: unknown === undefined ? issue.message : 'is not a field' }
}
