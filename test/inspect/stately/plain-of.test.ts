import { defineRedaction } from 'roscius'
import { describe, expect, test } from 'vitest'
import { plainOf } from '../../../src/inspect/stately/plain-of.js'

const LIMITS = { maxValues: 1_000, maxChars: 100, maxTotalChars: 1_000 }
const plain = (value: unknown): unknown => plainOf(value, defineRedaction(), LIMITS)

function deep(levels: number): object {
  let value: object = {}
  for (let level = 0; level < levels; level++) value = { inner: value }
  return value
}

function thrower(): never {
  throw new Error('a trap')
}

describe('what is told of a value', () => {
  test('keeps the secrets of a map, whose entries become pairs', () => {
    const entries = new Map<unknown, unknown>([
      ['token', 'hunter2'],
      ['city', 'Rome'],
      [{ odd: 1 }, 'key'],
    ])
    expect(plain({ entries })).toEqual({
      entries: [
        ['token', '[redacted]'],
        ['city', 'Rome'],
        [{ odd: 1 }, 'key'],
      ],
    })
  })

  test('is JSON, whatever the value does when it is read', () => {
    const { proxy: revoked, revoke } = Proxy.revocable({}, {})
    revoke()
    const traps = { get: thrower, ownKeys: thrower, getPrototypeOf: thrower, has: thrower }
    const hostile = {
      getter: Object.defineProperty({ seen: 1 }, 'x', { enumerable: true, get: thrower }),
      proxy: new Proxy({}, traps),
      list: new Proxy([], traps),
      revoked,
      error: Object.defineProperty(new Error('x'), 'message', { value: 12 }),
      function: Object.defineProperty(() => 1, 'name', { value: 5n }),
      id: { sessionId: 'x', send: () => 1, id: { toString: thrower } },
      ['__proto__']: 1,
    }
    const told = JSON.parse(JSON.stringify(plain(hostile))) as Record<string, unknown>
    expect(told).toMatchObject({
      getter: { seen: 1, x: '(can not be read)' },
      proxy: '(can not be read)',
      error: { name: 'Error', message: '' },
      function: { type: '' },
    })
  })

  test('ends at a depth, and where it contains itself', () => {
    expect(JSON.stringify(plain(deep(20_000))).length).toBeLessThan(2_000)
    const self: Record<string, unknown> = {}
    self.self = self
    expect(plain(self)).toEqual({ self: '(itself)' })
  })

  test('is bounded in all its texts together, and in the names of fields', () => {
    const texts = Array.from({ length: 500 }, (_, n) => `${n} ${'x'.repeat(90)}`)
    expect(JSON.stringify(plain({ texts })).length).toBeLessThan(5_000)
    const named = { ['n'.repeat(1_000_000)]: 'under a long name', short: 1 }
    const told = plain(named) as object
    expect(JSON.stringify(told).length).toBeLessThan(2_000)
    expect(told).toMatchObject({ short: 1 })
    expect(JSON.stringify(told)).not.toContain('under')
  })

  test('has no part of a secret that the cut goes through', () => {
    const secret = `Bearer ${'abcdefghij'.repeat(20)}`
    expect(JSON.stringify(plain({ text: `${'x '.repeat(40)}${secret}` }))).not.toContain('abcdefghij')
  })
})
