import { defineTool, isRosciusError } from 'roscius'
import { defineAgent, defineBrain } from 'roscius/actors'
import { scriptedTool } from 'roscius/testing'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { World } from '../support/world.js'

const face = {
  name: 'search',
  version: '1.0.0',
  description: 'Searches.',
  risk: 'read',
  input: z.object({ q: z.string() }),
  output: z.array(z.string()),
} as const

/** Calls the tool so many times, and finishes with what it was answered. */
const searching = (times: number) =>
  defineBrain(({ observations }) => {
    const event =
      observations.length < times
        ? { type: 'USE_TOOL', tool: 'search', input: { q: String(observations.length) } }
        : { type: 'FINISH', output: observations.map(({ data, text }) => data ?? text) }
    return { event, reason: 'next' }
  })

const answersOf = (world: World<Record<'agent', ReturnType<typeof defineAgent>>>) => {
  const { output } = world.system.actor('agent', 'a').getSnapshot()
  return output?.status === 'done' ? output.output : undefined
}

test('a scripted tool plays outputs, errors, wrong shapes and delays by the simulated clock, and tells how it was called', async () => {
  const tool = scriptedTool(face, [
    { output: ['honey'] },
    { error: new Error('the index is gone') },
    { output: 'no list' },
    { output: ['late'], afterMs: 20_000 },
    ({ q }) => ({ output: [q] }),
  ])
  const world = new World({ agent: defineAgent({ goal: 'bees', brain: searching(5), tools: [tool] }) })
  await world.open()
  await world.system.spawn('agent', { id: 'a' })
  await expect.poll(() => tool.calls.length).toBe(4)
  expect(answersOf(world)).toBeUndefined()
  await world.clock.advance(20_000)
  await expect.poll(() => answersOf(world)).toBeDefined()
  expect(answersOf(world)).toMatchObject([
    { ok: true, output: ['honey'] },
    { ok: false, error: { code: 'TOOL_FAILED', message: 'the index is gone' } },
    { ok: false, error: { code: 'OUTPUT_INVALID' } },
    { ok: true, output: ['late'] },
    { ok: true, output: ['4'] },
  ])
  expect(tool.calls.map(({ input, step }) => [input.q, step])).toEqual([0, 1, 2, 3, 4].map((n) => [String(n), n]))
  await world.stop()
})

test('a scripted tool that hangs is late by the simulated clock', async () => {
  const tool = scriptedTool({ ...face, timeoutMs: 1_000 }, [{ hangs: true }])
  const world = new World({ agent: defineAgent({ goal: 'bees', brain: searching(1), tools: [tool] }) })
  await world.open()
  await world.system.spawn('agent', { id: 'a' })
  await expect.poll(() => tool.calls.length).toBe(1)
  await world.clock.advance(1_000)
  await expect.poll(() => answersOf(world)).toMatchObject([{ ok: false, error: { code: 'TIMEOUT' } }])
  await world.stop()
})

test('a call that a crash has lost plays the same step again, under the same effect id', async () => {
  const tool = scriptedTool(face, [{ output: ['first'], afterMs: 1_000 }, { output: ['second'] }])
  const world = new World({ agent: defineAgent({ goal: 'bees', brain: searching(1), tools: [tool] }) })
  await world.open()
  await world.system.spawn('agent', { id: 'a' })
  await expect.poll(() => tool.calls.length).toBe(1)
  await world.crashAndOpen()
  await expect.poll(() => tool.calls.length).toBe(2)
  await world.clock.advance(1_000)
  await expect.poll(() => answersOf(world)).toEqual([{ ok: true, output: ['first'] }])
  expect(new Set(tool.calls.map(({ effectId }) => effectId)).size).toBe(1)
  await world.stop()
})

test('a script that has come to its end fails the call', async () => {
  const tool = scriptedTool(face, [])
  const world = new World({ agent: defineAgent({ goal: 'bees', brain: searching(1), tools: [tool] }) })
  await world.open()
  await world.system.spawn('agent', { id: 'a' })
  await world.system.settled()
  expect(answersOf(world)).toMatchObject([
    { error: { code: 'TOOL_FAILED', message: expect.stringContaining('0 steps') } },
  ])
  await world.stop()
})

test('a whole tool can be scripted; what defineTool refuses is refused', () => {
  const tool = defineTool({ ...face, risk: 'write', idempotent: true, timeoutMs: 7, execute: ({ input }) => [input.q] })
  expect(scriptedTool(tool, [])).toMatchObject({
    name: 'search',
    risk: 'write',
    idempotent: true,
    timeoutMs: 7,
    calls: [],
  })
  const refused = (() => {
    try {
      scriptedTool({ ...face, name: 'not a name' }, [])
    } catch (error) {
      return error
    }
  })()
  expect(isRosciusError(refused, 'OPTIONS_INVALID')).toBe(true)
})
