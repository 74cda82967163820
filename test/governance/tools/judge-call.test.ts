import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { defaultPolicy, definePolicy } from '../../../src/governance/policy/define-policy.js'
import { defineTool } from '../../../src/governance/tools/define-tool.js'
import { type Caller, judgeCall } from '../../../src/governance/tools/judge-call.js'

const spec = {
  name: 'write',
  version: '1.0.0',
  description: 'Writes a file.',
  input: z.object({ path: z.string().trim(), files: z.array(z.object({ name: z.string() })).default([]) }),
  output: z.null(),
  scopes: ['write:files', 'read:files'],
  risk: 'danger',
  execute: () => null,
} as const
const write = defineTool(spec)
const caller: Caller = { path: 'audit/reporter', scopes: ['write', 'read:files'], policy: defaultPolicy }

describe('a call is refused', () => {
  test.each([
    [{ path: 7 }, 'path'],
    [{ path: 'a', files: [{ name: 'a' }, {}] }, 'files.1.name'],
    ['rm -rf', ''],
    [undefined, ''],
  ])('with an input that its schema does not take: %j', (input, path) => {
    expect(judgeCall(write, input, caller)).toEqual({
      outcome: 'refused',
      error: { code: 'INPUT_INVALID', path, message: expect.stringMatching(path === '' ? /./ : `${path}: `) },
    })
  })

  test('with an input whose check throws', () => {
    const input = z.object({ a: z.string().refine(() => Promise.resolve(true)) })
    expect(judgeCall(defineTool({ ...spec, input }), { a: '' }, caller)).toMatchObject({
      error: { code: 'INPUT_INVALID', message: expect.stringContaining('could not be checked') },
    })
  })

  test('without the scopes that the tool needs', () => {
    expect(judgeCall(write, { path: 'a' }, { ...caller, scopes: ['read', 'write:files:report'] })).toEqual({
      outcome: 'refused',
      error: { code: 'SCOPE_MISSING', message: 'write needs write:files, which was not granted.' },
    })
  })

  test('when the policy denies it', () => {
    const policy = definePolicy({ name: 'none', version: '1' })
    expect(judgeCall(write, { path: 'a' }, { ...caller, policy })).toMatchObject({
      outcome: 'refused',
      error: {
        code: 'POLICY_DENIED',
        message: 'write is denied by default: No rule of the policy is about this call.',
      },
      verdict: { effect: 'deny' },
    })
  })
})

describe('the policy', () => {
  test('sees the arguments as the tool will get them', () => {
    const judgement = judgeCall(write, { path: ' a ' }, { ...caller, costUsd: 1, workflowTokens: 2 })
    expect(judgement).toMatchObject({
      outcome: 'approvalRequired',
      input: { path: 'a', files: [] },
      request: {
        tool: 'write',
        risk: 'danger',
        scopes: ['write:files', 'read:files'],
        path: 'audit/reporter',
        input: { path: 'a', files: [] },
        costUsd: 1,
        workflowTokens: 2,
      },
      verdict: { rule: 'humanInTheLoop' },
    })
  })

  test('is not asked about what is invalid or not granted', () => {
    expect(judgeCall(write, {}, caller)).not.toHaveProperty('verdict')
    expect(judgeCall(write, { path: 'a' }, { ...caller, scopes: [] })).not.toHaveProperty('verdict')
  })
})
