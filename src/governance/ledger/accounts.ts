/**
 * The accounts of a node, in memory: who may spend what, what is reserved, what is spent. It follows the tree of actors: an
 * account covers its actor and all below, and what is spent there counts for each account above.
 *
 * Boundary: pure but for its own state; `Ledger` makes it durable.
 *
 * 1. settled − overdraft + open ≤ limit, in every dimension, at every account, at any time (D16).
 * 2. A reservation fits every account above, or nothing is reserved.
 * 3. What was used beyond its reservation is settled and recorded as overdraft, and counts against the next reservation.
 * 4. A reservation is settled once.
 */
import { type ActorPath, parentOf } from '../../core/address.js'
import { type Amounts, DIMENSIONS, type Dimension, excess, minus, plus } from './amounts.js'
import type { ReadBudget } from './budget.js'

export interface Account {
  readonly path: ActorPath
  budget: ReadBudget
  readonly openedMs: number
  /** Of the actor itself, and of accounts below that have been closed. */
  own: Spent
  /** With all accounts below. */
  total: Spent
  /** Reserved and not settled, with all accounts below. */
  open: Amounts
  /** Dimensions of which it has been told that they run out. */
  readonly warned: Set<Dimension>
}

export interface Spent {
  readonly settled: Amounts
  readonly overdraft: Amounts
}

export interface Reservation {
  readonly id: string
  /** Whose account it was made on. */
  readonly path: ActorPath
  readonly amounts: Amounts
}

/** A reservation counts at the accounts that were there when it was made: one that is opened later knows nothing of it. */
interface Entry {
  readonly reservation: Reservation
  readonly accounts: readonly Account[]
}

/** Why a reservation does not fit. */
export interface Refusal {
  readonly account: ActorPath
  readonly dimension: Dimension | 'wallMs'
  readonly limit: number
  /** What was left of it. */
  readonly left: number
  readonly wanted: number
}

/** A dimension of an account that has passed its `warnAt`. */
export interface Warning {
  readonly account: ActorPath
  readonly dimension: Dimension
  readonly limit: number
  readonly used: number
}

const NOTHING_SPENT: Spent = { settled: {}, overdraft: {} }

export class Accounts {
  readonly #accounts = new Map<ActorPath, Account>()
  readonly #entries = new Map<string, Entry>()

  get(path: ActorPath): Account | undefined {
    return this.#accounts.get(path)
  }

  /** The accounts that cover the actor, its own first. */
  *covering(path: ActorPath): Generator<Account> {
    for (let at: ActorPath | undefined = path; at !== undefined; at = parentOf(at)) {
      const account = this.#accounts.get(at)
      if (account !== undefined) yield account
    }
  }

  /** The nearest account that covers the actor. */
  nearest(path: ActorPath): Account | undefined {
    return this.covering(path).next().value ?? undefined
  }

  /** Of each account those directly below: without one between. All in one pass: there may be thousands. */
  allBelow(): ReadonlyMap<ActorPath, readonly Account[]> {
    const found = new Map<ActorPath, Account[]>()
    for (const account of this.#accounts.values()) {
      const parent = parentOf(account.path)
      const above = parent === undefined ? undefined : this.nearest(parent)
      if (above === undefined) continue
      const siblings = found.get(above.path)
      if (siblings === undefined) found.set(above.path, [account])
      else siblings.push(account)
    }
    return found
  }

  open(path: ActorPath, budget: ReadBudget, openedMs: number, own = NOTHING_SPENT): Account {
    const account = newAccount(path, budget, openedMs, own)
    this.#accounts.set(path, account)
    for (const above of this.#above(path)) above.total = together(above.total, own)
    return account
  }

  /** Its limits from here on. */
  widen(path: ActorPath, budget: ReadBudget): void {
    const account = this.#accounts.get(path)
    if (account === undefined) return
    account.budget = budget
    account.warned.clear()
  }

  /** Its actor is gone: what it spent stays with the account above, which also bears what is still open. */
  close(path: ActorPath): Account | undefined {
    const account = this.#accounts.get(path)
    if (account === undefined) return undefined
    this.#accounts.delete(path)
    const heir = this.nearest(path)
    if (heir !== undefined) heir.own = together(heir.own, account.own)
    return account
  }

  *#above(path: ActorPath): Generator<Account> {
    const parent = parentOf(path)
    if (parent !== undefined) yield* this.covering(parent)
  }

  // --- spending ---

  /** Reserves, or tells what does not fit. Nobody's account: nothing limits it. */
  reserve(reservation: Reservation, now: number): Refusal | undefined {
    const refusal = this.refusalOf(reservation.path, reservation.amounts, now)
    if (refusal === undefined) this.restore(reservation)
    return refusal
  }

  refusalOf(path: ActorPath, amounts: Amounts, now: number): Refusal | undefined {
    for (const account of this.covering(path)) {
      const refusal = refusalAt(account, amounts, now)
      if (refusal !== undefined) return refusal
    }
    return undefined
  }

  /** A reservation that was made before. */
  restore(reservation: Reservation): void {
    const accounts = [...this.covering(reservation.path)]
    this.#entries.set(reservation.id, { reservation, accounts })
    for (const account of accounts) account.open = plus(account.open, reservation.amounts)
  }

  reservation(id: string): Reservation | undefined {
    return this.#entries.get(id)?.reservation
  }

  /** All that are not settled. */
  reservations(): Reservation[] {
    return [...this.#entries.values()].map(({ reservation }) => reservation)
  }

  /** Those not settled that were made when the account covered them. */
  reservationsAt(account: Account): Reservation[] {
    return [...this.#entries.values()].flatMap(({ reservation, accounts }) =>
      accounts.includes(account) ? reservation : [],
    )
  }

  /** The account that is to bear a reservation: the nearest of those that are left. */
  bearer(id: string): Account | undefined {
    return this.#entries.get(id)?.accounts.find((account) => this.#accounts.get(account.path) === account)
  }

  /**
   * Settles with what was used; unknown (`undefined`) counts as all that was reserved. Answers the account that bears it;
   * `undefined` if the reservation was settled before, or there is no account.
   */
  settle(id: string, used: Amounts | undefined): Account | undefined {
    const entry = this.#entries.get(id)
    if (entry === undefined) return undefined
    const bearer = this.bearer(id)
    this.#entries.delete(id)
    const { amounts } = entry.reservation
    const settled = used ?? amounts
    const spent = { settled, overdraft: excess(settled, amounts) }
    for (const account of entry.accounts) {
      account.open = minus(account.open, amounts)
      account.total = together(account.total, spent)
    }
    if (bearer !== undefined) bearer.own = together(bearer.own, spent)
    return bearer
  }

  /** What has passed its `warnAt` since this was asked last, at the accounts that cover the actor. */
  *warnings(path: ActorPath): Generator<Warning> {
    for (const account of this.covering(path)) {
      for (const dimension of DIMENSIONS) {
        const limit = account.budget.limits[dimension]
        if (limit === undefined || account.warned.has(dimension)) continue
        const used = usedOf(account, dimension)
        if (used < limit * account.budget.warnAt) continue
        account.warned.add(dimension)
        yield { account: account.path, dimension, limit, used }
      }
    }
  }
}

/** Settled and open. */
export function usedOf({ total, open }: Account, dimension: Dimension): number {
  return (total.settled[dimension] ?? 0) + (open[dimension] ?? 0)
}

export function newAccount(path: ActorPath, budget: ReadBudget, openedMs: number, own = NOTHING_SPENT): Account {
  return { path, budget, openedMs, own, total: own, open: {}, warned: new Set() }
}

export function refusalAt(account: Account, amounts: Amounts, now: number): Refusal | undefined {
  const { path, budget, openedMs } = account
  const { limits, wallMs } = budget
  if (wallMs !== undefined && now - openedMs >= wallMs)
    return { account: path, dimension: 'wallMs', limit: wallMs, left: 0, wanted: 0 }
  for (const dimension of DIMENSIONS) {
    const limit = limits[dimension]
    const wanted = amounts[dimension] ?? 0
    if (limit === undefined || wanted === 0) continue
    const left = limit - usedOf(account, dimension)
    if (wanted > left) return { account: path, dimension, limit, left: Math.max(0, left), wanted }
  }
  return undefined
}

function together(a: Spent, b: Spent): Spent {
  return { settled: plus(a.settled, b.settled), overdraft: plus(a.overdraft, b.overdraft) }
}
