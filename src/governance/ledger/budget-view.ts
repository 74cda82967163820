/** What `system.budget(address)` shows: an account with its limits, what is used, and the accounts below it. */
import type { ActorPath } from '../../core/address.js'
import { type Account, type Accounts, usedOf } from './accounts.js'
import { type Amounts, DIMENSIONS, type Dimension, usd } from './amounts.js'
import type { OnExhausted } from './budget.js'

export interface BudgetLine {
  /** As in `withBudget`: `costUsd` in US dollars, all others counts. */
  readonly dimension: Exclude<Dimension, 'costMicroUsd'> | 'costUsd'
  /** Undefined where the account doesn't limit it. */
  readonly limit: number | undefined
  readonly settled: number
  /** Reserved and not settled. */
  readonly open: number
  /** Used beyond what was reserved. */
  readonly overdraft: number
  /** What can still be reserved here; the accounts above may allow less. */
  readonly left: number | undefined
}

export interface BudgetView {
  readonly path: ActorPath
  /** Undefined: as each agent's own policy says. */
  readonly onExhausted: OnExhausted | undefined
  /** ms since the account was opened, and how many it has. */
  readonly wall: { readonly usedMs: number; readonly limitMs: number | undefined }
  readonly depth: number | undefined
  /** What is limited or used. */
  readonly lines: readonly BudgetLine[]
  readonly below: readonly BudgetView[]
}

/** The account of the actor, or the nearest that covers it; `undefined` if none does. */
export function viewOf(accounts: Accounts, path: ActorPath, now: number): BudgetView | undefined {
  const account = accounts.nearest(path)
  return account && viewAt(account, accounts.allBelow(), now)
}

function viewAt(account: Account, allBelow: ReturnType<Accounts['allBelow']>, now: number): BudgetView {
  const { path, budget, openedMs } = account
  return {
    path,
    onExhausted: budget.onExhausted,
    wall: { usedMs: now - openedMs, limitMs: budget.wallMs },
    depth: budget.depth,
    lines: DIMENSIONS.flatMap((dimension) => lineOf(account, dimension) ?? []),
    below: (allBelow.get(path) ?? []).map((below) => viewAt(below, allBelow, now)),
  }
}

function lineOf(account: Account, dimension: Dimension): BudgetLine | undefined {
  const { budget, total, open } = account
  const limit = budget.limits[dimension]
  const used = usedOf(account, dimension)
  if (limit === undefined && used === 0) return undefined
  const said = (amounts: Amounts): number => say(dimension, amounts[dimension] ?? 0)
  return {
    dimension: dimension === 'costMicroUsd' ? 'costUsd' : dimension,
    limit: limit && say(dimension, limit),
    settled: said(total.settled),
    open: said(open),
    overdraft: said(total.overdraft),
    left: limit === undefined ? undefined : say(dimension, Math.max(0, limit - used)),
  }
}

function say(dimension: Dimension, amount: number): number {
  return dimension === 'costMicroUsd' ? usd(amount) : amount
}
