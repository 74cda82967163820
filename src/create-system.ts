/**
 * Puts a system together: the runtime, and the capabilities that every system has. The runtime knows none of them.
 */
import { parseAddress } from './core/address.js'
import type { Usage } from './governance/ledger/amounts.js'
import type { BudgetView } from './governance/ledger/budget-view.js'
import { viewOf } from './governance/ledger/budget-view.js'
import { Ledger } from './governance/ledger/ledger.js'
import type { LogicTable } from './runtime/logic-table.js'
import type { SystemOptions } from './runtime/options.js'
import { openSystem, type RuntimeSystem } from './runtime/system.js'

export interface System<TLogic extends LogicTable = LogicTable> extends RuntimeSystem<TLogic> {
  /**
   * The account of an actor (a path or an address), or the nearest that covers it, with those below; `undefined` where no
   * budget does. See `withBudget`.
   */
  budget(address: string): BudgetView | undefined
  /**
   * Raises the limits of the account of exactly that actor by so much; limits that it doesn't have are left alone. Durable
   * when it resolves. Rejects with `BUDGET_NOT_FOUND`.
   */
  raiseBudget(address: string, more: Usage): Promise<void>
}

/**
 * Opens a system on a store and recovers every actor that was alive there.
 *
 * Rejects with `OPTIONS_INVALID` (and the path of the field), `STORE_LOCKED`, `STORE_FAILED`, `RECORD_CORRUPT`,
 * `RECORD_UNSUPPORTED`.
 *
 * @example
 * ```ts
 * import { createSystem, memoryStore } from 'roscius'
 * import { createMachine } from 'xstate'
 *
 * const light = createMachine({ initial: 'off', states: { off: { on: { TOGGLE: 'on' } }, on: { on: { TOGGLE: 'off' } } } })
 * await using system = await createSystem({ name: 'home', store: memoryStore(), logic: { light } })
 * const lamp = await system.spawn('light', { id: 'lamp' })
 * await lamp.deliver({ type: 'TOGGLE' })
 * ```
 */
export async function createSystem<const TLogic extends LogicTable>(
  options: SystemOptions<TLogic>,
): Promise<System<TLogic>> {
  const ledger = new Ledger()
  const system = await openSystem<TLogic>(options, [ledger])
  return Object.assign(system, {
    budget: (address: string) => viewOf(ledger.accounts, pathOf(address), ledger.now()),
    raiseBudget: (address: string, more: Usage) => ledger.grant(pathOf(address), more),
  })
}

function pathOf(address: string): string {
  return address.startsWith('roscius://') ? parseAddress(address).path : address
}
