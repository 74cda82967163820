import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { defaultPolicy, definePolicy } from '../../../src/governance/policy/define-policy.js'
import { evaluate } from '../../../src/governance/policy/evaluate.js'
import {
  POLICY_EFFECTS,
  type PolicyCondition,
  type PolicyInput,
  type PolicyRequest,
} from '../../../src/governance/policy/policy.js'
import { anyPolicy, anyRequest } from './arbitrary-policy.js'

const call: PolicyRequest = {
  tool: 'writeFile',
  risk: 'write',
  scopes: ['write:files:report', 'read:files'],
  path: 'audit/workers/w1',
  input: { path: 'report/a.md', amount: 5, tags: ['x', 'y'], mode: 'new' },
  costUsd: 0.5,
  workflowTokens: 100,
}

/** What a policy says whose only rule is this one, and which denies everything else. */
function allowedBy(when: PolicyCondition, request: Partial<PolicyRequest> = {}): boolean {
  const policy = definePolicy({
    name: 'p',
    version: '1',
    rules: [{ id: 'r', when, effect: 'allow', reason: 'Because.' }],
  })
  return evaluate(policy, { ...call, ...request }).effect === 'allow'
}

describe('a condition', () => {
  const table: [matches: boolean, when: PolicyCondition][] = [
    [true, {}],
    [true, { tool: 'writeFile' }],
    [true, { tool: ['x', 'write*'] }],
    [false, { tool: 'write' }],
    [true, { risk: 'write' }],
    [false, { risk: ['read', 'danger'] }],
    [true, { scope: 'write:files' }],
    [true, { scope: ['net', 'read:*'] }],
    [false, { scope: 'write:files:report:draft' }],
    [true, { path: 'audit/**' }],
    [false, { path: 'audit/*' }],
    [true, { costUsdAbove: 0.4 }],
    [false, { costUsdAbove: 0.5 }],
    [true, { argument: { at: '$.path', matches: '^report/' } }],
    [false, { argument: { at: '$.path', matches: '^REPORT/' } }],
    [true, { argument: { at: '$.path', matches: '^REPORT/', ignoreCase: true } }],
    [true, { argument: { at: '$.amount', matches: '^5$' } }],
    [true, { argument: { at: '$.amount', above: 4 } }],
    [false, { argument: { at: '$.amount', above: 5 } }],
    [true, { argument: { at: '$.mode', oneOf: ['new', 'old'] } }],
    [false, { argument: { at: '$.mode', oneOf: ['old', null] } }],
    [false, { argument: { at: '$.absent', matches: '' } }],
    [
      true,
      {
        tool: 'write*',
        risk: 'write',
        argument: [
          { at: '$.amount', above: 1 },
          { at: '$.mode', oneOf: ['new'] },
        ],
      },
    ],
    [
      false,
      {
        tool: 'write*',
        risk: 'write',
        argument: [
          { at: '$.amount', above: 9 },
          { at: '$.mode', oneOf: ['new'] },
        ],
      },
    ],
  ]
  test.each(table)('holds (%s): %j', (matches, when) => {
    expect(allowedBy(when)).toBe(matches)
  })

  test('allows only if every value of the path is right, and denies if one of them is wrong', () => {
    const argument = { at: '$.tags[*]', oneOf: ['x'] }
    expect(allowedBy({ argument })).toBe(false)
    expect(allowedBy({ argument }, { input: { tags: ['x', 'x'] } })).toBe(true)
    expect(allowedBy({ argument }, { input: { tags: [] } })).toBe(false)
    const policy = definePolicy({
      name: 'p',
      version: '1',
      default: 'allow',
      rules: [{ id: 'no-x', when: { argument }, effect: 'deny', reason: 'No x.' }],
    })
    expect(evaluate(policy, call)).toMatchObject({ effect: 'deny', rule: 'no-x' })
  })
})

describe('a policy decides', () => {
  const rules = [
    { id: 'own', when: { argument: { at: '$.path', matches: '^report/' } }, effect: 'allow', reason: 'Its own.' },
    { id: 'ask', when: { risk: 'write' }, effect: 'requireApproval', level: 'step', reason: 'Ask.' },
    { id: 'never', when: { risk: ['write', 'danger'] }, effect: 'deny', reason: 'Never.' },
  ] as const
  const policy = { name: 'p', version: '1', rules } as const
  const table: [by: string, effect: string, policy: PolicyInput, request: Partial<PolicyRequest>][] = [
    ['own', 'allow', policy, {}],
    ['ask', 'requireApproval', policy, { input: {} }],
    ['never', 'deny', policy, { input: {}, risk: 'danger' }],
    ['default', 'deny', policy, { input: {}, risk: 'read' }],
    ['default', 'allow', { ...policy, default: 'allow' }, { input: {}, risk: 'read' }],
    ['allowedTools', 'deny', { ...policy, allowedTools: ['read*'] }, {}],
    ['own', 'allow', { ...policy, allowedTools: ['read*', 'writeFile'] }, {}],
    ['allowedTools', 'deny', { ...policy, allowedTools: [] }, {}],
    ['own', 'allow', { ...policy, maxTokensPerWorkflow: 101 }, {}],
    ['maxTokensPerWorkflow', 'deny', { ...policy, maxTokensPerWorkflow: 100 }, {}],
    ['maxTokensPerWorkflow', 'deny', { ...policy, maxTokensPerWorkflow: 100 }, { workflowTokens: undefined }],
    ['humanInTheLoop', 'requireApproval', { ...policy, humanInTheLoop: 'write' }, {}],
    ['own', 'allow', { ...policy, humanInTheLoop: 'danger' }, {}],
    ['never', 'deny', { ...policy, humanInTheLoop: 'read' }, { input: {}, risk: 'danger' }],
    ['default', 'allow', defaultPolicy, {}],
    ['humanInTheLoop', 'requireApproval', defaultPolicy, { risk: 'danger' }],
  ]
  test.each(table)('by %s: %s (%j, %j)', (rule, effect, given, request) => {
    expect(evaluate(definePolicy(given), { ...call, ...request })).toMatchObject({ rule, effect })
  })

  test('with the reason, the level and the certainty of the rule', () => {
    expect(evaluate(definePolicy(policy), { ...call, input: {} })).toEqual({
      effect: 'requireApproval',
      rule: 'ask',
      reason: 'Ask.',
      level: 'step',
      isCertain: true,
    })
  })
})

describe('a rule of which it is not known whether it matches', () => {
  const dear = { id: 'dear', when: { costUsdAbove: 1 }, effect: 'requireApproval', reason: 'Dear.' } as const
  const unknownCost = { ...call, costUsd: undefined }

  test('asks, where what follows would allow', () => {
    const policy = definePolicy({ name: 'p', version: '1', default: 'allow', rules: [dear] })
    expect(evaluate(policy, unknownCost)).toMatchObject({ effect: 'requireApproval', rule: 'dear', isCertain: false })
    expect(evaluate(policy, call)).toMatchObject({ effect: 'allow', rule: 'default' })
  })

  test('does not save from what follows', () => {
    const policy = definePolicy({ name: 'p', version: '1', rules: [dear] })
    expect(evaluate(policy, unknownCost)).toMatchObject({ effect: 'deny', rule: 'default' })
    const allowing = definePolicy({ name: 'p', version: '1', rules: [{ ...dear, effect: 'allow' }] })
    expect(evaluate(allowing, unknownCost)).toMatchObject({ effect: 'deny', rule: 'default' })
  })

  test('is one whose pattern meets a value that is no text', () => {
    const when = { argument: { at: '$.command', matches: 'rm' } }
    const input = { command: ['rm', '-rf'] }
    const policy = definePolicy({
      name: 'p',
      version: '1',
      default: 'allow',
      rules: [{ id: 'no-rm', when, effect: 'deny', reason: 'No.' }],
    })
    expect(evaluate(policy, { ...call, input })).toMatchObject({ effect: 'deny', rule: 'no-rm', isCertain: false })
    expect(allowedBy(when, { input })).toBe(false)
  })

  test('is one about a part of what the tool may do', () => {
    const when = { scope: 'write:secrets' }
    const policy = definePolicy({
      name: 'p',
      version: '1',
      default: 'allow',
      rules: [{ id: 'no-secrets', when, effect: 'deny', reason: 'No.' }],
    })
    expect(evaluate(policy, { ...call, scopes: ['write'] })).toMatchObject({ effect: 'deny', isCertain: false })
    expect(evaluate(policy, { ...call, scopes: ['write:*:new'] })).toMatchObject({ effect: 'deny', isCertain: false })
    expect(evaluate(policy, { ...call, scopes: ['write:report', 'read'] })).toMatchObject({ effect: 'allow' })
    expect(allowedBy(when, { scopes: ['write'] })).toBe(false)
  })

  test('is one that would take too long to match, however it is written', () => {
    const policy = definePolicy({
      name: 'p',
      version: '1',
      default: 'allow',
      rules: [
        { id: 'slow', when: { argument: { at: '$..*', matches: '(a|a|a)*(a|aa)*b$' } }, effect: 'deny', reason: 'No.' },
      ],
    })
    const input = Array.from({ length: 1_000 }, () => 'a'.repeat(10_000))
    expect(evaluate(policy, { ...call, input })).toMatchObject({ effect: 'deny', isCertain: false })
  })

  test('never gives more than any cost that it could have', () => {
    fc.assert(
      fc.property(anyPolicy, anyRequest, fc.constantFrom(0, 0.5, 1, 2, 100), (policy, request, costUsd) => {
        const strictness = (given: PolicyRequest): number => POLICY_EFFECTS.indexOf(evaluate(policy, given).effect)
        expect(strictness({ ...request, costUsd: undefined })).toBeGreaterThanOrEqual(
          strictness({ ...request, costUsd }),
        )
      }),
    )
  })
})
