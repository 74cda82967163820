/**
 * The accounts of a store that no system has open, as the next one that opens it will find them: what was reserved and never settled
 * counts as used. Nothing burns, so nothing is said of rates.
 */
import type { ToldBudget } from '../../control/protocol/lists.js'
import { type ActorPath, parentOf } from '../../core/address.js'
import { unpackAccount } from '../../governance/ledger/account-record.js'
import { Accounts } from '../../governance/ledger/accounts.js'
import type { Amounts } from '../../governance/ledger/amounts.js'
import { type BudgetView, viewOf } from '../../governance/ledger/budget-view.js'
import { extensionRange } from '../../persistence/keys.js'
import { NO_REFS } from '../../persistence/storable.js'
import type { StoreSight } from './stored-sight.js'

const EXTENSION = 'ledger'

/** Those with none above them. */
export async function storedBudgets(sight: StoreSight): Promise<ToldBudget[]> {
  const accounts = new Accounts()
  const paths = await openAll(accounts, sight)
  await settleAll(accounts, sight)
  const tops = paths.filter((path) => accounts.get(path) !== undefined && !isCovered(accounts, path))
  return tops.map((path) => told(viewOf(accounts, path, sight.nowMs) as BudgetView))
}

function isCovered(accounts: Accounts, path: ActorPath): boolean {
  const parent = parentOf(path)
  return parent !== undefined && accounts.nearest(parent) !== undefined
}

/** Those of volatile actors are gone with them. */
async function openAll(accounts: Accounts, sight: StoreSight): Promise<ActorPath[]> {
  const paths: ActorPath[] = []
  for await (const [path, value] of records(sight, 'a/')) {
    const { budget, openedMs, own, isVolatile } = unpackAccount(value)
    accounts.open(path, budget, openedMs, own)
    if (!isVolatile) paths.push(path)
  }
  return paths
}

async function settleAll(accounts: Accounts, sight: StoreSight): Promise<void> {
  for await (const [id, value] of records(sight, 'r/')) {
    const [path, amounts] = value as [ActorPath, Amounts]
    accounts.restore({ id, path, amounts })
    accounts.settle(id, undefined)
  }
}

async function* records({ values, codec }: StoreSight, prefix: string): AsyncGenerator<[name: string, value: unknown]> {
  const { gte, lt } = extensionRange(EXTENSION, prefix)
  for await (const [key, bytes] of values.range({ gte, lt }))
    yield [key.slice(gte.length), codec.decode(bytes, key, NO_REFS)]
}

function told({ path, onExhausted, wall, lines, below }: BudgetView): ToldBudget {
  return {
    path,
    onExhausted,
    wall: { ...wall },
    lines: lines.map((each) => ({ ...each, burnPerMinute: 0 })),
    below: below.map(told),
  }
}
