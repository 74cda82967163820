/** How far an approval reaches: the key under which it is remembered, and found again for a later call. */
import { createHash } from 'node:crypto'
import type { Verdict } from './policy.js'

/** More is no id of an approval. */
const MAX_CHARS = 1_000

/** Where a call stands. */
export interface CallPlace {
  /** The agent's task: an id that is new for each. */
  readonly taskId: string
  /** The turn in the task. */
  readonly turn: number
  /** The call itself; its effect id does. */
  readonly callId: string
}

/**
 * The key of the approval that this verdict asks for: the same for every call that one approval covers, and for no other.
 * An approval counts only for the policies and the rules that asked for it. At most 1 000 characters, none of them control
 * characters: where the names would make it longer, it is their hash.
 */
export function approvalKey(
  policy: { readonly name: string; readonly version: string },
  { rule, level, also }: Verdict,
  { taskId, turn, callId }: CallPlace,
): string {
  const places = { task: [taskId], step: [taskId, turn], action: [taskId, turn, callId] }
  const others = also === undefined ? [] : [also.map((one) => [one.policy.name, one.policy.version, one.rule])]
  const key = JSON.stringify([policy.name, policy.version, rule, level, ...others, ...places[level]])
  const isId = key.length <= MAX_CHARS && !/\p{Cc}/u.test(key)
  return isId ? key : createHash('sha256').update(key).digest('hex')
}
