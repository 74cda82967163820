import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { definePolicy } from '../../../src/governance/policy/define-policy.js'
import { evaluate } from '../../../src/governance/policy/evaluate.js'
import type { PolicyRule } from '../../../src/governance/policy/policy.js'
import { reviewPolicy } from '../../../src/governance/policy/review-policy.js'
import { anyPolicy, anyRequest } from './arbitrary-policy.js'

function findings(...rules: Omit<PolicyRule, 'id' | 'reason'>[]): string[] {
  const named = rules.map((rule, index) => ({ ...rule, id: `r${index}`, reason: 'Because.' }))
  return reviewPolicy(definePolicy({ name: 'p', version: '1', rules: named })).map(
    ({ problem, field }) => `${problem} ${field}`,
  )
}

describe('a review finds', () => {
  test('a rule behind one that takes every call', () => {
    expect(findings({ when: {}, effect: 'allow' }, { when: { risk: 'danger' }, effect: 'deny' })).toEqual([
      'unreachable rules.1',
    ])
  })

  test('a rule of which others have taken each part', () => {
    expect(
      findings(
        { when: { tool: 'read*' }, effect: 'allow' },
        { when: { tool: 'write', risk: ['read', 'write'] }, effect: 'allow' },
        { when: { risk: 'danger' }, effect: 'deny' },
        { when: { tool: ['readFile', 'write'] }, effect: 'deny' },
      ),
    ).toEqual(['unreachable rules.3'])
  })

  test('a rule about tools that are not allowed at all', () => {
    const rule = { id: 'r', when: { tool: 'write' }, effect: 'allow', reason: 'Because.' } as const
    const policy = definePolicy({ name: 'p', version: '1', allowedTools: ['read*'], rules: [rule] })
    expect(reviewPolicy(policy)).toEqual([
      {
        problem: 'unreachable',
        rule: 'r',
        field: 'rules.0',
        message: 'It never decides: allowedTools has none of its tools.',
      },
    ])
  })

  test('a rule that allows whatever contains its pattern', () => {
    const allowing = (matches: string) =>
      findings({ when: { argument: { at: '$.path', matches } }, effect: 'allow' as const })
    expect(allowing('report/')).toEqual(['unanchored rules.0.when.argument.0.matches'])
    expect(allowing('^a|b$')).toEqual(['unanchored rules.0.when.argument.0.matches'])
    expect(allowing('^(?:a|b)$')).toEqual([])
    expect(allowing('^a$|^b$')).toEqual([])
    expect(findings({ when: { argument: { at: '$.path', matches: 'etc' } }, effect: 'deny' })).toEqual([])
  })
})

describe('a review does not find', () => {
  test('a narrower rule before a wider one', () => {
    expect(findings({ when: { risk: 'danger' }, effect: 'deny' }, { when: {}, effect: 'allow' })).toEqual([])
  })

  test('a stricter rule behind one that may be unclear', () => {
    expect(
      findings({ when: { costUsdAbove: 1 }, effect: 'requireApproval' }, { when: { costUsdAbove: 5 }, effect: 'deny' }),
    ).toEqual([])
  })

  test('any rule without which some call would be judged otherwise', () => {
    fc.assert(
      fc.property(anyPolicy, fc.array(anyRequest, { minLength: 20, maxLength: 20 }), (policy, requests) => {
        const dead = reviewPolicy(policy).filter(({ problem }) => problem === 'unreachable')
        for (const { rule } of dead) {
          const without = { ...policy, rules: policy.rules.filter(({ id }) => id !== rule) }
          for (const request of requests) expect(evaluate(without, request)).toEqual(evaluate(policy, request))
        }
      }),
      { numRuns: 2_000 },
    )
  })

  test('nothing at all: in random policies there is something to find', () => {
    const found = fc.sample(anyPolicy, { numRuns: 200, seed: 1 }).flatMap((policy) => reviewPolicy(policy))
    expect(found.length).toBeGreaterThan(50)
  })
})
