/** What one yes covers: the call that was shown, of the agent that asked, and nothing that merely looks like it. */
import { defineTool, type PolicyInput, withBudget } from 'roscius'
import { defineAgent, defineBrain } from 'roscius/actors'
import { describe, expect, test } from 'vitest'
import { setup } from 'xstate'
import { z } from 'zod'
import { World } from '../../support/world.js'
import { caller, stage, toolsFor } from './stage.js'

const LETTER = { tool: 'burn', what: 'the letter' }
const HOUSE = { tool: 'burn', what: 'the house' }

describe('a yes to one agent', () => {
  /** A machine that runs one agent after the other, all in its own cell and with one goal. */
  function office(deeds: { done: string[]; hangs: boolean }) {
    const agentFor = (what: string) =>
      defineAgent({ goal: 'tidy up', brain: caller([{ tool: 'burn', what }]), tools: toolsFor(deeds) })
    return setup({ actors: { first: agentFor('the letter'), second: agentFor('the house') } }).createMachine({
      initial: 'one',
      states: {
        one: { invoke: { src: 'first', onDone: 'two' } },
        two: { invoke: { src: 'second', onDone: 'end' } },
        end: {},
      },
    })
  }

  test('counts for no other in the same machine, which asks for itself', async () => {
    const deeds = { done: [] as string[], hangs: false }
    const world = new World({ office: office(deeds) })
    await world.open()
    await world.system.spawn('office', { id: 'o' })
    await world.system.settled()
    const [letter] = world.system.approvals.list()
    await world.system.approvals.approve(letter?.id ?? '', { by: 'Ann' })
    await world.system.settled()
    expect(deeds.done).toEqual(['the letter'])
    const [house, ...others] = world.system.approvals.list()
    expect([house?.input, others]).toEqual([{ what: 'the house' }, []])
    await world.crashAndOpen()
    await world.system.settled()
    expect(world.system.approvals.list().map(({ id }) => id)).toEqual([house?.id])
    await world.system.approvals.approve(house?.id ?? '', { by: 'Ann' })
    await world.system.settled()
    expect(deeds.done).toEqual(['the letter', 'the house'])
    await world.stop()
  })

  test('counts for no agent that is spawned under its path later', async () => {
    const { world, deeds, start, ref } = await stage([LETTER])
    await start()
    const yes = async () => {
      const [question] = world.system.approvals.list()
      await world.system.approvals.approve(question?.id ?? '', { by: 'Ann' })
      await world.system.settled()
    }
    await yes()
    await start()
    expect(deeds.done).toHaveLength(1)
    await yes()
    expect(deeds.done).toHaveLength(2)
    await ref().delete()
    await start()
    expect(deeds.done).toHaveLength(2)
    await world.stop()
  })
})

describe('a yes to one rule', () => {
  const asks = (name: string, tool: string[], level: 'task' | 'step' | 'action' = 'task'): PolicyInput => ({
    name,
    version: '1',
    default: 'allow',
    rules: [{ id: 'ask', when: { tool }, effect: 'requireApproval', level, reason: `${name} wants to know.` }],
  })

  test.each([
    ['the agent', asks('own', ['write', 'burn']), asks('house', ['burn'])],
    ['the house', asks('own', ['burn']), asks('house', ['write', 'burn'])],
  ])('of %s counts for no call about which somebody else asks, too', async (_, toolPolicy, policy) => {
    const steps = [{ tool: 'write', what: 'a letter' }, LETTER, HOUSE]
    const { world, deeds, start } = await stage(steps, { toolPolicy, system: { permissions: { policy } } })
    await start()
    const approve = async () => {
      const [question] = world.system.approvals.list()
      await world.system.approvals.approve(question?.id ?? '', { by: 'Ann' })
      await world.system.settled()
      return question
    }
    await approve()
    expect(deeds.done).toEqual(['a letter'])
    const both = await approve()
    expect(both?.because).toMatch(/own wants to know.*house wants to know|house wants to know.*own wants to know/)
    expect(deeds.done).toEqual(['a letter', 'the letter', 'the house'])
    await world.stop()
  })
})

test('a yes is for the version of the tool that was shown', async () => {
  const done: string[] = []
  const agentWith = (version: string) =>
    defineAgent({
      goal: 'tidy up',
      brain: caller([LETTER]),
      tools: [
        defineTool({
          name: 'burn',
          version,
          description: 'Burns.',
          input: z.object({ what: z.string() }),
          output: z.string(),
          risk: 'danger',
          execute: ({ input }) => {
            done.push(`${input.what} by ${version}`)
            return ''
          },
        }),
      ],
    })
  const world = new World({ agent: agentWith('1.0.0') })
  await world.open()
  await world.system.spawn('agent', { id: 'a' })
  await world.system.settled()
  const [question] = world.system.approvals.list()
  await world.stop()
  await world.open({ agent: agentWith('2.0.0') })
  await world.system.approvals.approve(question?.id ?? '', { by: 'Ann' })
  await world.system.settled()
  expect(done).toEqual([])
  await world.stop()
})

describe('what a person is shown', () => {
  test('are the arguments as the tool gets them, whatever else the brain has written', async () => {
    const ran: unknown[] = []
    const wipe = defineTool({
      name: 'wipe',
      version: '1.0.0',
      description: 'Wipes disks.',
      input: z.object({ disk: z.string().default('all of them') }),
      output: z.string(),
      risk: 'danger',
      execute: ({ input }) => {
        ran.push(input)
        return ''
      },
    })
    const brain = defineBrain(({ observations }) => {
      const input = { comment: 'only /tmp', Disk: 'scratch' }
      const event =
        observations.length === 0 ? { type: 'USE_TOOL', tool: 'wipe', input } : { type: 'FINISH', output: '' }
      return { event, reason: '' }
    })
    const world = new World({ agent: defineAgent({ goal: 'make room', brain, tools: [wipe] }) })
    await world.open()
    await world.system.spawn('agent', { id: 'a' })
    await world.crashAndOpen()
    await world.system.settled()
    const [question] = world.system.approvals.list()
    expect([question?.input, question?.what]).toEqual([{ disk: 'all of them' }, 'wipe {"disk":"all of them"}'])
    await world.system.approvals.approve(question?.id ?? '', { by: 'Ann' })
    await world.system.settled()
    expect(ran).toEqual([{ disk: 'all of them' }])
    await world.stop()
  })

  test('are those that the brain wrote where a schema makes of them what can not be stored', async () => {
    const ran: unknown[] = []
    const fetch = defineTool({
      name: 'fetch',
      version: '1.0.0',
      description: 'Fetches.',
      input: z.object({ url: z.string().transform((text) => new URL(text)) }),
      output: z.string(),
      risk: 'danger',
      execute: ({ input }) => {
        ran.push(input.url.host)
        return ''
      },
    })
    const brain = defineBrain(({ observations }) => {
      const input = { url: 'https://a.example/b' }
      const event =
        observations.length === 0 ? { type: 'USE_TOOL', tool: 'fetch', input } : { type: 'FINISH', output: '' }
      return { event, reason: '' }
    })
    const world = new World({ agent: defineAgent({ goal: 'look', brain, tools: [fetch] }) })
    await world.open()
    await world.system.spawn('agent', { id: 'a' })
    await world.system.settled()
    const [question] = world.system.approvals.list()
    expect(question?.input).toEqual({ url: 'https://a.example/b' })
    await world.system.approvals.approve(question?.id ?? '', { by: 'Ann' })
    await world.system.settled()
    expect(ran).toEqual(['a.example'])
    await world.stop()
  })
})

describe('what a call may cost', () => {
  const bought: number[] = []
  const buy = defineTool({
    name: 'buy',
    version: '1.0.0',
    description: 'Buys.',
    input: z.object({ count: z.number().int().min(1).default(1_000) }),
    output: z.string(),
    risk: 'write',
    execute: ({ input }) => {
      bought.push(input.count)
      return 'bought'
    },
  })

  const buying = async (toolCostUsd: (call: { input: unknown }) => number) => {
    const brain = defineBrain(({ observations }) => ({
      event: observations.length === 0 ? { type: 'USE_TOOL', tool: 'buy', input: {} } : { type: 'FINISH', output: '' },
      reason: '',
    }))
    const world = new World({ agent: defineAgent({ goal: 'buy', brain, tools: [buy], toolCostUsd }) })
    await world.open()
    await world.system.spawn('agent', { id: 'a', ...withBudget({ costUsd: 10 }) })
    await world.system.settled()
    const line = world.system.budget('a')?.lines.find(({ dimension }) => dimension === 'costUsd')
    await world.stop()
    return line
  }

  test('is asked of the arguments as the tool gets them', async () => {
    const asked: unknown[] = []
    await buying(({ input }) => asked.push(input))
    expect([asked, bought.splice(0)]).toEqual([[{ count: 1_000 }], [1_000]])
  })

  test.each([Number.NaN, -1, Number.POSITIVE_INFINITY])('can not be %d: the call is not made', async (cost) => {
    expect(await buying(() => cost)).toMatchObject({ settled: 0, open: 0 })
    expect(bought).toEqual([])
  })
})

test('a call that may have run is not said to be refused because the rules have changed since', async () => {
  const { world, deeds, ref } = await stage([{ tool: 'write', what: 'a letter' }])
  deeds.hangs = true
  await world.system.spawn('agent', { id: 'a', input: { goal: 'do it' } })
  await expect.poll(() => deeds.done).toHaveLength(1)
  await world.crash()
  await world.open(world.logic, { permissions: { policy: { name: 'strict', version: '1' } } })
  await world.system.settled()
  expect(deeds.done).toHaveLength(1)
  expect(ref().getSnapshot().context.question).toContain('Did write happen?')
  await world.stop()
})

test('a call that may have run is not said to be impossible because the tool is gone since', async () => {
  const { world, deeds, ref } = await stage([{ tool: 'write', what: 'a letter' }])
  deeds.hangs = true
  await world.system.spawn('agent', { id: 'a', input: { goal: 'do it' } })
  await expect.poll(() => deeds.done).toHaveLength(1)
  const tools = toolsFor(deeds).filter(({ name }) => name !== 'write')
  await world.crashAndOpen({ agent: defineAgent({ brain: caller([]), tools }) })
  await world.system.settled()
  expect(ref().getSnapshot().context.question).toContain('Did write happen?')
  await world.stop()
})
