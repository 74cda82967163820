import { describe, expect, test } from 'vitest'
import { definePolicy } from '../../../src/governance/policy/define-policy.js'
import type { PolicyInput } from '../../../src/governance/policy/policy.js'

const rule = { id: 'r', when: {}, effect: 'allow', reason: 'Because.' } as const
const policy = { name: 'p', version: '1', rules: [rule] } as const

function refusalOf(wrong: PolicyInput): unknown {
  try {
    return definePolicy(wrong)
  } catch (error) {
    return error
  }
}

describe('a policy', () => {
  test('is complete once it is read, and read again is the same', () => {
    const read = definePolicy({ name: 'p', version: '1', rules: [{ ...rule, when: { tool: 'x', risk: ['read'] } }] })
    expect(read).toEqual({
      name: 'p',
      version: '1',
      default: 'deny',
      rules: [{ ...rule, level: 'action', when: { tool: ['x'], risk: ['read'] } }],
    })
    expect(JSON.parse(JSON.stringify(read))).toEqual(read)
  })

  test('can be stored and read again', () => {
    const question = {
      id: 'q',
      when: { risk: 'danger' },
      effect: 'requireApproval',
      level: 'task',
      reason: 'Ask.',
    } as const
    const read = definePolicy({ ...policy, rules: [question] })
    expect(definePolicy(JSON.parse(JSON.stringify(read)))).toEqual(read)
  })

  const refused: [field: string, problem: string, wrong: unknown][] = [
    ['name', 'expected string', { ...policy, name: undefined }],
    ['version', 'expected string', { ...policy, version: 1 }],
    ['alow', 'is not a field', { ...policy, alow: [] }],
    ['default', 'Invalid option', { ...policy, default: 'ask' }],
    ['humanInTheLoop', 'Invalid option', { ...policy, humanInTheLoop: true }],
    ['maxTokensPerWorkflow', '>=0', { ...policy, maxTokensPerWorkflow: -1 }],
    ['rules.0.effect', 'Invalid option', { ...policy, rules: [{ ...rule, effect: 'maybe' }] }],
    ['rules.0.when.tools', 'is not a field', { ...policy, rules: [{ ...rule, when: { tools: 'x' } }] }],
    ['rules.0.when.tool', 'Too small', { ...policy, rules: [{ ...rule, when: { tool: [] } }] }],
    ['rules.0.when.risk.1', 'Invalid option', { ...policy, rules: [{ ...rule, when: { risk: ['read', 'high'] } }] }],
    ['rules.0.when.scope.0', 'must be a scope', { ...policy, rules: [{ ...rule, when: { scope: 'read files' } }] }],
    ['rules.0.when.argument.0', 'exactly one of', { ...policy, rules: [{ ...rule, when: { argument: { at: '$' } } }] }],
    [
      'rules.0.when.argument.0.at',
      'must begin with "$"',
      { ...policy, rules: [{ ...rule, when: { argument: { at: 'a', above: 1 } } }] },
    ],
    [
      'rules.0.when.argument.0.matches',
      'at character 2: "(" without ")"',
      { ...policy, rules: [{ ...rule, when: { argument: [{ at: '$', matches: '(a' }] } }] },
    ],
    [
      'rules.0.when.argument.0.ignoreCase',
      'goes with matches only',
      { ...policy, rules: [{ ...rule, when: { argument: { at: '$', above: 1, ignoreCase: true } } }] },
    ],
    ['rules.0.level', 'goes with requireApproval only', { ...policy, rules: [{ ...rule, level: 'task' }] }],
    ['rules.0.id', 'is a name of the policy itself', { ...policy, rules: [{ ...rule, id: 'default' }] }],
    ['rules.1.id', 'there is another rule "r"', { ...policy, rules: [rule, rule] }],
    ['rules.0.reason', 'Too small', { ...policy, rules: [{ ...rule, reason: ' ' }] }],
  ]
  test.each(refused)('with a wrong %s is refused: %s', (field, problem, wrong) => {
    const error = refusalOf(wrong as PolicyInput)
    expect(error).toMatchObject({ code: 'OPTIONS_INVALID', details: { field } })
    expect((error as Error).message).toMatch(`definePolicy: ${field}: `)
    expect((error as Error).message).toContain(problem)
  })
})
