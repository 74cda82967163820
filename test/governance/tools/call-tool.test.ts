import { RosciusError } from 'roscius'
import { seededRandom, simulatedClock } from 'roscius/testing'
import { describe, expect, expectTypeOf, test, vi } from 'vitest'
import { z } from 'zod'
import { defaultPolicy, definePolicy } from '../../../src/governance/policy/define-policy.js'
import { type CallPorts, callTool } from '../../../src/governance/tools/call-tool.js'
import { defineTool } from '../../../src/governance/tools/define-tool.js'
import type { ToolArgs, ToolSpec } from '../../../src/governance/tools/tool.js'
import type { ToolAnswer } from '../../../src/governance/tools/tool-answer.js'

const caller = { path: 'clerk', scopes: [], policy: defaultPolicy }

/** A tool that does what `execute` does, and reads a number as a text. */
function tool(execute: (args: ToolArgs) => unknown, spec: Partial<ToolSpec> = {}) {
  return defineTool({
    name: 'job',
    version: '1.0.0',
    description: 'Does a job.',
    input: z.object({ n: z.number() }),
    output: z.number().transform(String).pipe(z.string()),
    risk: 'read',
    ...spec,
    execute,
  } as ToolSpec)
}

function world() {
  const clock = simulatedClock()
  return { clock, ports: { clock, random: seededRandom('tools') } }
}

const fails = (message: string) => (): never => {
  throw new Error(message)
}

describe('a call', () => {
  test('is answered with the output as its schema gives it', async () => {
    expect(
      await callTool(
        tool(({ input }) => (input as { n: number }).n + 1),
        { n: 1 },
        caller,
      ),
    ).toEqual({
      ok: true,
      output: '2',
    })
  })

  test('gives the tool its effect id, the number of the attempt, and the heartbeat', async () => {
    const heartbeat = vi.fn()
    const execute = vi.fn(({ heartbeat }: ToolArgs) => {
      heartbeat()
      return 1
    })
    await callTool(tool(execute), { n: 1 }, caller, { effectId: 'e1', heartbeat })
    expect(execute).toHaveBeenCalledWith(expect.objectContaining({ input: { n: 1 }, effectId: 'e1', attempt: 1 }))
    expect(heartbeat).toHaveBeenCalledOnce()
  })

  test('that is refused runs nothing, and is told before', async () => {
    const execute = vi.fn()
    const onJudged = vi.fn()
    expect(await callTool(tool(execute), {}, caller, { onJudged })).toMatchObject({
      ok: false,
      error: { code: 'INPUT_INVALID', path: 'n' },
    })
    expect(onJudged).toHaveBeenCalledWith(expect.objectContaining({ outcome: 'refused' }))
    expect(execute).not.toHaveBeenCalled()
  })

  test('is not made if it can not be recorded', async () => {
    const execute = vi.fn()
    const call = callTool(tool(execute), { n: 1 }, caller, { onJudged: () => Promise.reject(new Error('full')) })
    await expect(call).rejects.toThrow('full')
    expect(execute).not.toHaveBeenCalled()
  })

  test.each([
    [undefined, false],
    [() => false, false],
    [async () => true, true],
  ] as [CallPorts['isApproved'], boolean][])('that needs an approval runs with one only', async (isApproved, ok) => {
    const answer = await callTool(
      tool(() => 1, { risk: 'danger' }),
      { n: 1 },
      caller,
      { isApproved },
    )
    expect(answer).toMatchObject(ok ? { ok } : { ok, error: { code: 'APPROVAL_REQUIRED' } })
  })

  test('with an output that is not what was promised says where', async () => {
    const output = z.object({ files: z.array(z.string()) })
    expect(
      await callTool(
        tool(() => ({ files: ['a', 7] }), { output }),
        { n: 1 },
        caller,
      ),
    ).toMatchObject({
      error: { code: 'OUTPUT_INVALID', path: 'files.1' },
    })
  })

  test.each([
    [fails('no such file'), 'no such file'],
    [() => Promise.reject(new TypeError('bad')), 'bad'],
    [() => Promise.reject('text'), 'text'],
    [() => Promise.reject(Object.create(null)), 'it threw something that has no words'],
    [fails('x'.repeat(5_000)), `${'x'.repeat(1_999)}…`],
  ])('whose tool throws says why', async (execute, message) => {
    expect(await callTool(tool(execute), { n: 1 }, caller)).toEqual({
      ok: false,
      error: { code: 'TOOL_FAILED', message },
    })
  })
})

describe('a deadline', () => {
  test('aborts the tool and leaves it behind', async () => {
    const { clock, ports } = world()
    let signal: AbortSignal | undefined
    const never = tool((args) => {
      signal = args.signal
      return new Promise(() => undefined)
    })
    const answer = callTool(never, { n: 1 }, caller, ports)
    await clock.advance(30_000)
    expect(await answer).toMatchObject({
      ok: false,
      error: { code: 'TIMEOUT', message: expect.stringContaining('30000') },
    })
    expect(signal?.reason).toMatchObject({ code: 'TIMEOUT' })
    expect(clock.pending).toBe(0)
  })

  test('leaves the outcome unknown if the tool is not idempotent', async () => {
    const { clock, ports } = world()
    const answer = callTool(
      tool(() => new Promise(() => undefined), { risk: 'write' }),
      { n: 1 },
      caller,
      ports,
    )
    await clock.advance(30_000)
    expect(await answer).toMatchObject({ ok: false, error: { code: 'OUTCOME_UNKNOWN' } })
  })

  test('that is not needed leaves no timer', async () => {
    const { clock, ports } = world()
    await callTool(
      tool(() => 1),
      { n: 1 },
      caller,
      ports,
    )
    expect(clock.pending).toBe(0)
  })
})

describe('retries', () => {
  test('come after longer and longer waits, until an attempt succeeds', async () => {
    const { clock, ports } = world()
    const at: number[] = []
    const flaky = tool(
      ({ attempt }) => {
        at.push(clock.monotonic())
        return attempt < 3 ? fails('busy')() : 7
      },
      { retry: { maxAttempts: 5, initialMs: 100, factor: 10, jitter: 0 } },
    )
    const answer = callTool(flaky, { n: 1 }, caller, ports)
    await clock.advance(10_000)
    expect(await answer).toEqual({ ok: true, output: '7' })
    expect(at).toEqual([0, 100, 1_100])
  })

  test('come to an end, and each failure is told', async () => {
    const { clock, ports } = world()
    const onFailed = vi.fn()
    const broken = tool(fails('busy'), { retry: { maxAttempts: 3 } })
    const answer = callTool(broken, { n: 1 }, caller, { ...ports, onFailed })
    await clock.advance(10_000)
    expect(await answer).toMatchObject({ error: { code: 'TOOL_FAILED' } })
    expect(onFailed.mock.calls.map(([, attempt]) => attempt)).toEqual([1, 2, 3])
  })

  test('are not for errors that the tool says can not be helped, nor for a wrong output', async () => {
    const execute = vi.fn(fails('gone'))
    await callTool(tool(execute, { retry: { maxAttempts: 3, isRetryable: () => false } }), { n: 1 }, caller)
    expect(execute).toHaveBeenCalledOnce()
    const wrong = vi.fn(() => 'text')
    await callTool(tool(wrong, { retry: { maxAttempts: 3 } }), { n: 1 }, caller)
    expect(wrong).toHaveBeenCalledOnce()
  })

  test('end with the effect, also while one is waited for', async () => {
    const { clock, ports } = world()
    const stop = new AbortController()
    const broken = tool(fails('busy'), { retry: { maxAttempts: 3 } })
    const answer = callTool(broken, { n: 1 }, caller, { ...ports, signal: stop.signal })
    await clock.advance(0)
    stop.abort(new Error('stopped'))
    await expect(answer).rejects.toThrow('stopped')
    expect(clock.pending).toBe(0)
  })
})

describe('an effect that is stopped', () => {
  test('waits for the tool, and rejects with the reason', async () => {
    const stop = new AbortController()
    const waits = tool(
      ({ signal }) => new Promise((resolve) => signal.addEventListener('abort', () => resolve(signal.reason.message))),
    )
    const answer = callTool(waits, { n: 1 }, caller, { signal: stop.signal })
    await Promise.resolve()
    stop.abort(new Error('stopped'))
    await expect(answer).rejects.toThrow('stopped')
  })

  test('waits no longer than the deadline', async () => {
    const { clock, ports } = world()
    const stop = new AbortController()
    const answer = callTool(
      tool(() => new Promise(() => undefined)),
      { n: 1 },
      caller,
      { ...ports, signal: stop.signal },
    )
    await clock.advance(0)
    stop.abort(new Error('stopped'))
    const rejected = expect(answer).rejects.toThrow('stopped')
    await clock.advance(30_000)
    await rejected
  })

  test('starts nothing', async () => {
    const execute = vi.fn()
    const signal = AbortSignal.abort(new Error('stopped'))
    await expect(callTool(tool(execute), { n: 1 }, caller, { signal })).rejects.toThrow('stopped')
    expect(execute).not.toHaveBeenCalled()
  })
})

describe('a budget', () => {
  const spent = (): never => {
    throw Object.assign(new Error('spent'), { failureClass: 'budget' })
  }

  test('is reserved for each attempt', async () => {
    const { clock, ports } = world()
    const metered = vi.fn()
    const meter: CallPorts['meter'] = (attempt) => {
      metered()
      return attempt()
    }
    const answer = callTool(tool(fails('busy'), { retry: { maxAttempts: 2 } }), { n: 1 }, caller, { ...ports, meter })
    await clock.advance(1_000)
    await answer
    expect(metered).toHaveBeenCalledTimes(2)
  })

  test('that is spent is no answer of the tool, whoever finds it out', async () => {
    const execute = vi.fn()
    const meter = async (): Promise<never> => spent()
    await expect(callTool(tool(execute), { n: 1 }, caller, { meter })).rejects.toThrow('spent')
    expect(execute).not.toHaveBeenCalled()
    await expect(callTool(tool(spent, { retry: { maxAttempts: 3 } }), { n: 1 }, caller)).rejects.toThrow('spent')
  })
})

test.each([
  ['read', true],
  ['write', false],
] as const)('a call of a tool that is %s and may have been made before is made again: %s', async (risk, again) => {
  const execute = vi.fn(() => 1)
  const answer = await callTool(tool(execute, { risk }), { n: 1 }, caller, { isRestart: true })
  expect(answer).toMatchObject(again ? { ok: true } : { ok: false, error: { code: 'OUTCOME_UNKNOWN' } })
  expect(execute).toHaveBeenCalledTimes(again ? 1 : 0)
})

test.each([
  ['read', 'POLICY_DENIED'],
  ['write', 'OUTCOME_UNKNOWN'],
] as const)(
  'a call of a tool that is %s and may have been made before, and is denied by now, answers %s',
  async (risk, code) => {
    const execute = vi.fn(() => 1)
    const denying = { ...caller, policy: definePolicy({ name: 'none', version: '1' }) }
    const answer = await callTool(tool(execute, { risk }), { n: 1 }, denying, { isRestart: true })
    expect(answer).toMatchObject({ ok: false, error: { code } })
    expect(execute).not.toHaveBeenCalled()
  },
)

test('an error of Roscius that a tool throws is the tool failing', async () => {
  const error = new RosciusError('ASK_TIMEOUT', 'Nobody answered.')
  expect(
    await callTool(
      tool(() => Promise.reject(error)),
      { n: 1 },
      caller,
    ),
  ).toMatchObject({
    error: { code: 'TOOL_FAILED', message: 'Nobody answered.' },
  })
})

test('the type of an answer is that of the output', () => {
  const job = defineTool({
    name: 'job',
    version: '1.0.0',
    description: 'Does a job.',
    input: z.object({}),
    output: z.string(),
    risk: 'read',
    execute: () => 'done',
  })
  expectTypeOf(callTool(job, {}, caller)).toEqualTypeOf<Promise<ToolAnswer<string>>>()
})
