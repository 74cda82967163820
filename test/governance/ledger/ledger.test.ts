import { type BudgetView, metered, spawnActor, startChild, supervisor, withBudget } from 'roscius'
import { describe, expect, it } from 'vitest'
import { assign, createMachine, fromPromise, setup } from 'xstate'
import { World } from '../../support/world.js'

const LIMIT = 1_000

/** What has really been used, by whom: nothing in the system can change it. */
class Provider {
  used = 0
  calls = 0

  call(tokens: number): { value: string; usage: { inputTokens: number } } {
    this.calls++
    this.used += tokens
    return { value: 'answer', usage: { inputTokens: tokens } }
  }
}

/** Calls until its budget is spent: each call may use 150 tokens, and uses 70. */
function spender(provider: Provider) {
  return setup({
    types: { context: {} as { answers: number; error: string } },
    actors: {
      call: fromPromise(() => metered({ inputTokens: 150, modelCalls: 1 }, async () => provider.call(70))),
    },
  }).createMachine({
    context: { answers: 0, error: '' },
    initial: 'calling',
    states: {
      calling: {
        invoke: {
          src: 'call',
          onDone: {
            target: 'calling',
            reenter: true,
            actions: assign({ answers: ({ context }) => context.answers + 1 }),
          },
          onError: {
            target: 'spent',
            actions: assign({ error: ({ event }) => (event.error as { code?: string }).code ?? String(event.error) }),
          },
        },
      },
      spent: {},
    },
  })
}

const teamOf = (id: string) => createMachine({ entry: spawnActor('spender', { id, ...withBudget({ tokens: 5_000 }) }) })

const line = (view: BudgetView | undefined, dimension = 'tokens') =>
  view?.lines.find((each) => each.dimension === dimension)

describe('a budget', () => {
  it('binds an actor that has no guards: what does not fit is not called', async () => {
    const provider = new Provider()
    const world = new World({ spender: spender(provider) })
    const system = await world.open()
    const ref = await system.spawn('spender', { id: 's', ...withBudget({ tokens: LIMIT }) })
    await system.settled()
    expect(ref.getSnapshot()).toMatchObject({ value: 'spent', context: { error: 'BUDGET_EXHAUSTED' } })
    expect(line(system.budget('s'))).toEqual({
      dimension: 'tokens',
      limit: LIMIT,
      settled: provider.used,
      open: 0,
      overdraft: 0,
      left: LIMIT - provider.used,
    })
    expect(LIMIT - provider.used).toBeLessThan(150)
    await world.stop()
  })

  it('binds those below, whatever they were given themselves', async () => {
    const provider = new Provider()
    const world = new World({ spender: spender(provider), team: teamOf('a') })
    const system = await world.open()
    await system.spawn('team', { id: 'team', ...withBudget({ tokens: LIMIT, costUsd: 1 }) })
    await system.settled()
    const view = system.budget('roscius://world/team')
    expect(line(view)).toMatchObject({ limit: LIMIT, settled: provider.used })
    expect(view?.below.map((below) => [below.path, line(below)?.limit])).toEqual([['team/a', 5_000]])
    expect(provider.used).toBeLessThanOrEqual(LIMIT)
    await world.stop()
  })

  it('can be given by a child spec, and goes on over restarts of the child', async () => {
    const provider = new Provider()
    const pool = supervisor({ children: [{ id: 'a', logic: 'spender', ...withBudget({ tokens: LIMIT }) }] })
    const world = new World({ spender: spender(provider), pool })
    const system = await world.open()
    const ref = await system.spawn('pool', { id: 'p' })
    const added = await startChild(ref, { id: 'b', logic: 'spender', ...withBudget({ tokens: 200 }) })
    await system.settled()
    expect(added.getSnapshot().value).toBe('spent')
    expect([line(system.budget('p/a'))?.limit, line(system.budget('p/b'))?.limit]).toEqual([LIMIT, 200])
    const before = line(system.budget('p/a'))
    await system.actor('spender', 'p/a').stop()
    await world.advance(10)
    expect(system.actor('spender', 'p/a').getSnapshot()).toMatchObject({ value: 'spent', context: { answers: 0 } })
    expect(line(system.budget('p/a'))).toEqual(before)
    await world.stop()
  })

  it('tells once when it runs low, and when it is spent', async () => {
    const world = new World({ spender: spender(new Provider()) })
    const system = await world.open()
    await system.spawn('spender', { id: 's', ...withBudget({ tokens: LIMIT }) })
    await system.settled()
    const told = world.events.filter(({ type }) => type.startsWith('budget'))
    expect(told).toMatchObject([
      { type: 'budgetWarning', account: 's', dimension: 'tokens', limit: LIMIT },
      { type: 'budgetExhausted', account: 's', path: 's', dimension: 'tokens', wanted: 150 },
    ])
    await world.stop()
  })

  it('limits how many actors are started below it, and how deep', async () => {
    const leaf = createMachine({})
    const boss = setup({ types: { events: {} as { type: 'HIRE'; id: string } } }).createMachine({
      on: { HIRE: { actions: spawnActor('leaf', { id: ({ event }) => (event as { id: string }).id }) } },
    })
    const world = new World({ leaf, boss: { logic: boss, supervision: { maxDeliveries: 1 } } })
    const system = await world.open()
    const ref = await system.spawn('boss', { id: 'b', ...withBudget({ spawned: 2 }) })
    for (const id of ['x', 'y']) await ref.deliver({ type: 'HIRE', id })
    await expect(ref.deliver({ type: 'HIRE', id: 'z' })).rejects.toMatchObject({
      cause: { code: 'BUDGET_EXHAUSTED', details: { dimension: 'spawned', limit: 2 } },
    })
    await world.stop()
  })

  it('can be raised by an operator, also over a restart', async () => {
    const provider = new Provider()
    const world = new World({ spender: spender(provider) })
    const system = await world.open()
    await system.spawn('spender', { id: 's', ...withBudget({ tokens: 300 }) })
    await system.settled()
    await system.raiseBudget('s', { inputTokens: 500 })
    await expect(system.raiseBudget('nobody', { inputTokens: 1 })).rejects.toMatchObject({ code: 'BUDGET_NOT_FOUND' })
    const again = await world.crashAndOpen()
    expect(line(again.budget('s'))).toMatchObject({ limit: 800, settled: provider.used })
    await world.stop()
  })

  it('costs nothing where there is none: neither a metered call nor a spawn writes a record', async () => {
    const calling = setup({
      actors: { call: fromPromise(() => metered({ toolCalls: 1 }, async () => ({ value: 'done' }))) },
    }).createMachine({
      entry: spawnActor('leaf', { id: 'x' }),
      invoke: { src: 'call', onDone: '.over' },
      initial: 'on',
      states: { on: {}, over: {} },
    })
    const volatile = { durability: 'volatile' } as const
    const world = new World({
      leaf: { logic: createMachine({}), ...volatile },
      calling: { logic: calling, ...volatile },
    })
    const system = await world.open()
    const before = world.store.written.batches
    const ref = await system.spawn('calling', { id: 'c' })
    await system.settled()
    expect(ref.getSnapshot().value).toBe('over')
    expect(world.store.written.batches).toBe(before)
    await world.stop()
  })

  it('is refused at the door where it is none, with the path of the field', async () => {
    const world = new World({ spender: spender(new Provider()) })
    const system = await world.open()
    expect(() => withBudget({ tokens: -1 })).toThrow(/budget\.tokens/)
    const spawned = system.spawn('spender', { id: 's', 'extra:budget': { tokens: 'many' } })
    await expect(spawned).rejects.toMatchObject({ code: 'OPTIONS_INVALID', details: { field: 'budget.tokens' } })
    await world.stop()
  })

  it('holds at every crash: nobody calls without a durable reservation, and nothing that was used is forgotten', async () => {
    let crashes = 0
    for (let batch = 2; batch < 40; batch++) {
      for (const when of ['before', 'after'] as const) {
        const provider = new Provider()
        const world = new World({ spender: spender(provider), team: teamOf('a') })
        const system = await world.open()
        world.store.crashAtBatch(batch, when)
        await system.spawn('team', { id: 'team', ...withBudget({ tokens: LIMIT }) }).catch(() => undefined)
        await system.settled().catch(() => undefined)
        crashes++
        const again = await world.crashAndOpen()
        await again.settled()
        const { settled = 0, open = 0, overdraft = 0 } = line(again.budget('team')) ?? {}
        expect(settled - overdraft + open).toBeLessThanOrEqual(LIMIT)
        expect(provider.used).toBeLessThanOrEqual(settled)
        await world.stop()
      }
    }
    expect(crashes).toBe(76)
  })
})
