import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { defineRedaction } from '../../../src/governance/redaction/redaction.js'
import { secretText } from './arbitrary-secret.js'

const { text, value } = defineRedaction()

describe('the usual secrets', () => {
  it.each([
    ['Authorization: Bearer abcdefghijklmnop', 'Authorization: Bearer [redacted]'],
    ['bearer abcdefghijklmnop.', 'bearer [redacted]'],
    ['authorization: Basic dXNlcjpwYXNz', 'authorization: Basic [redacted]'],
    ['Cookie: session=abc; other=def\nHost: x', 'Cookie: [redacted]\nHost: x'],
    ['AKIAIOSFODNN7EXAMPLE is a key', '[redacted] is a key'],
    [`with ghp_${'a1'.repeat(18)}!`, 'with [redacted]!'],
    [`xoxb-${'1234567890-'.repeat(2)}abc`, '[redacted]'],
    [`AIza${'x'.repeat(35)}`, '[redacted]'],
    [`key sk-proj-${'a1B2'.repeat(10)}`, 'key [redacted]'],
    ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-_123', '[redacted]'],
    ['postgres://user:hunter2@db.example/x', 'postgres://user:[redacted]@db.example/x'],
    ['DB_PASSWORD=hunter2 next', 'DB_PASSWORD=[redacted] next'],
    ['{"apiKey":"a\\"b","n":1}', '{"apiKey":"[redacted]","n":1}'],
    ['"{\\"password\\":\\"hunter2\\",\\"n\\":1}"', '"{\\"password\\":\\"[redacted]\\",\\"n\\":1}"'],
    ["secret: 'two words'", "secret: '[redacted]'"],
    ['https://x.example/?token=abc&n=1', 'https://x.example/?token=[redacted]&n=1'],
    ['pay with 4111 1111 1111 1111 now', 'pay with [redacted] now'],
    ['order 1234 4111-1111-1111-1111', 'order 1234 [redacted]'],
    ['-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----\nrest', '[redacted]\nrest'],
    ['-----BEGIN PRIVATE KEY-----\nabc cut off', '[redacted]'],
  ])('are taken out of %j', (read, expected) => {
    expect(text(read)).toBe(expected)
  })

  it.each([
    'the secretary said: nothing',
    'tokens: 500, a risk-management-and-something-longer',
    '4111 1111 1111 1112',
    '2026-11-21T19:09:26.000Z 1763751000000 3.14159265358979',
    'https://example.org:8080/a?b=c',
    'the bearer of bad news',
    'someone@example.org',
  ])('are not seen in %j', (read) => {
    expect(text(read)).toBe(read)
  })

  it('include e-mail addresses only where that is asked for', () => {
    expect(defineRedaction({ emails: true }).text('ask a.b@example.org.')).toBe('ask [redacted].')
  })
})

describe('redacted data', () => {
  it('loses the values of secret fields, however they are written, and keeps all others', () => {
    const read = {
      password: 'x',
      'API-KEY': 1,
      user_password: { a: ['y'], b: null, c: true },
      inputTokens: 5,
      list: [`sk-${'a'.repeat(30)}`, 7],
      when: new Date(0),
    }
    expect(value(read)).toEqual({
      password: '[redacted]',
      'API-KEY': '[redacted]',
      user_password: { a: ['[redacted]'], b: null, c: true },
      inputTokens: 5,
      list: ['[redacted]', 7],
      when: new Date(0),
    })
    expect(read.password).toBe('x')
  })

  it('may contain itself, and does so still', () => {
    const read: Record<string, unknown> = { token: 'x', list: [] }
    read.self = read
    ;(read.list as unknown[]).push(read.list)
    const copy = value(read) as typeof read
    expect(copy.token).toBe('[redacted]')
    expect(copy.self).toBe(copy)
    expect((copy.list as unknown[])[0]).toBe(copy.list)
  })

  it('may be maps, sets and errors', () => {
    const read = new Map<string, unknown>([
      ['password', 'x'],
      ['set', new Set(['Bearer abcdefghijkl'])],
    ])
    expect(value(read)).toEqual(
      new Map<string, unknown>([
        ['password', '[redacted]'],
        ['set', new Set(['Bearer [redacted]'])],
      ]),
    )
    const error = value(Object.assign(new TypeError('at Bearer abcdefghijkl'), { code: 'X', token: 'y' }))
    expect(error).toBeInstanceOf(TypeError)
    expect(error).toMatchObject({ message: 'at Bearer [redacted]', code: 'X', token: '[redacted]' })
  })

  it('never throws, whatever it is', () => {
    const hostile = {
      get field(): never {
        throw new Error('no')
      },
    }
    const trap = new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error('no')
        },
      },
    )
    let deep: unknown = 'x'
    for (let n = 0; n < 20_000; n++) deep = [deep]
    expect(value(hostile)).toBe('[redacted]')
    expect(value({ trap })).toEqual({ trap: '[redacted]' })
    expect(() => value(deep)).not.toThrow()
    expect(value(JSON.parse('{"__proto__":{"password":"x"}}'))).toEqual(
      JSON.parse('{"__proto__":{"password":"[redacted]"}}'),
    )
  })
})

describe('a redaction of one’s own', () => {
  it('adds fields and patterns', () => {
    const own = defineRedaction({
      keys: ['*iban', 'x-*'],
      patterns: [{ name: 'case', matches: 'case-[0-9]+', flags: 'i' }],
      replace: '***',
    })
    expect(own.value({ theIban: 'DE00', X_Any: 1, note: 'see CASE-123 or case-9b' })).toEqual({
      theIban: '***',
      X_Any: '***',
      note: 'see *** or ***b',
    })
  })

  it('replaces all that some match covers', () => {
    const own = defineRedaction({ builtIn: false, patterns: [{ name: 'a', matches: '\\ba+b?' }] })
    expect(own.text('aaab aab ba 😀a')).toBe('[redacted] [redacted] ba 😀[redacted]')
    expect(own.text('password=x')).toBe('password=x')
  })

  it('is refused with the path of the field', () => {
    const bad = (given: object) => () => defineRedaction(given)
    expect(bad({ patterns: [{ name: 'a', matches: '(' }] })).toThrow(
      expect.objectContaining({ code: 'OPTIONS_INVALID', details: { field: 'patterns.0.matches' } }),
    )
    expect(bad({ replce: '' })).toThrow(expect.objectContaining({ details: { field: 'replce' } }))
  })
})

describe('any text', () => {
  it('loses every secret in it', () => {
    fc.assert(
      fc.property(secretText, ({ text: read, secret }) => {
        expect(text(read)).not.toContain(secret)
        expect(JSON.stringify(value({ deep: [{ note: read }] }))).not.toContain(secret)
      }),
    )
  })

  it('is the same redacted twice as once', () => {
    const pieces = fc.constantFrom(
      'password=',
      'Bearer ',
      '"',
      ' ',
      'eyJ',
      '.',
      'sk-',
      '4111 1111 1111 1111',
      '[redacted]',
    )
    const any = fc.oneof(
      secretText.map(({ text: read }) => read),
      fc.array(fc.oneof(pieces, fc.string())).map((parts) => parts.join('')),
    )
    fc.assert(
      fc.property(any, (read) => {
        expect(text(text(read))).toBe(text(read))
      }),
      { numRuns: 500 },
    )
  })

  it('keeps its shape as data', () => {
    const shapeOf = (read: unknown): unknown => {
      if (Array.isArray(read)) return read.map(shapeOf)
      if (typeof read !== 'object' || read === null) return read === null ? null : 'leaf'
      return Object.fromEntries(Object.entries(read).map(([key, field]) => [key, shapeOf(field)]))
    }
    fc.assert(
      fc.property(fc.jsonValue(), (read) => {
        expect(shapeOf(value(read))).toEqual(shapeOf(read))
        expect(value(value(read))).toEqual(value(read))
      }),
    )
  })

  it.each([
    ['eyJ'],
    ['eyJ-'],
    ['a'],
    ['password=password:'],
    ['://a:'],
    ['-----BEGIN PRIVATE KEY-----'],
    ['authorization: x '],
    ['1 '],
    ['a@'],
    ['sk-'],
    ['"password": "\\'],
    ['cookie:cookie:'],
  ])('is done with in time, be it a hundred thousand %j', (piece) => {
    const own = defineRedaction({ emails: true, patterns: [{ name: 'own', matches: '(x+x+)+y' }] })
    expect(own.text(piece.repeat(100_000))).not.toBe('')
  })
})
