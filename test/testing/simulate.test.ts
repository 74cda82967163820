import { isRosciusError, type System } from 'roscius'
import { defineAgent, fromRules } from 'roscius/actors'
import { type FaultRates, type Moment, type SimulateOptions, simulate } from 'roscius/testing'
import { describe, expect, test } from 'vitest'
import { createMachine, fromPromise } from 'xstate'
import { type Deeds, shop } from './society.js'

const call = { late: 0.1, rateLimited: 0.1, wrongShape: 0.1, crash: 0.1 }
const FAULTS: FaultRates = { brain: call, tool: { ...call, hang: 0.02 }, kill: 0.1, powerLoss: 0.5 }
const DAY_MS = 86_400_000

async function shopping(seed: number, faults: FaultRates = FAULTS, { lies = false } = {}) {
  const deeds: Deeds = { paid: [] }
  const bossOf = (system: System) => system.actor('boss', 'boss').getSnapshot()
  const result = await simulate({
    seed,
    faults,
    setup: shop(deeds, { lies }),
    untilMs: 2 * DAY_MS,
    until: ({ system }) => bossOf(system).status === 'done',
    always: {
      'each payment is made once': () => new Set(deeds.paid).size === deeds.paid.length,
      'each payment was agreed to': ({ system }) =>
        deeds.paid.length <= system.approvals.list({ status: 'approved' }).length,
      'the budget holds': ({ system }) => {
        const [turns] = system.budget('buyers')?.lines ?? []
        return turns === undefined || turns.settled + turns.open - turns.overdraft <= 40
      },
    },
    finally: { 'the boss comes to an end': ({ system }) => bossOf(system).status === 'done' },
  })
  return { deeds, result }
}

describe('a simulation', () => {
  test('without faults runs the whole society to its end', async () => {
    const { deeds, result } = await shopping(1, {})
    expect([deeds.paid.length, result.kills]).toEqual([3, 0])
    expect(result.trace.at(-1)).toContain('actorDone path=boss')
  })

  test('with the same seed is the same run, line by line, whatever goes wrong', async () => {
    for (const seed of [1, 2, 3]) {
      const [one, other] = [await shopping(seed), await shopping(seed)]
      expect(other.result.trace.join('\n')).toBe(one.result.trace.join('\n'))
      expect(other.deeds).toEqual(one.deeds)
    }
  })

  test('is the same run while others run beside it', async () => {
    const alone = await shopping(4)
    const [beside] = await Promise.all([shopping(4), shopping(5), shopping(6)])
    expect(beside?.result.trace).toEqual(alone.result.trace)
  })

  test('with another seed is another run', async () => {
    expect((await shopping(1)).result.trace).not.toEqual((await shopping(2)).result.trace)
  })

  test('meets every fault, kills included, and no payment is made twice or without a yes', async () => {
    const traces: string[] = []
    let kills = 0
    for (let seed = 0; seed < 40; seed++) {
      const { result } = await shopping(seed)
      traces.push(...result.trace)
      kills += result.kills
    }
    for (const fault of ['late', 'rateLimited', 'wrongShape', 'crash', 'hang'])
      expect(traces.some((line) => line.endsWith(`(${fault})`))).toBe(true)
    expect(kills).toBeGreaterThan(10)
  })

  test('finds what only a kill at the wrong time shows, and shows it again with that seed', async () => {
    const trouble = (seed: number) =>
      shopping(seed, FAULTS, { lies: true }).then(
        () => undefined,
        (error: unknown) => String(error),
      )
    const found: [seed: number, words: string][] = []
    for (let seed = 0; seed < 40 && found.length === 0; seed++) {
      const words = await trouble(seed)
      if (words !== undefined) found.push([seed, words])
    }
    const [[seed, words] = [-1, '']] = found
    expect(words).toContain('"each payment is made once" does not hold')
    expect(await trouble(seed)).toBe(words)
  })
})

describe('what a simulation lets go wrong', () => {
  const rules = fromRules([{ decide: { event: { type: 'FINISH', output: 1 }, reason: 'easy' } }])
  const one: SimulateOptions = {
    seed: 1,
    setup: (simulation) => ({
      logic: { agent: defineAgent({ goal: 'go', brain: simulation.brain(rules) }) },
      start: (system) => system.spawn('agent', { id: 'a' }),
    }),
  }
  const isDone = ({ system }: Moment) => system.actor('agent', 'a').getSnapshot().status === 'done'

  test('is told with the seed and with what happened, when an invariant is broken', async () => {
    const failing = simulate({ ...one, seed: 77, finally: { 'nobody is ever done': (moment) => !isDone(moment) } })
    const error = await failing.catch((thrown: unknown) => thrown)
    expect(isRosciusError(error, 'SIMULATION_FAILED')).toBe(true)
    expect(String(error)).toMatch(/Seed "77": "nobody is ever done" does not hold[\s\S]*a brain brain answered FINISH/)
    expect(error).toMatchObject({
      details: { seed: '77', trace: expect.arrayContaining([expect.stringContaining('actorDone path=a')]) },
    })
  })

  test('is told with what an invariant threw', async () => {
    // Never holds: an invariant may be an assertion, whose words are what the error has to tell.
    const always = { 'is zero': () => expect(1).toBe(0) }
    await expect(simulate({ ...one, always })).rejects.toThrow(/"is zero" does not hold: expected 1 to be/)
  })

  test('can be too many requests: the agent comes back, no sooner than it may', async () => {
    const { trace } = await simulate({ ...one, faults: { brain: { rateLimited: 0.5 } }, seed: 3, until: isDone })
    expect(trace.join('\n')).toMatch(/failed 429[\s\S]*answered FINISH/)
  })

  test('is refused if it is no probability', async () => {
    await expect(simulate({ ...one, faults: { tool: { late: 2 } } })).rejects.toMatchObject({
      code: 'OPTIONS_INVALID',
      details: { field: 'tool.late' },
    })
  })

  test('is refused if it is more than certain', async () => {
    await expect(simulate({ ...one, faults: { tool: { late: 0.7, crash: 0.7 } } })).rejects.toMatchObject({
      code: 'OPTIONS_INVALID',
      details: { field: 'tool' },
    })
  })

  test('is refused if it is no time', async () => {
    for (const untilMs of [Number.NaN, -1])
      await expect(simulate({ ...one, untilMs })).rejects.toMatchObject({
        code: 'OPTIONS_INVALID',
        details: { field: 'untilMs' },
      })
  })

  test('may be kills without end: no process lives long enough to open', async () => {
    await expect(simulate({ ...one, faults: { kill: 1 } })).rejects.toThrow('killed again and again')
  })

  test('may be a society that is always busy and gets nowhere', async () => {
    const busy = createMachine({ initial: 'a', states: { a: { after: { 0: 'b' } }, b: { after: { 0: 'a' } } } })
    const setup: SimulateOptions['setup'] = () => ({
      logic: { busy },
      start: (system) => system.spawn('busy', { id: 'b' }),
    })
    await expect(simulate({ seed: 1, setup, maxSteps: 50 })).rejects.toThrow('not ended after 50 steps, at 0 ms')
  })

  test('may be a system that stops by itself', async () => {
    const wrong = createMachine({ invoke: { src: fromPromise(() => Promise.reject(new Error('no'))) } })
    const ending = simulate({
      seed: 1,
      setup: () => ({ logic: { wrong }, start: async (system) => void (await system.spawn('wrong', { id: 'w' })) }),
    })
    await expect(ending).rejects.toThrow('The system has stopped by itself.')
  })
})

describe('the outside of a simulation', () => {
  const light = createMachine({
    initial: 'off',
    states: { off: { on: { TOGGLE: 'on' } }, on: { on: { TOGGLE: 'off' } } },
  })

  test('acts at its times, and the trace tells what came of it', async () => {
    const toggle = (system: System) => system.actor('light', 'hall').deliver({ type: 'TOGGLE' })
    const { trace } = await simulate({
      seed: 5,
      logic: { light },
      steps: [
        { atMs: 2_000, name: 'toggle', act: toggle },
        { atMs: 1_000, name: 'spawn', act: (system) => system.spawn('light', { id: 'hall' }) },
        { atMs: 3_000, name: 'nobody', act: (system) => system.actor('light', 'nobody').deliver({ type: 'TOGGLE' }) },
      ],
      finally: { 'the light is on': ({ system }) => system.actor('light', 'hall').getSnapshot().value === 'on' },
    })
    const steps = trace.filter((line) => line.includes(' step ')).map((line) => line.trim())
    expect(steps).toEqual([
      '1000 step spawn',
      '1000 step spawn: resolved',
      '2000 step toggle',
      '2000 step toggle: resolved',
      '3000 step nobody',
      '3000 step nobody: rejected DEAD_LETTER',
    ])
  })

  test('lets in what is due at the same time in an order that the seed decides', async () => {
    const orderOf = async (seed: number) => {
      const order: number[] = []
      const setup: SimulateOptions['setup'] = ({ clock }) => ({
        logic: {},
        opened: () => {
          for (let n = 0; n < 6; n++) clock.schedule(() => order.push(n), 10)
        },
      })
      await simulate({ seed, setup })
      return order.join('')
    }
    const orders = await Promise.all([1, 2, 3, 4, 5].map(orderOf))
    expect(new Set(orders).size).toBeGreaterThan(1)
    expect(await orderOf(1)).toBe(orders[0])
  })
})
