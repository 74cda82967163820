import { describe, expect, it } from 'vitest'
import { overflow } from '../../src/mailbox/overflow.js'

describe('overflow', () => {
  it.each(['reject', 'dropNewest', 'dropOldest'] as const)(
    'accepts below capacity under %s, which decides from there on',
    (policy) => {
      expect(overflow(policy, 0, 2)).toBe('accept')
      expect(overflow(policy, 1, 2)).toBe('accept')
      expect(overflow(policy, 2, 2)).toBe(policy)
      expect(overflow(policy, 3, 2)).toBe(policy)
    },
  )
})
