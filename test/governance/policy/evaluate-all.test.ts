import fc from 'fast-check'
import { definePolicy, evaluate, evaluateAll, type Policy } from 'roscius'
import { expect, test } from 'vitest'
import { APPROVAL_LEVELS, type ApprovalLevel, POLICY_EFFECTS } from '../../../src/governance/policy/policy.js'
import { anyPolicy, anyRequest } from './arbitrary-policy.js'

const call = { tool: 'pay', risk: 'danger', scopes: [], path: 'a', input: {} } as const

function asking(name: string, level: ApprovalLevel): Policy {
  const rule = { id: `${name}-asks`, when: { tool: 'pay' }, effect: 'requireApproval', level, reason: name } as const
  return definePolicy({ name, version: '1', rules: [rule] })
}

const allowing = definePolicy({ name: 'mild', version: '1', default: 'allow' })
const denying = definePolicy({ name: 'strict', version: '1' })

/** Policies whose questions reach differently far. */
const levelled = fc
  .tuple(anyPolicy, fc.constantFrom(...APPROVAL_LEVELS))
  .map(([policy, level]): Policy => ({ ...policy, rules: policy.rules.map((rule) => ({ ...rule, level })) }))

test('several policies are never milder together than one of them alone', () => {
  fc.assert(
    fc.property(fc.tuple(levelled, levelled, levelled), anyRequest, (all, request) => {
      const { verdict } = evaluateAll(all, request)
      for (const one of all.map((policy) => evaluate(policy, request))) {
        const isMilder = POLICY_EFFECTS.indexOf(verdict.effect) < POLICY_EFFECTS.indexOf(one.effect)
        const reachesFurther = APPROVAL_LEVELS.indexOf(verdict.level) > APPROVAL_LEVELS.indexOf(one.level)
        const bothAsk = verdict.effect === 'requireApproval' && one.effect === 'requireApproval'
        expect(isMilder || (bothAsk && reachesFurther)).toBe(false)
      }
    }),
  )
})

test('of those that are equally strict the first has the last word', () => {
  expect(evaluateAll([allowing, denying, { ...denying, name: 'other' }], call).policy.name).toBe('strict')
  expect(evaluateAll([allowing, { ...allowing, name: 'other' }], call).policy.name).toBe('mild')
})

test('all that ask are named, whichever reaches least', () => {
  const joint = evaluateAll([asking('own', 'task'), allowing, asking('house', 'action')], call)
  expect(joint).toMatchObject({
    policy: { name: 'house' },
    verdict: {
      level: 'action',
      rule: 'house-asks',
      also: [{ policy: { name: 'own', version: '1' }, rule: 'own-asks' }],
    },
  })
})

test.each([
  ['only one asks', [asking('own', 'task'), allowing]],
  ['one denies', [asking('own', 'task'), denying, asking('house', 'task')]],
] as const)('nobody else is named where %s', (_, all) => {
  expect(evaluateAll([...all] as [Policy, ...Policy[]], call).verdict.also).toBeUndefined()
})
