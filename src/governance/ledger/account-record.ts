/** How an account is stored. Positions are part of the record format; fields are only ever added at the end. */
import type { Account, Spent } from './accounts.js'
import type { Amounts } from './amounts.js'
import type { OnExhausted, ReadBudget } from './budget.js'

export interface StoredAccount {
  readonly budget: ReadBudget
  readonly openedMs: number
  readonly own: Spent
  /** Whether its actor is gone with the process. */
  readonly isVolatile: boolean
}

export function packAccount({ budget, openedMs, own }: Account, isVolatile: boolean): unknown[] {
  const { limits, depth, wallMs, onExhausted, warnAt } = budget
  const packed = [limits, depth ?? null, wallMs ?? null, onExhausted ?? null, warnAt]
  return [packed, openedMs, own.settled, own.overdraft, isVolatile]
}

export function unpackAccount(value: unknown): StoredAccount {
  const [packed, openedMs, settled, overdraft, isVolatile] = value as [unknown[], number, Amounts, Amounts, boolean]
  const [limits, depth, wallMs, onExhausted, warnAt] = packed as [
    ReadBudget['limits'],
    number | null,
    number | null,
    OnExhausted | null,
    number,
  ]
  const budget = {
    limits,
    depth: depth ?? undefined,
    wallMs: wallMs ?? undefined,
    onExhausted: onExhausted ?? undefined,
    warnAt,
  }
  return { budget, openedMs, own: { settled, overdraft }, isVolatile }
}
