/**
 * The only way to a model or a tool: reserve, call, settle, refund the rest.
 *
 * 1. Nothing is called before its reservation is durable (D16).
 * 2. An attempt whose usage is unknown, because it failed without telling or told what can't be (less than nothing, no number),
 *    settles at its full reservation: what a provider says can't give anything back that was not reserved.
 * 3. An attempt that was aborted while it reserved calls nothing, and pays nothing.
 */
import { currentRun } from '../../runtime/effect-run.js'
import type { Usage } from './amounts.js'
import { Ledger } from './ledger.js'
import { reportedUsage } from './read-usage.js'

/** What a metered call came back with. */
export interface Metered<T> {
  readonly value: T
  /** What it has used; absent if it can't be known. */
  readonly usage?: Usage
}

/** Numbers the calls of one attempt. */
const calls = new WeakMap<object, number>()

/**
 * Runs `call` within the budgets of the actor whose effect this is: those of its own account and of all above. Outside an
 * effect, and where no budget covers the actor, it just calls. `reservation` is an upper bound of what the call may use. An
 * error may carry a `usage`, which is then what is settled.
 *
 * Rejects with `BUDGET_EXHAUSTED` if the reservation does not fit, and with `OPTIONS_INVALID` if it is none; the call is not made
 * then.
 *
 * @example
 * ```ts
 * import { metered } from 'roscius'
 * import { fromPromise } from 'xstate'
 *
 * declare function search(query: string): Promise<string[]>
 *
 * export const searching = fromPromise(({ input }: { input: string }) =>
 *   metered({ toolCalls: 1 }, async () => ({ value: await search(input), usage: { toolCalls: 1 } })),
 * )
 * ```
 */
export async function metered<T>(reservation: Usage, call: () => Promise<Metered<T>>): Promise<T> {
  const effect = currentRun()
  const ledger = effect?.extension('ledger')
  if (effect === undefined || !(ledger instanceof Ledger) || !ledger.covers(effect.path)) return (await call()).value
  const number = (calls.get(effect) ?? 0) + 1
  calls.set(effect, number)
  const id = `${effect.effectId}#${effect.attempt}.${number}`
  await ledger.reserve(id, effect.path, reservation)
  if (effect.signal.aborted) {
    ledger.settle(id, {})
    throw effect.signal.reason
  }
  try {
    const { value, usage } = await call()
    ledger.settle(id, reportedUsage(usage))
    return value
  } catch (error) {
    ledger.settle(id, reportedUsage((error as { readonly usage?: unknown } | undefined)?.usage))
    throw error
  }
}
