/** What a user says an actor, or everybody in the system, may do. */
import { z } from 'zod'
import { RosciusError } from '../../core/errors.js'
import { definePolicy } from '../policy/define-policy.js'
import type { Policy, PolicyInput } from '../policy/policy.js'
import { firstProblem } from '../policy/problem.js'
import { isScope } from '../policy/scopes.js'

export interface PermissionsOptions {
  /** What tools it may use: see `covers`. Default: those of its parent; at the top those of the system, or none. */
  readonly scopes?: readonly string[]
  /** Binds it and all below it, together with the policies above and the agent's own: the strictest verdict counts. */
  readonly policy?: PolicyInput
}

/** Read; storable. */
export interface ReadPermissions {
  readonly scopes?: readonly string[] | undefined
  readonly policy?: Policy | undefined
}

const schema = z.strictObject({
  scopes: z.array(z.custom<string>(isScope, 'must be a scope such as read:files')).max(1_000).optional(),
  policy: z.custom<PolicyInput>((value) => typeof value === 'object' && value !== null, 'must be a policy').optional(),
})

/** Throws `OPTIONS_INVALID` with the path of the field. */
export function readPermissions(permissions: unknown): ReadPermissions {
  const result = schema.safeParse(permissions)
  if (!result.success) {
    const { field, problem } = firstProblem(result.error)
    throw new RosciusError('OPTIONS_INVALID', `permissions: ${field}: ${problem}`, { details: { field } })
  }
  const { scopes, policy } = result.data
  return { scopes, policy: policy && definePolicy(policy) }
}
