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

  it('limits how many actors are started below it, also by two events at once, and by its own start', async () => {
    const leaf = createMachine({})
    const hire = spawnActor('leaf', { id: ({ event }) => (event as unknown as { id: string }).id })
    const boss = createMachine({ on: { HIRE: { actions: hire } } })
    const eager = createMachine({ entry: ['x', 'y', 'z'].map((id) => spawnActor('leaf', { id })) })
    const world = new World({ leaf, boss: { logic: boss, supervision: { maxDeliveries: 1 } }, eager })
    const system = await world.open()
    const ref = await system.spawn('boss', { id: 'b', ...withBudget({ spawned: 1 }) })
    const both = await Promise.allSettled(['x', 'y'].map((id) => ref.deliver({ type: 'HIRE', id })))
    expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
    expect(line(system.budget('b'), 'spawned')).toMatchObject({ limit: 1, settled: 1 })
    await expect(system.spawn('eager', { id: 'e', ...withBudget({ spawned: 2 }) })).rejects.toMatchObject({
      cause: { code: 'BUDGET_EXHAUSTED', details: { account: 'e', limit: 2, wanted: 3 } },
    })
    await expect(system.spawn('eager', { id: 'f', ...withBudget({ depth: 0 }) })).rejects.toMatchObject({
      cause: { code: 'BUDGET_EXHAUSTED' },
    })
    await system.spawn('eager', { id: 'g', ...withBudget({ spawned: 3 }) })
    expect(line(system.budget('g'), 'spawned')).toMatchObject({ settled: 3 })
    expect(world.events.filter(({ type }) => type === 'budgetExhausted')).toMatchObject([
      { account: 'b', path: 'b/y' },
      { account: 'e', path: 'e/x' },
    ])
    await world.stop()
  })

  it.each([-1_000, Number.NaN, Number.POSITIVE_INFINITY, '5', null])(
    'settles in full what a call says it has used: %j tokens',
    async (inputTokens) => {
      const usage = { inputTokens } as { inputTokens: number }
      const calling = setup({
        actors: { call: fromPromise(() => metered({ inputTokens: 100 }, async () => ({ value: 1, usage }))) },
      }).createMachine({ invoke: { src: 'call', onDone: '.over' }, initial: 'on', states: { on: {}, over: {} } })
      const world = new World({ calling })
      const system = await world.open()
      await system.spawn('calling', { id: 'c', ...withBudget({ tokens: 150 }) })
      await system.settled()
      expect(line(system.budget('c'))).toMatchObject({ settled: 100, open: 0, overdraft: 0, left: 50 })
      await world.stop()
    },
  )

  it.each([{ inputTokens: -1 }, { outputTokens: Number.NaN }, { costUsd: '1' }, { typo: 5 }])(
    'refuses to reserve, or to grant, %j',
    async (wrong) => {
      const usage = wrong as { inputTokens: number }
      const calling = setup({
        types: { context: {} as { error: unknown } },
        actors: { call: fromPromise(() => metered(usage, async () => ({ value: 1 }))) },
      }).createMachine({
        context: { error: undefined },
        invoke: { src: 'call', onError: { actions: assign({ error: ({ event }) => event.error }) } },
      })
      const world = new World({ calling })
      const system = await world.open()
      const ref = await system.spawn('calling', { id: 'c', ...withBudget({ tokens: 150 }) })
      await system.settled()
      expect(ref.getSnapshot().context.error).toMatchObject({ code: 'OPTIONS_INVALID' })
      await expect(system.raiseBudget('c', usage)).rejects.toMatchObject({ code: 'OPTIONS_INVALID' })
      expect(line(system.budget('c'))).toMatchObject({ limit: 150, settled: 0, open: 0 })
      await world.stop()
    },
  )

  it('is raised in what it limits, tokens and spawned actors too', async () => {
    const world = new World({ idle: createMachine({}) })
    const system = await world.open()
    await system.spawn('idle', { id: 'c', ...withBudget({ tokens: 100, spawned: 1 }) })
    await system.raiseBudget('c', { tokens: 50, spawned: 2, toolCalls: 9 })
    const limits = system.budget('c')?.lines.map(({ dimension, limit }) => [dimension, limit])
    expect(limits).toEqual([
      ['tokens', 150],
      ['spawned', 3],
    ])
    const raises: unknown[] = []
    for await (const record of system.audit.records({ kind: 'intervention' })) raises.push(record.subject)
    await expect(system.raiseBudget('c', { tokens: -1 })).rejects.toMatchObject({ code: 'OPTIONS_INVALID' })
    for await (const record of system.audit.records({ kind: 'intervention' })) raises.push(record.subject)
    expect(raises).toEqual(['raiseBudget', 'raiseBudget'])
    await world.stop()
  })

  it('settles a call that fails with nothing', async () => {
    const calling = setup({
      actors: {
        call: fromPromise(() =>
          metered({ toolCalls: 1 }, () => {
            throw undefined
          }),
        ),
      },
    }).createMachine({ invoke: { src: 'call', onError: {} } })
    const world = new World({ calling })
    const system = await world.open()
    await system.spawn('calling', { id: 'c', ...withBudget({ toolCalls: 3 }) })
    await system.settled()
    expect(line(system.budget('c'), 'toolCalls')).toMatchObject({ settled: 1, open: 0 })
    await world.stop()
  })

  it('does not make a new actor pay for what a former one of its path had reserved when the process ended', async () => {
    const calling = setup({
      actors: {
        call: fromPromise(({ input }: { input: boolean }) =>
          metered({ inputTokens: 100 }, () =>
            input ? new Promise<never>(() => undefined) : Promise.resolve({ value: 1, usage: { inputTokens: 100 } }),
          ),
        ),
      },
      types: { input: {} as { isSilent: boolean }, context: {} as { isSilent: boolean } },
    }).createMachine({
      context: ({ input }) => input,
      invoke: { src: 'call', input: ({ context }) => context.isSilent, onDone: '.over' },
      initial: 'on',
      states: { on: {}, over: { type: 'final' } },
    })
    const hire = spawnActor('calling', {
      id: 'c',
      input: ({ event }) => event as unknown as { isSilent: boolean },
      ...withBudget({ tokens: 100 }),
    })
    const team = createMachine({ on: { HIRE: { actions: hire } } })
    const world = new World({ calling, team })
    const system = await world.open()
    const ref = await system.spawn('team', { id: 't', ...withBudget({ tokens: 1_000 }) })
    await ref.deliver({ type: 'HIRE', isSilent: true })
    // One commit for the start, one for the reservation.
    for (const type of ['WAIT', 'WAIT']) await ref.deliver({ type })
    expect(line(system.budget('t/c'))).toMatchObject({ open: 100 })
    await system.actor('calling', 't/c').delete()
    expect(line(system.budget('t'))).toMatchObject({ settled: 0, open: 100 })
    await ref.deliver({ type: 'HIRE', isSilent: false })
    await system.actor('calling', 't/c').result()
    const again = await world.crashAndOpen()
    expect(line(again.budget('t/c'))).toMatchObject({ settled: 100, open: 0 })
    expect(line(again.budget('t'))).toMatchObject({ settled: 200, open: 0 })
    await world.stop()
  })

  it('of a volatile actor goes when nothing is known of it any more', async () => {
    const world = new World({ leaf: { logic: createMachine({}), durability: 'volatile' } })
    const system = await world.open()
    await (await system.spawn('leaf', { id: 'l', ...withBudget({ tokens: 5 }) })).stop()
    expect(system.budget('l')).toBeDefined()
    for (let n = 0; n < 1_000; n++) await (await system.spawn('leaf', { id: `l${n}` })).stop()
    await system.settled()
    expect(system.budget('l')).toBeUndefined()
    expect(world.store.get('u/ledger/a/l')).toBeUndefined()
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
    for (let batch = 2; batch < 30; batch++) {
      for (const when of ['before', 'after'] as const) {
        const provider = new Provider()
        const world = new World({ spender: spender(provider), team: teamOf('a') })
        const system = await world.open()
        world.store.crashAtBatch(batch, when)
        await system.spawn('team', { id: 'team', ...withBudget({ tokens: LIMIT }) }).catch(() => undefined)
        await system.settled().catch(() => undefined)
        if (world.events.some(({ type }) => type === 'halted')) crashes++
        const again = await world.crashAndOpen()
        await again.settled()
        const { settled = 0, open = 0, overdraft = 0 } = line(again.budget('team')) ?? {}
        expect(settled - overdraft + open).toBeLessThanOrEqual(LIMIT)
        expect(provider.used).toBeLessThanOrEqual(settled)
        await world.stop()
      }
    }
    expect(crashes).toBeGreaterThan(40)
  })
})
