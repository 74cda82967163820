/** How far an approval reaches: the key under which it is remembered, and found again for a later call. */
import type { Verdict } from './policy.js'

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
 * An approval counts only for the policy and the rule that asked for it.
 */
export function approvalKey(
  policy: { readonly name: string; readonly version: string },
  { rule, level }: Verdict,
  { taskId, turn, callId }: CallPlace,
): string {
  const places = { task: [taskId], step: [taskId, turn], action: [taskId, turn, callId] }
  return JSON.stringify([policy.name, policy.version, rule, level, ...places[level]])
}
