import type { ActorPath } from '../../core/address.js'
import { RosciusError } from '../../core/errors.js'
import type { Refusal } from './accounts.js'
import { usd } from './amounts.js'
import type { OnExhausted } from './budget.js'

/** Its failure class is `budget`: a restart does not help. */
export function budgetExhausted(path: ActorPath, refusal: Refusal, onExhausted?: OnExhausted): RosciusError {
  const { account, dimension, limit, left, wanted } = refusal
  const text =
    dimension === 'wallMs'
      ? `its time is over (${limit} ms)`
      : `it wants ${say(dimension, wanted)}, and ${say(dimension, left)} of ${say(dimension, limit)} are left`
  return new RosciusError('BUDGET_EXHAUSTED', `${path}: the budget of ${account} does not allow this: ${text}.`, {
    address: path,
    details: { ...refusal, ...(onExhausted !== undefined && { onExhausted }) },
  })
}

export function tooDeep(path: ActorPath, account: ActorPath, depth: number): RosciusError {
  const message = `${path}: the budget of ${account} allows ${depth} levels of actors below it.`
  return new RosciusError('BUDGET_EXHAUSTED', message, {
    address: path,
    details: { account, dimension: 'depth', limit: depth },
  })
}

function say(dimension: string, amount: number): string {
  return dimension === 'costMicroUsd' ? `$${usd(amount)}` : `${amount} ${dimension}`
}
