import { expect, test } from 'vitest'
import { approvalKey } from '../../../src/governance/policy/approval-reach.js'
import type { ApprovalLevel } from '../../../src/governance/policy/policy.js'

const policy = { name: 'p', version: '1' }
const place = { taskId: 't1', turn: 3, callId: 'c1' }
const verdict = (level: ApprovalLevel, rule = 'r') =>
  ({ effect: 'requireApproval', rule, level, reason: '', isCertain: true }) as const

test.each([
  ['action', { callId: 'c2' }, false],
  ['step', { callId: 'c2' }, true],
  ['step', { turn: 4, callId: 'c2' }, false],
  ['task', { turn: 4, callId: 'c2' }, true],
  ['task', { taskId: 't2' }, false],
] as const)('an approval for one %s holds for a call at %j: %s', (level, other, same) => {
  const [first, second] = [place, { ...place, ...other }].map((at) => approvalKey(policy, verdict(level), at))
  expect(first === second).toBe(same)
})

test('an approval holds for no other rule and for no other version of the policy', () => {
  const key = approvalKey(policy, verdict('task'), place)
  expect(approvalKey(policy, verdict('task', 'other'), place)).not.toBe(key)
  expect(approvalKey({ ...policy, version: '2' }, verdict('task'), place)).not.toBe(key)
})

test('an approval that several policies ask for is one for all of them, and for none of them alone', () => {
  const also = [{ policy: { name: 'q', version: '1' }, rule: 'r', reason: '' }]
  const key = approvalKey(policy, { ...verdict('task'), also }, place)
  expect(key).not.toBe(approvalKey(policy, verdict('task'), place))
  expect(key).not.toBe(approvalKey(policy, { ...verdict('task'), also: [{ ...also[0]!, rule: 'other' }] }, place))
})

test.each(['n'.repeat(2_000), 'a\u0085b'])('a key can be an id, whatever the policy is called', (name) => {
  const key = approvalKey({ name, version: '1' }, verdict('action'), place)
  expect(key.length).toBeLessThanOrEqual(1_000)
  expect(key).not.toMatch(/\p{Cc}/u)
  expect(key).not.toBe(approvalKey({ name, version: '1' }, verdict('action'), { ...place, callId: 'c2' }))
})
