import { withBudget } from 'roscius'
import { defineAgent, defineBrain } from 'roscius/actors'
import type { AgentOutcome } from 'roscius/testing'
import {
  agentCriteria,
  agentOutcome,
  runScenario,
  type ScenarioOptions,
  scenarioMarkdown,
  scriptedTool,
} from 'roscius/testing'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { wilson } from '../../src/testing/scenario/wilson.js'

const look = {
  name: 'look',
  version: '1.0.0',
  description: 'Looks.',
  risk: 'read',
  input: z.object({}),
  output: z.string(),
} as const

/** Looks once, and says what it was answered, if that was an answer. */
const looker = defineBrain(({ observations }) => {
  const seen = observations.at(-1)
  if (seen === undefined) return { event: { type: 'USE_TOOL', tool: 'look', input: {} }, reason: 'look' }
  const { output } = seen.data as { output?: string }
  return { event: { type: 'FINISH', output: output ?? null }, reason: 'seen' }
})

const scenario: ScenarioOptions<AgentOutcome> = {
  name: 'looking | under load',
  trials: 30,
  setup: (simulation) => {
    const tool = scriptedTool(look, [{ output: 'a bee' }])
    return {
      logic: { agent: defineAgent({ goal: 'look', brain: simulation.brain(looker), tools: [simulation.tool(tool)] }) },
    }
  },
  drive: async (system, simulation) => {
    await system.spawn('agent', { id: 'a', ...withBudget({ turns: 9, toolCalls: 1 }) })
    return agentOutcome(system, simulation, 'a')
  },
  criteria: {
    done: agentCriteria.endsAs('done'),
    'sees a bee': agentCriteria.gives(z.literal('a bee')),
    'never burns': agentCriteria.neverCalls('burn'),
    'two turns': agentCriteria.turnsAtMost(2),
    'one call': agentCriteria.spendsAtMost('toolCalls', 1),
  },
  faults: { brain: { rateLimited: 0.3 }, tool: { crash: 0.4 } },
}

describe('a scenario', () => {
  test('counts how often each criterion held, with the seeds of the failures, and is the same each time', async () => {
    const report = await runScenario(scenario)
    expect(await runScenario(scenario)).toEqual(report)
    expect(JSON.parse(JSON.stringify(report))).toEqual(report)
    const rates = Object.fromEntries(report.criteria.map(({ name, rate }) => [name, rate]))
    expect(rates).toMatchObject({ done: 1, 'never burns': 1, 'one call': 1 })
    expect(rates['sees a bee']).toBeLessThan(0.9)
    expect(rates['sees a bee']).toBeGreaterThan(0.3)
    expect(report.failures).toHaveLength(30 - report.passed)
  })

  test('can be run again for the seeds that failed, and they fail in the same way', async () => {
    const { failures } = await runScenario(scenario)
    const again = await runScenario({ ...scenario, seeds: failures.map(({ seed }) => seed) })
    expect(again.failures).toEqual(failures)
    expect(again.passed).toBe(0)
  })

  test('without faults passes', async () => {
    const report = await runScenario({ ...scenario, faults: {} })
    expect([report.passed, report.failures]).toEqual([30, []])
    expect(report.criteria[0]).toMatchObject({ rate: 1, high: 1, low: expect.closeTo(0.8865, 4) })
  })

  test('tells what the drive threw, and that it came to no end', async () => {
    const thrown = await runScenario({ ...scenario, trials: 1, drive: () => Promise.reject(new Error('no way')) })
    expect(thrown.failures).toMatchObject([{ seed: 'looking | under load/0', error: 'no way' }])
    const endless = await runScenario({
      ...scenario,
      trials: 1,
      untilMs: 1_000,
      drive: () => new Promise<never>(() => undefined),
    })
    expect(endless.failures[0]?.error).toBe('It came to no end within 1000 ms.')
  })

  test('counts a trial whose setup throws as failed, and goes on with the others', async () => {
    let made = 0
    const report = await runScenario({
      ...scenario,
      trials: 3,
      faults: {},
      setup: (simulation) => {
        if (made++ === 1) throw new Error('no setup')
        return scenario.setup(simulation)
      },
    })
    expect(report).toMatchObject({ trials: 3, passed: 2, failures: [{ error: 'no setup' }] })
  })

  test('is a page of Markdown', async () => {
    const page = scenarioMarkdown(await runScenario({ ...scenario, trials: 10 }))
    expect(page).toContain('# looking \\| under load\n')
    expect(page).toContain('| never burns | 10 of 10 | 100.0 % | 72.2 % to 100.0 % |')
    expect(page).toMatch(/## Failures\n\n- seed `looking \| under load\/\d`: sees a bee \(/)
  })

  test('refuses what it can not read, with the path of the field', async () => {
    await expect(runScenario({ ...scenario, faults: { tool: { late: 2 } } })).rejects.toMatchObject({
      code: 'OPTIONS_INVALID',
      details: { field: 'tool.late' },
    })
    await expect(runScenario({ ...scenario, trials: 0 })).rejects.toMatchObject({
      code: 'OPTIONS_INVALID',
      details: { field: 'trials' },
    })
  })
})

/** 81 of 263: R. G. Newcombe, Statistics in Medicine 17 (1998), 857-872. None of n: up to z² / (n + z²). */
test('the interval is that of Wilson', () => {
  const rounded = (passed: number, n: number) => Object.values(wilson(passed, n)).map((bound) => bound.toFixed(4))
  expect(rounded(5, 10)).toEqual(['0.2366', '0.7634'])
  expect(rounded(0, 10)).toEqual(['0.0000', '0.2775'])
  expect(rounded(10, 10)).toEqual(['0.7225', '1.0000'])
  expect(rounded(81, 263)).toEqual(['0.2553', '0.3662'])
})
