import { defineTool, type System, supervisor, type Tool, withBudget, withPermissions } from 'roscius'
import { type DefinedBrain, defineAgent, defineBrain, delegateTo, fromRules } from 'roscius/actors'
import { createAgentMachine, type ToolCall } from 'roscius/machines'
import { aimed, gullible, type Injection, injections, type Society, simulate } from 'roscius/testing'
import { describe, expect, test } from 'vitest'
import { fromPromise } from 'xstate'
import { z } from 'zod'

const READING = { type: 'USE_TOOL', tool: 'read_page', input: { url: 'https://example.org' } }
const TURNS = 6
const TOOL_CALLS = 5

const GULLIBLE = defineBrain(gullible({ otherwise: READING, peers: ['worker'] }))
const RULES = fromRules([
  { when: { observed: 'tool' }, decide: { event: { type: 'FINISH', output: 'read' }, reason: 'that was all' } },
  { decide: { event: READING, reason: 'to know' } },
])

/** What ran in the world. */
class World {
  readonly ran: string[] = []

  note(tool: string): string {
    this.ran.push(tool)
    return `${tool} has run`
  }

  /** A page that says the injection, as its text or as its error; something dangerous; something out of scope. */
  tools(text: string, fails: boolean): readonly Tool[] {
    const shape = { version: '1.0.0', output: z.string() }
    const what = z.looseObject({ what: z.string() })
    const page = (): string => {
      if (fails) throw new Error(text)
      return text
    }
    return [
      defineTool({
        ...shape,
        name: 'read_page',
        description: 'Reads a page.',
        input: z.object({ url: z.string() }),
        risk: 'read',
        scopes: ['read:web'],
        execute: page,
      }),
      defineTool({
        ...shape,
        name: 'burn',
        description: 'Burns.',
        input: what,
        risk: 'danger',
        execute: () => this.note('burn'),
      }),
      defineTool({
        ...shape,
        name: 'open_vault',
        description: 'Opens the vault.',
        input: what,
        risk: 'read',
        scopes: ['open:vault'],
        execute: () => this.note('open_vault'),
      }),
    ]
  }
}

interface Plan {
  readonly injection: Injection
  readonly tool: 'burn' | 'open_vault'
  readonly brain: DefinedBrain
  readonly fails?: boolean
}

const limits = { turns: TURNS, approvalMs: 60_000, personMs: 60_000, escalationMs: 60_000, backoffMs: 10 } as const

function society({ injection, tool, brain, fails = false }: Plan, world: World): Society {
  const tools = world.tools(aimed(injection, { tool, input: { what: 'everything' } }), fails)
  const delegate = delegateTo({ worker: { supervisor: 'team' } })
  const agent = defineAgent({ goal: 'read the page', brain, tools, peers: ['worker'], delegate, limits })
  return {
    logic: { agent, team: supervisor({ template: { logic: 'agent', restart: 'temporary' } }) },
    options: { permissions: { scopes: ['read:web'] }, passivation: { idleMs: 1e9 }, approvals: { timeoutMs: 60_000 } },
    start: async (system) => {
      const bounds = {
        ...withBudget({ turns: 20, toolCalls: TOOL_CALLS }),
        ...withPermissions({ scopes: ['read:web'] }),
      }
      await system.spawn('team', { id: 'team', ...bounds })
      await system.spawn('agent', { id: 'a', ...bounds })
    },
  }
}

function agentsOf(system: System): { readonly limits: { turns: number }; readonly used: { turns: number } }[] {
  const paths = ['a', ...Array.from({ length: 40 }, (_, n) => `team/a-t${n}`)]
  return paths.flatMap((path) => {
    try {
      return system.actor('agent', path).getSnapshot().context
    } catch {
      return []
    }
  })
}

const limitsOf = (system: System, path: string) =>
  Object.fromEntries(system.budget(path)?.lines.map(({ dimension, limit }) => [dimension, limit]) ?? [])

/** Runs it to its end, with every boundary looked at after every step. */
async function attack(plan: Plan) {
  const world = new World()
  const settledBy: unknown[] = []
  const { calls, trace } = await simulate({
    seed: plan.injection.id,
    setup: () => society(plan, world),
    untilMs: 86_400_000,
    until: ({ system }) => system.actor('agent', 'a').getSnapshot().status !== 'active',
    always: {
      'nothing dangerous and nothing out of scope has run': () => expect(world.ran).toEqual([]),
      'no budget has grown': ({ system }) => {
        for (const path of ['a', 'team'])
          expect(limitsOf(system, path)).toMatchObject({ turns: 20, toolCalls: TOOL_CALLS })
      },
      'nobody has decided an approval': ({ system }) =>
        expect(system.approvals.list({ status: 'approved' })).toEqual([]),
      'limits hold': ({ system }) => {
        for (const { limits, used } of agentsOf(system))
          expect([limits.turns, used.turns <= TURNS]).toEqual([TURNS, true])
      },
    },
    finally: {
      'it came to an end': ({ system }) => system.actor('agent', 'a').getSnapshot().status === 'done',
      'what was asked is decided by nobody': ({ system }) => {
        for (const { settled } of system.approvals.list({ status: 'any' })) settledBy.push(settled?.by)
        expect(settledBy.filter((by) => by !== undefined)).toEqual([])
      },
    },
  })
  return { calls, trace, asked: settledBy.length }
}

/** The same agent with its gate taken out: whatever is decided is done. */
async function attackWithoutGate({ injection, tool, brain }: Plan): Promise<readonly string[]> {
  const world = new World()
  const tools = world.tools(aimed(injection, { tool, input: { what: 'everything' } }), false)
  const direct = fromPromise<unknown, ToolCall>(async ({ input: call, signal }) => {
    const found = tools.find(({ name }) => name === call.tool)
    const execute = found?.execute as (args: object) => unknown
    return { ok: true, output: await execute({ input: call.input, signal }) }
  })
  const agent = createAgentMachine({
    goal: 'read the page',
    brain,
    tools: tools.map(({ name, description, risk, inputSchema }) => ({
      name,
      description,
      risk,
      input: { ...inputSchema },
    })),
    tool: direct,
    assess: () => 'allow',
    peers: ['worker'],
    delegate: delegateTo({ worker: { supervisor: 'team' } }),
    limits,
  })
  const setup = (): Society => ({
    logic: { agent, team: supervisor({ template: { logic: 'agent', restart: 'temporary' } }) },
    options: { passivation: { idleMs: 1e9 } },
    start: async (system) => {
      await system.spawn('team', { id: 'team' })
      await system.spawn('agent', { id: 'a' })
    },
  })
  await simulate({
    seed: 1,
    setup,
    until: ({ system }) => system.actor('agent', 'a').getSnapshot().status !== 'active',
  })
  return world.ran
}

describe('the corpus of injections', () => {
  test('has more than forty, of every kind, each with its source, under ids of their own', () => {
    expect(injections.length).toBeGreaterThanOrEqual(40)
    expect(new Set(injections.map(({ id }) => id)).size).toBe(injections.length)
    expect(new Set(injections.map(({ kind }) => kind)).size).toBe(13)
    for (const { source } of injections) expect(source).toMatch(/^https:/)
  })

  test('is aimed without anything left to fill in', () => {
    for (const injection of injections) {
      const text = aimed(injection, { tool: 'burn', input: { deep: { list: [[1]] } } })
      expect(text).not.toMatch(/\{\{\w+\}\}|⟦|⟧/)
    }
  })
})

describe.each(injections.map((injection) => [injection.id, injection] as const))('%s', (_id, injection) => {
  test('makes an agent that obeys it do nothing that it may not', async () => {
    const { asked } = await attack({ injection, tool: 'burn', brain: GULLIBLE })
    expect(asked).toBeGreaterThan(0)
    await attack({ injection, tool: 'open_vault', brain: GULLIBLE })
  })

  test('does no more as an error than as an answer', async () => {
    const { asked } = await attack({ injection, tool: 'burn', brain: GULLIBLE, fails: true })
    expect(asked).toBeGreaterThan(0)
  })

  test('is nothing but data to rules', async () => {
    const { asked } = await attack({ injection, tool: 'burn', brain: RULES })
    expect(asked).toBe(0)
  })

  test('has its way where there is no gate', async () => {
    for (const tool of ['burn', 'open_vault'] as const)
      expect(await attackWithoutGate({ injection, tool, brain: GULLIBLE })).toContain(tool)
  })
})
