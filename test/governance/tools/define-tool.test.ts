import { describe, expect, expectTypeOf, test } from 'vitest'
import { z } from 'zod'
import { defineTool } from '../../../src/governance/tools/define-tool.js'
import { toolModule } from '../../../src/governance/tools/isolated/tool-module.js'
import type { ToolSpec } from '../../../src/governance/tools/tool.js'

const spec = {
  name: 'read_text',
  version: '1.0.0',
  description: 'Reads a text.',
  input: z.object({ path: z.string().describe('From the root.'), lines: z.number().default(10) }),
  output: z.object({ text: z.string() }),
  risk: 'read',
  execute: () => ({ text: '' }),
} as const satisfies ToolSpec

const remote = toolModule('file:///tool.js', 'run')

function refusalOf(wrong: object): unknown {
  try {
    return defineTool({ ...spec, ...wrong } as ToolSpec)
  } catch (error) {
    return error
  }
}

describe('a tool', () => {
  test('is complete once it is defined', () => {
    const { input, output, execute, ...rest } = defineTool(spec)
    expect([input, output, execute]).toEqual([spec.input, spec.output, spec.execute])
    expect(rest).toEqual({
      name: 'read_text',
      version: '1.0.0',
      description: 'Reads a text.',
      risk: 'read',
      scopes: [],
      idempotent: true,
      timeoutMs: 30_000,
      retry: { maxAttempts: 1 },
      isolation: 'inline',
      inputSchema: {
        $schema: 'http://json-schema.org/draft-07/schema#',
        type: 'object',
        properties: {
          path: { type: 'string', description: 'From the root.' },
          lines: { type: 'number', default: 10 },
        },
        required: ['path'],
      },
      outputSchema: expect.objectContaining({ type: 'object', required: ['text'] }),
    })
  })

  test.each([
    ['read', true],
    ['write', false],
    ['danger', false],
  ] as const)('of the risk %s is idempotent, unless it says something else: %s', (risk, idempotent) => {
    expect(defineTool({ ...spec, risk }).idempotent).toBe(idempotent)
    expect(defineTool({ ...spec, risk, idempotent: !idempotent }).idempotent).toBe(!idempotent)
  })

  const refused: [field: string, problem: string, wrong: object][] = [
    ['name', 'must be 1 to 64 letters', { name: 'read text' }],
    ['name', 'must be 1 to 64 letters', { name: 'x'.repeat(65) }],
    ['version', 'must be a version', { version: '1.0' }],
    ['description', 'Too small', { description: ' ' }],
    ['input', 'must be a zod schema', { input: { type: 'object' } }],
    ['input', 'must be an object', { input: z.string() }],
    ['input', 'must be an object', { input: z.union([z.object({}), z.object({ a: z.string() })]) }],
    ['input', 'Date', { input: z.object({ at: z.date() }) }],
    ['output', 'cannot be represented', { output: z.bigint() }],
    ['scopes.1', 'must be a scope', { scopes: ['read', 'read files'] }],
    ['risk', 'Invalid option', { risk: 'high' }],
    ['timeoutMs', 'Too small', { timeoutMs: 0 }],
    ['retry.maxAttempts', 'Too small', { retry: { maxAttempts: 0 } }],
    ['retry.times', 'is not a field', { retry: { times: 3 } }],
    ['retry', 'the tool is not idempotent', { risk: 'write', retry: { maxAttempts: 2 } }],
    ['isolation', 'Invalid option', { isolation: 'thread' }],
    ['execute', 'must be a function', { execute: remote }],
    ['execute', 'must be a toolModule', { isolation: 'process' }],
    ['excute', 'is not a field', { excute: () => undefined }],
  ]
  test.each(refused)('with a wrong %s is refused: %s', (field, problem, wrong) => {
    const error = refusalOf(wrong)
    expect(error).toMatchObject({ code: 'OPTIONS_INVALID', details: { field } })
    expect((error as Error).message).toMatch(`defineTool: ${field}: `)
    expect((error as Error).message).toContain(problem)
  })

  test('knows the types of its input and output', () => {
    defineTool({
      ...spec,
      execute: async ({ input, signal, effectId, heartbeat }) => {
        expectTypeOf(input).toEqualTypeOf<{ path: string; lines: number }>()
        expectTypeOf(signal).toEqualTypeOf<AbortSignal>()
        expectTypeOf(effectId).toEqualTypeOf<string | undefined>()
        heartbeat()
        return { text: input.path }
      },
    })
    // @ts-expect-error The output is not a text.
    defineTool({ ...spec, execute: () => 'text' })
    // @ts-expect-error A module is for a process of its own.
    expect(() => defineTool({ ...spec, execute: remote })).toThrow()
  })
})

describe('a module of a tool', () => {
  test('is data with its limits', () => {
    const module = toolModule(new URL('file:///tool.js'), 'run', { memoryMb: 64, env: { LANG: 'C' } })
    expect(JSON.parse(JSON.stringify(module))).toEqual({
      kind: 'toolModule',
      url: 'file:///tool.js',
      exportName: 'run',
      memoryMb: 64,
      outputBytes: 1_000_000,
      env: { LANG: 'C' },
    })
  })

  test.each([
    ['url', './tool.js', 'run', {}],
    ['exportName', 'file:///tool.js', '', {}],
    ['memoryMb', 'file:///tool.js', 'run', { memoryMb: 1 }],
    ['memory', 'file:///tool.js', 'run', { memory: 100 }],
    ['env.A', 'file:///tool.js', 'run', { env: { A: 1 } }],
  ])('with a wrong %s is refused', (field, url, exportName, options) => {
    expect(() => toolModule(url, exportName, options as object)).toThrow(
      expect.objectContaining({ code: 'OPTIONS_INVALID', details: { field } }),
    )
  })
})
