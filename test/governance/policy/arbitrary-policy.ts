import fc from 'fast-check'
import { definePolicy } from '../../../src/governance/policy/define-policy.js'
import { POLICY_EFFECTS, type Policy, type PolicyRequest, RISKS } from '../../../src/governance/policy/policy.js'

const some = <T>(...items: T[]): fc.Arbitrary<T[]> => fc.subarray(items, { minLength: 1 })
const TOOLS = ['read', 'readAll', 'write']
const SCOPES = ['a', 'a:b', 'c']
const PATHS = ['p', 'p/q', 'p/q/r']

const argument = fc.oneof(
  fc.record({ at: fc.constantFrom('$.x', '$.x[*]', '$..*'), matches: fc.constantFrom('^a', 'b') }),
  fc.record({ at: fc.constantFrom('$.x', '$.x[*]'), above: fc.constantFrom(1, 2) }),
)

const when = fc.record(
  {
    tool: some(...TOOLS, 'read*', '*'),
    risk: some(...RISKS),
    scope: some(...SCOPES, '*', 'c:*', 'c:d:e'),
    path: some(...PATHS, 'p/*', 'p/**', '**'),
    costUsdAbove: fc.constantFrom(0, 1, 2),
    argument,
  },
  { requiredKeys: [] },
)

export const anyPolicy: fc.Arbitrary<Policy> = fc
  .record(
    {
      rules: fc.array(fc.record({ when, effect: fc.constantFrom(...POLICY_EFFECTS) }), { maxLength: 6 }),
      default: fc.constantFrom(...POLICY_EFFECTS),
      allowedTools: some(...TOOLS, 'read*'),
      humanInTheLoop: fc.constantFrom(...RISKS),
    },
    { requiredKeys: ['rules', 'default'] },
  )
  .map((policy) =>
    definePolicy({
      ...policy,
      name: 'any',
      version: '1',
      rules: policy.rules.map((rule, index) => ({ ...rule, id: `r${index}`, reason: 'Because.' })),
    }),
  )

export const anyRequest: fc.Arbitrary<PolicyRequest> = fc.record(
  {
    tool: fc.constantFrom(...TOOLS),
    risk: fc.constantFrom(...RISKS),
    scopes: fc.subarray([...SCOPES, 'c:d', '*:d']),
    path: fc.constantFrom(...PATHS),
    input: fc.constantFrom<unknown>(
      {},
      { x: 'a' },
      { x: 'b' },
      { x: ['a', 'b'] },
      { x: [1, 2, 3] },
      { x: 3 },
      { x: null },
    ),
    costUsd: fc.constantFrom(0, 0.5, 1, 2, 3),
  },
  { requiredKeys: ['tool', 'risk', 'scopes', 'path', 'input'] },
)
