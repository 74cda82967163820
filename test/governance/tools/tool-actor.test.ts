import { currentEffect } from 'roscius'
import { describe, expect, test } from 'vitest'
import { assign, fromPromise, setup } from 'xstate'
import { z } from 'zod'
import { defaultPolicy } from '../../../src/governance/policy/define-policy.js'
import { callTool } from '../../../src/governance/tools/call-tool.js'
import { defineTool } from '../../../src/governance/tools/define-tool.js'
import type { ToolAnswer } from '../../../src/governance/tools/tool-answer.js'
import { World } from '../../support/world.js'

/** An agent that calls a tool, which comes back in its second life only. */
function agentWith(risk: 'read' | 'write') {
  const effects: (string | undefined)[] = []
  const job = defineTool({
    name: 'job',
    version: '1.0.0',
    description: 'Does a job.',
    input: z.object({}),
    output: z.string(),
    risk,
    timeoutMs: 1_000_000,
    execute: ({ effectId }) => {
      effects.push(effectId)
      return effects.length === 1 ? new Promise<string>(() => undefined) : 'done'
    },
  })
  const caller = { path: 'agent', scopes: [], policy: defaultPolicy }
  const tool = fromPromise(({ signal }: { signal: AbortSignal }) => {
    const effect = currentEffect()
    const isRestart = effect !== undefined && effect.attempt > 1
    return callTool(job, {}, caller, { signal, effectId: effect?.effectId, isRestart })
  })
  const agent = setup({
    types: { context: {} as { answer?: ToolAnswer } },
    actors: { tool },
  }).createMachine({
    context: {},
    initial: 'calling',
    states: {
      calling: {
        invoke: { src: 'tool', onDone: { target: 'idle', actions: assign({ answer: ({ event }) => event.output }) } },
      },
      idle: {},
    },
  })
  return { world: new World({ agent }, { development: false }), effects }
}

describe('a crash during a call', () => {
  test('is followed by the same call with the same effect id, if the tool is idempotent', async () => {
    const { world, effects } = agentWith('read')
    await (await world.open()).spawn('agent', { id: 'a' })
    const ref = (await world.crashAndOpen()).actor('agent', 'a')
    await world.system.settled()
    expect(ref.getSnapshot().context.answer).toEqual({ ok: true, output: 'done' })
    expect(effects).toEqual([effects[0], effects[0]])
    expect(effects[0]).toBeTypeOf('string')
    await world.stop()
  })

  test('is answered with OUTCOME_UNKNOWN, if it is not', async () => {
    const { world, effects } = agentWith('write')
    await (await world.open()).spawn('agent', { id: 'a' })
    const ref = (await world.crashAndOpen()).actor('agent', 'a')
    await world.system.settled()
    expect(ref.getSnapshot().context.answer).toMatchObject({ ok: false, error: { code: 'OUTCOME_UNKNOWN' } })
    expect(effects).toHaveLength(1)
    await world.stop()
  })
})
