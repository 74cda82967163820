import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Accounts } from '../../../src/governance/ledger/accounts.js'
import { type Amounts, amountsOf, DIMENSIONS, microUsd } from '../../../src/governance/ledger/amounts.js'
import { readBudget } from '../../../src/governance/ledger/budget.js'

const of = (...budgets: readonly [path: string, budget: object][]): Accounts => {
  const accounts = new Accounts()
  for (const [path, budget] of budgets) accounts.open(path, readBudget(budget), 0)
  return accounts
}
const reserve = (accounts: Accounts, id: string, path: string, amounts: Amounts, now = 0) =>
  accounts.reserve({ id, path, amounts }, now)

/** D16, at every account. */
function expectInvariant(accounts: Accounts, paths: readonly string[]): void {
  for (const path of paths) {
    const account = accounts.get(path)
    for (const dimension of DIMENSIONS) {
      const limit = account?.budget.limits[dimension]
      if (account === undefined || limit === undefined) continue
      const settled = account.total.settled[dimension] ?? 0
      const overdraft = account.total.overdraft[dimension] ?? 0
      const open = account.open[dimension] ?? 0
      expect(open).toBeGreaterThanOrEqual(0)
      expect(settled - overdraft + open).toBeLessThanOrEqual(limit)
    }
  }
}

describe('accounts', () => {
  it('refuse what does not fit, and say where and by how much', () => {
    const accounts = of(['team', { tokens: 1_000 }], ['team/a', { tokens: 5_000 }])
    expect(reserve(accounts, '1', 'team/a/b', { tokens: 600 })).toBeUndefined()
    expect(reserve(accounts, '2', 'team/a', { tokens: 500 })).toEqual({
      account: 'team',
      dimension: 'tokens',
      limit: 1_000,
      left: 400,
      wanted: 500,
    })
    expect(reserve(accounts, '3', 'other', { tokens: 1e9 })).toBeUndefined()
  })

  it('give back what was reserved and not used', () => {
    const accounts = of(['a', { tokens: 1_000 }])
    reserve(accounts, '1', 'a', { tokens: 900 })
    accounts.settle('1', { tokens: 100 })
    expect(reserve(accounts, '2', 'a', { tokens: 900 })).toBeUndefined()
    expect(accounts.get('a')).toMatchObject({ total: { settled: { tokens: 100 } }, open: { tokens: 900 } })
  })

  it('settle a reservation whose usage is unknown in full, and each one once', () => {
    const accounts = of(['a', { tokens: 1_000 }])
    reserve(accounts, '1', 'a', { tokens: 900 })
    accounts.settle('1', undefined)
    accounts.settle('1', { tokens: 0 })
    expect(accounts.get('a')?.total.settled).toEqual({ tokens: 900 })
  })

  it('record what was used beyond the reservation as overdraft, which blocks the next one', () => {
    const accounts = of(['a', { tokens: 1_000 }])
    reserve(accounts, '1', 'a', { tokens: 900 })
    accounts.settle('1', { tokens: 1_200 })
    expect(accounts.get('a')?.total).toEqual({ settled: { tokens: 1_200 }, overdraft: { tokens: 300 } })
    expect(reserve(accounts, '2', 'a', { tokens: 1 })).toMatchObject({ left: 0 })
  })

  it('leave what a closed account has spent with the one above', () => {
    const accounts = of(['team', { tokens: 1_000 }], ['team/a', { tokens: 500 }])
    reserve(accounts, '1', 'team/a', { tokens: 300 })
    reserve(accounts, '2', 'team/a', { tokens: 100 })
    accounts.settle('1', undefined)
    accounts.close('team/a')
    accounts.settle('2', undefined)
    accounts.open('team/a', readBudget({ tokens: 500 }), 0)
    expect(reserve(accounts, '3', 'team/a', { tokens: 601 })).toMatchObject({ account: 'team/a' })
    expect(reserve(accounts, '4', 'team', { tokens: 601 })).toMatchObject({ account: 'team', left: 600 })
    expect(accounts.get('team')?.own.settled).toEqual({ tokens: 400 })
  })

  it('are spent when their time is over', () => {
    const accounts = of(['a', { wallMs: 1_000 }])
    expect(reserve(accounts, '1', 'a', {}, 999)).toBeUndefined()
    expect(reserve(accounts, '2', 'a', {}, 1_000)).toMatchObject({ dimension: 'wallMs' })
  })

  it('warn once, at the share that was given', () => {
    const accounts = of(['a', { tokens: 1_000 }])
    reserve(accounts, '1', 'a', { tokens: 799 })
    expect([...accounts.warnings('a')]).toEqual([])
    reserve(accounts, '2', 'a', { tokens: 1 })
    expect([...accounts.warnings('a')]).toEqual([{ account: 'a', dimension: 'tokens', limit: 1_000, used: 800 }])
    expect([...accounts.warnings('a')]).toEqual([])
  })

  it('never have more out than their limit, whatever happens in which order', () => {
    const paths = ['t', 't/a', 't/a/x', 't/b']
    const amounts = fc.record({ tokens: fc.nat(50), costMicroUsd: fc.nat(50) }, { requiredKeys: [] })
    const step = fc.oneof(
      fc.record({ kind: fc.constant('reserve' as const), path: fc.constantFrom(...paths, 't/a/y'), amounts }),
      fc.record({ kind: fc.constant('settle' as const), which: fc.nat(), used: fc.option(amounts) }),
      fc.record({ kind: fc.constant('close' as const), path: fc.constantFrom(...paths.slice(1)) }),
      fc.record({ kind: fc.constant('open' as const), path: fc.constantFrom(...paths), limit: fc.nat(100) }),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const accounts = of(['t', { tokens: 100, costUsd: 0.000_1 }], ['t/a', { tokens: 60 }])
        let n = 0
        for (const each of steps) {
          if (each.kind === 'reserve') reserve(accounts, `r${n++}`, each.path, each.amounts)
          else if (each.kind === 'settle') accounts.settle(`r${each.which % (n + 1)}`, each.used ?? undefined)
          else if (each.kind === 'close') accounts.close(each.path)
          else if (accounts.get(each.path) === undefined)
            accounts.open(each.path, readBudget({ tokens: each.limit }), 0)
          expectInvariant(accounts, paths)
        }
      }),
    )
  })
})

describe('amounts', () => {
  it('count money in whole millionths, rounded up', () => {
    expect([microUsd(1.5), microUsd(0.1 + 0.2), microUsd(0.000_000_1)]).toEqual([1_500_000, 300_000, 1])
    expect(amountsOf({ inputTokens: 10, outputTokens: 5, costUsd: 0.01, toolCalls: 0 })).toEqual({
      inputTokens: 10,
      outputTokens: 5,
      tokens: 15,
      costMicroUsd: 10_000,
    })
  })

  it('are refused with the path of the field where they are none', () => {
    expect(() => readBudget({ tokens: -1 })).toThrowError(
      expect.objectContaining({ code: 'OPTIONS_INVALID', details: { field: 'budget.tokens' } }),
    )
    expect(() => readBudget({ token: 1 }, 'spawn.budget')).toThrowError(/spawn\.budget/)
  })
})
