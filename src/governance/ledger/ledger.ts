/**
 * The budgets of a node, durable: accounts and reservations are records in the same commits as the states they belong to.
 *
 * 1. A reservation is durable before what it pays for begins; settled − overdraft + open ≤ limit at every account above, at
 *    any crash point (D16).
 * 2. What an earlier process had reserved and not settled may have been used: it is settled in full at the next opening.
 * 3. An account lives as long as its actor's records; what it spent then stays with the account above.
 * 4. Nobody raises a limit but an operator (`grant`): an account that is opened below another is bound by both.
 */
import type { ActorPath } from '../../core/address.js'
import { parentOf } from '../../core/address.js'
import { RosciusError } from '../../core/errors.js'
import type { Extension, ExtensionHost, Starting } from '../../runtime/extension.js'
import type { Durability } from '../../runtime/logic-table.js'
import { packAccount, unpackAccount } from './account-record.js'
import { type Account, Accounts, newAccount, type Refusal, type Reservation, refusalAt, usedOf } from './accounts.js'
import { type Amounts, plus, type Usage } from './amounts.js'
import { type ReadBudget, readBudget } from './budget.js'
import { budgetExhausted, tooDeep } from './budget-errors.js'
import { type BudgetRaise, readRaise, readUsage } from './read-usage.js'

const ONE_ACTOR: Amounts = { spawned: 1 }

export class Ledger implements Extension {
  readonly name = 'ledger'
  readonly accounts = new Accounts()
  #host!: ExtensionHost

  // --- the life of accounts ---

  async open(host: ExtensionHost): Promise<void> {
    this.#host = host
    const open: [id: string, path: ActorPath, amounts: Amounts][] = []
    const volatile: ActorPath[] = []
    for await (const [key, value] of host.records()) {
      if (key.startsWith('r/')) open.push([key.slice(2), ...(value as [ActorPath, Amounts])])
      else if (this.#restore(key.slice(2), value)) volatile.push(key.slice(2))
    }
    for (const [id, path, amounts] of open) {
      this.accounts.restore({ id, path, amounts })
      this.settle(id, undefined)
    }
    // The deepest first, so that each finds the account above it.
    for (const path of volatile.sort((a, b) => b.length - a.length)) this.#close(path)
  }

  #restore(path: ActorPath, value: unknown): boolean {
    const { budget, openedMs, own, isVolatile } = unpackAccount(value)
    this.accounts.open(path, budget, openedMs, own)
    return isVolatile
  }

  /** All of them have one parent, or none. */
  admit(starting: readonly Starting[], by?: Starting): void {
    for (const { extras } of starting) if (extras.budget !== undefined) readBudget(extras.budget)
    const [{ path } = { path: '' }] = starting
    const parent = parentOf(path)
    if (parent === undefined) return
    for (const account of this.#covering(parent, by)) {
      const refusal = refusalAt(account, { spawned: starting.length }, this.#host.now())
      if (refusal !== undefined) throw this.#refused(path, refusal)
      const { depth } = account.budget
      if (depth !== undefined && levelsBelow(account.path, path) > depth) throw tooDeep(path, account.path, depth)
    }
  }

  /** While an actor's own start makes others, its account is not open yet; if there is one, it is that of an earlier life. */
  *#covering(path: ActorPath, by: Starting | undefined): Generator<Account> {
    if (by?.path !== path) return yield* this.accounts.covering(path)
    if (by.extras.budget !== undefined) yield newAccount(path, readBudget(by.extras.budget), this.#host.now())
    const above = parentOf(path)
    if (above !== undefined) yield* this.accounts.covering(above)
  }

  /** Counted here, and not when it is started: meanwhile others are admitted. */
  planned({ path }: Starting): void {
    const parent = parentOf(path)
    if (parent !== undefined && this.covers(parent)) this.#countSpawn(parent, path)
  }

  started({ path, extras }: Starting, durability: Durability): void {
    this.#close(path)
    if (extras.budget === undefined) return
    const account = this.accounts.open(path, readBudget(extras.budget), this.#host.now())
    this.#write(account, durability === 'volatile')
  }

  forgotten(path: ActorPath): void {
    this.#close(path)
  }

  deleted(path: ActorPath): void {
    this.#close(path)
  }

  #close(path: ActorPath): void {
    const closed = this.accounts.close(path)
    if (closed === undefined) return
    this.#host.delete(`a/${path}`)
    const heir = this.accounts.nearest(path)
    if (heir !== undefined) this.#write(heir)
    for (const reservation of this.accounts.reservationsAt(closed)) this.#writeReservation(reservation)
  }

  /** With the account that bears it, not with whose effect it is: a later actor of that path has nothing to do with it. */
  #writeReservation({ id, amounts }: Reservation): void {
    const bearer = this.accounts.bearer(id)
    if (bearer === undefined) this.#host.delete(`r/${id}`)
    else this.#host.put(`r/${id}`, [bearer.path, amounts])
  }

  #write(account: Account, isVolatile = this.#isVolatile(account.path)): void {
    this.#host.put(`a/${account.path}`, packAccount(account, isVolatile))
  }

  #isVolatile(path: ActorPath): boolean {
    return unpackAccount(this.#host.get(`a/${path}`)).isVolatile
  }

  // --- spending ---

  now(): number {
    return this.#host.now()
  }

  /** Whether a budget limits the actor. Where none does, nothing is counted, and nothing is written. */
  covers(path: ActorPath): boolean {
    return this.accounts.nearest(path) !== undefined
  }

  /** The tokens that the workflow of the actor has used, which is all below the uppermost account; `undefined` without one. */
  workflowTokens(path: ActorPath): number | undefined {
    const top = [...this.accounts.covering(path)].at(-1)
    return top && usedOf(top, 'tokens')
  }

  /** It was admitted, and is used at once: it needs no reservation of its own in the store. */
  #countSpawn(parent: ActorPath, path: ActorPath): void {
    const id = `spawn:${path}`
    this.accounts.restore({ id, path: parent, amounts: ONE_ACTOR })
    const account = this.accounts.settle(id, ONE_ACTOR)
    if (account !== undefined) this.#write(account)
    this.#warn(parent)
  }

  /** Resolves when the reservation is durable. Rejects with `BUDGET_EXHAUSTED` or `OPTIONS_INVALID`, and nothing is reserved. */
  async reserve(id: string, path: ActorPath, usage: Usage): Promise<void> {
    const reservation = { id, path, amounts: readUsage(usage, 'reservation') }
    const refusal = this.accounts.reserve(reservation, this.#host.now())
    if (refusal !== undefined) throw this.#refused(path, refusal)
    this.#writeReservation(reservation)
    this.#warn(path)
    await this.#host.committed()
  }

  /** Part of the current commit. `used` unknown: all that was reserved. */
  settle(id: string, used: Amounts | undefined): void {
    const reservation = this.accounts.reservation(id)
    if (reservation === undefined) return
    const account = this.accounts.settle(id, used)
    this.#host.delete(`r/${id}`)
    if (account !== undefined) this.#write(account)
    this.#warn(reservation.path)
  }

  #refused(path: ActorPath, refusal: Refusal): RosciusError {
    this.#host.tell({ type: 'budgetExhausted', path, ...refusal })
    return budgetExhausted(path, refusal, this.accounts.get(refusal.account)?.budget.onExhausted)
  }

  #warn(path: ActorPath): void {
    for (const warning of this.accounts.warnings(path)) this.#host.tell({ type: 'budgetWarning', path, ...warning })
  }

  /**
   * An operator gives more: the limits of that account are raised by so much, in the current commit. Throws
   * `BUDGET_NOT_FOUND`, `OPTIONS_INVALID`.
   */
  raise(path: ActorPath, more: BudgetRaise): void {
    const account = this.accounts.get(path)
    if (account === undefined) throw notFound(path)
    this.accounts.widen(path, raised(account.budget, readRaise(more)))
    this.#write(this.accounts.get(path) as Account)
  }

  committed(): Promise<void> {
    return this.#host.committed()
  }
}

/** Only what is limited can be raised. */
function raised(budget: ReadBudget, more: Amounts): ReadBudget {
  const limited = Object.fromEntries(Object.entries(more).filter(([dimension]) => dimension in budget.limits))
  return { ...budget, limits: plus(budget.limits, limited) }
}

function levelsBelow(above: ActorPath, path: ActorPath): number {
  return path.slice(above.length).split('/').length - 1
}

function notFound(path: ActorPath): RosciusError {
  const message = `${path} has no budget of its own; see system.budget(...), and withBudget(...) where it is spawned.`
  return new RosciusError('BUDGET_NOT_FOUND', message, { address: path })
}
