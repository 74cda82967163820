import { withBudget } from 'roscius'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createCircuitBreakers, withCircuitBreaker } from '../../../actors/with-circuit-breaker.js'
import { createRateLimiter, withRateLimit } from '../../../actors/with-rate-limit.js'
import { withRetry } from '../../../actors/with-retry.js'
import { type ChatAnswer, cut, hanging, later, status } from '../../support/chat-completions-server.js'
import { agentWorld, chat, counting, finishing, MODEL, PRICES, until } from './model-stage.js'

describe('an agent over a real server', () => {
  it('calls its tool as the model says, tells it the result, and ends as the model says', async () => {
    const server = await chat(counting, finishing)
    const { system, ref, calls } = await agentWorld(server)
    await system.spawn('agent', { id: 'a' })
    const used = { modelCalls: 2, inputTokens: 200, outputTokens: 40, toolCalls: 1, turns: 2 }
    expect(await ref().result()).toMatchObject({ status: 'done', output: 42, used })
    expect(calls).toMatchObject([{ tool: 'count', input: { what: 'bees' }, reason: 'They have to be counted.' }])
    const [first, second] = server.requests.map(({ body }) => body)
    expect(first).toMatchObject({ model: MODEL, stream: true, max_tokens: 1_024, tool_choice: 'required' })
    const offered = first?.tools?.map((tool) => tool.function.name)
    expect(offered).toEqual(['ASK_PERSON', 'REFLECT', 'FINISH', 'GIVE_UP', 'count'])
    expect(second?.messages.at(-1)?.content).toContain('"found":42')
  })

  it('tells with each decision which model and prompt made it, and what it cost', async () => {
    const server = await chat(counting, finishing)
    const { system, ref } = await agentWorld(server, { model: { prices: PRICES } })
    const decided: unknown[] = []
    ref().on('decided', (event) => decided.push(event))
    await system.spawn('agent', { id: 'a' })
    const { used } = await ref().result()
    const prompt = { name: 'roscius.agent', version: '1.0.0' }
    const usage = { inputTokens: 100, outputTokens: 20, costUsd: 0.0016 }
    expect(decided).toMatchObject([
      { event: { type: 'USE_TOOL' }, model: MODEL, prompt, usage },
      { event: { type: 'FINISH' }, model: MODEL, prompt, usage },
    ])
    expect(used.costUsd).toBeCloseTo(0.0032)
  })

  it('is heard word by word', async () => {
    const server = await chat(finishing)
    const { system, ref } = await agentWorld(server)
    const heard: string[] = []
    ref().on('token', ({ text }) => heard.push(text))
    await system.spawn('agent', { id: 'a' })
    await ref().result()
    expect(heard).toEqual(['They ', 'are ', 'counted.'])
  })

  it('is asked again with the reason when its decision is refused, and pays for all of them', async () => {
    const server = await chat({ calls: [{ name: 'DELEGATE', args: { to: 'x' } }] }, { text: 'Hm.' }, finishing)
    const { system, ref, settled } = await agentWorld(server)
    await system.spawn('agent', { id: 'a', ...withBudget({ tokens: 50_000 }) })
    expect(await ref().result()).toMatchObject({ status: 'done', used: { turns: 1, modelCalls: 3, inputTokens: 300 } })
    const [, second, third] = server.requests.map(({ body }) => body.messages.at(-1)?.content ?? '')
    expect(second).toContain('there is no function DELEGATE')
    expect(third).toContain('no function was called')
    expect(settled().inputTokens).toBe(300)
  })

  it('cuts the request when it is cancelled, and the request counts in full', async () => {
    const { answer, begun } = hanging(finishing)
    const server = await chat(answer)
    const { system, ref, settled } = await agentWorld(server)
    await system.spawn('agent', { id: 'a', ...withBudget({ tokens: 50_000 }) })
    await begun
    await ref().deliver({ type: 'CANCEL', by: 'Ann' })
    await server.idle()
    expect(server.requests).toMatchObject([{ isCut: true }])
    expect(await ref().result()).toMatchObject({ status: 'cancelled' })
    await system.settled()
    expect(settled()).toMatchObject({ modelCalls: 1, outputTokens: 1_024 })
  })

  it('goes on after a crash in the middle of an answer, and the lost request counts in full', async () => {
    const { answer, begun } = hanging(finishing)
    const server = await chat(answer, finishing)
    const { world, system } = await agentWorld(server)
    await system.spawn('agent', { id: 'a', ...withBudget({ tokens: 50_000 }) })
    await begun
    const reopened = await world.crashAndOpen()
    expect(await reopened.actor('agent', 'a').result()).toMatchObject({ status: 'done', output: 42 })
    expect(reopened.budget('a')?.lines).toContainEqual(
      expect.objectContaining({ dimension: 'outputTokens', settled: 1_044 }),
    )
  })
})

describe('the budget of an agent over a model', () => {
  it('is settled with what the server says was used', async () => {
    const server = await chat(counting, finishing)
    const { system, ref, settled } = await agentWorld(server, { model: { prices: PRICES } })
    await system.spawn('agent', { id: 'a', ...withBudget({ tokens: 50_000, costUsd: 2 }) })
    await ref().result()
    const expected = { modelCalls: 2, inputTokens: 200, outputTokens: 40, tokens: 240, costUsd: 0.0032 }
    expect(settled()).toMatchObject(expected)
  })

  it.each([{ tokens: 1_000 }, { costUsd: 0.001 }, { modelCalls: 0 }])(
    'that has no room for the request lets nothing be sent: %j',
    async (budget) => {
      const server = await chat(counting)
      const { system, ref, settled } = await agentWorld(server, { model: { prices: PRICES } })
      await system.spawn('agent', { id: 'a', ...withBudget(budget) })
      expect(await ref().result()).toMatchObject({ status: 'exhausted', limit: 'budget' })
      expect(server.requests).toEqual([])
      expect(Object.values(settled()).every((amount) => amount === 0)).toBe(true)
    },
  )

  it.each<[string, ChatAnswer, object]>([
    ['is given back for a request that was refused', status(429), { modelCalls: 1, outputTokens: 20 }],
    ['is used up by a request of which nobody knows what it used', status(500), { modelCalls: 2, outputTokens: 1_044 }],
    ['is used up by an answer that was cut off', cut(finishing), { modelCalls: 2, outputTokens: 1_044 }],
    ['is used up by an answer without usage', { text: 'Hm.', usage: false }, { modelCalls: 2, outputTokens: 1_044 }],
  ])('%s', async (_, trouble, expected) => {
    const server = await chat(trouble, finishing)
    const { system, world, ref, settled } = await agentWorld(server)
    await system.spawn('agent', { id: 'a', ...withBudget({ tokens: 50_000 }) })
    await system.settled()
    await world.advance(1_000)
    await ref().result()
    expect(settled()).toMatchObject(expected)
  })
})

describe('an agent whose provider has troubles', () => {
  /** Runs until the brain waits to ask again: the agent's own timers are longer. */
  async function inTrouble(trouble: ChatAnswer) {
    const server = await chat(trouble, finishing)
    const breakers = createCircuitBreakers({ maxFailures: 1, openMs: 10_000 })
    onTestFinished(() => breakers.stop())
    const limiter = createRateLimiter()
    const wrap = (brain: Parameters<typeof withRetry>[0]) =>
      withRetry(withRateLimit(withCircuitBreaker(brain, { breakers, key: 'k' }), { limiter, key: 'k' }), {
        initialMs: 20_000,
        jitter: 0,
      })
    const stage = await agentWorld(server, { wrap })
    await stage.system.spawn('agent', { id: 'a' })
    await until(() => stage.world.clock.nextInMs! <= 25_000)
    return { ...stage, server, breakers }
  }

  it('waits as long as a 429 says, which is no failure of the provider', async () => {
    const { world, server, ref, breakers } = await inTrouble(status(429, { 'retry-after': '25' }))
    expect(breakers.stateOf('k')).toBe('closed')
    await world.clock.advance(24_999)
    expect(server.requests).toHaveLength(1)
    await world.clock.advance(1)
    expect(await ref().result()).toMatchObject({ status: 'done', used: { modelCalls: 1 } })
    expect(server.requests).toHaveLength(2)
  })

  it.each<[string, ChatAnswer]>([
    ['500', status(500)],
    ['cut connection', cut(finishing, 4)],
  ])('asks again after a %s, which is one', async (_, trouble) => {
    const { world, ref, server, breakers } = await inTrouble(trouble)
    expect(breakers.stateOf('k')).toBe('open')
    await world.clock.advance(20_000)
    expect(await ref().result()).toMatchObject({ status: 'done', used: { modelCalls: 1 } })
    expect(breakers.stateOf('k')).toBe('closed')
    expect(server.requests).toHaveLength(2)
  })

  it('gives up a request that takes too long, and asks again', async () => {
    const server = await chat(later(new Promise(() => {}), counting), finishing)
    const { system, world, ref } = await agentWorld(server, { agent: { limits: { brainMs: 5_000 } } })
    await system.spawn('agent', { id: 'a' })
    await until(() => server.requests.length === 1)
    await world.clock.advance(5_000)
    await server.idle()
    expect(server.requests).toMatchObject([{ isCut: true }])
    await world.clock.advance(1_000)
    expect(await ref().result()).toMatchObject({ status: 'done', output: 42 })
  })
})
