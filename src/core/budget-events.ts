import type { ActorPath } from './address.js'

/** What the ledger tells of budgets. Amounts are as it counts them: money in millionths of a dollar. */
export type BudgetEvent =
  /** An account has used as much of a limit as its `warnAt` says. Told once for each limit. `path`: who spent last. */
  | {
      readonly type: 'budgetWarning'
      readonly path: ActorPath
      readonly account: ActorPath
      readonly dimension: string
      readonly limit: number
      readonly used: number
    }
  /** A reservation was refused. */
  | {
      readonly type: 'budgetExhausted'
      readonly path: ActorPath
      readonly account: ActorPath
      readonly dimension: string
      readonly limit: number
      readonly left: number
      readonly wanted: number
    }
