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
