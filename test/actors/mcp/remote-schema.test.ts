import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { checkedBy } from '../../../actors/mcp/remote-schema.js'

function check(schema: unknown, value: unknown) {
  const result = checkedBy(z.looseObject({}), schema).safeParse(value)
  return result.success ? result.data : result.error.issues.map(({ path }) => path.join('.'))
}

const object = (properties: object, more: object = {}) => ({ type: 'object', properties, ...more })

describe("a server's schema", () => {
  test('refuses what it says it refuses, with the path', () => {
    const schema = object({
      files: { type: 'array', items: object({ name: { type: 'string' } }, { required: ['name'] }) },
    })
    expect(check(schema, { files: [{ name: 'a' }, {}] })).toEqual(['files.1.name'])
    expect(check(object({ n: { enum: [1, 2] } }, { required: ['n'] }), {})).toEqual(['n'])
    expect(check(object({ n: { anyOf: [{ type: 'string' }, { type: 'null' }] } }), { n: 1 })).toEqual(['n'])
  })

  test('changes nothing: no default is put in, nothing is left out', () => {
    const schema = object({ a: { type: 'string', default: 'x' } })
    expect(check(schema, { b: 1 })).toEqual({ b: 1 })
  })

  test.each([
    [
      'a pattern, which could take for ever',
      object({ a: { type: 'string', pattern: '^(a+)+$' } }),
      { a: `${'a'.repeat(40)}!` },
    ],
    ['a reference', object({ a: { $ref: '#/$defs/a' } }, { $defs: { a: { type: 'string' } } }), { a: 1 }],
    ['a reference that leads nowhere', object({ a: { $ref: '#/gone' } }), { a: 1 }],
    ['a condition', object({ a: { if: { const: 1 }, else: false } }), { a: 2 }],
    ['a format', object({ a: { type: 'string', format: 'email' } }), { a: 'nobody' }],
    ['a name that every object has', object({ toString: { type: 'string' } }, { required: ['toString'] }), {}],
    ['nonsense', { type: 'object', properties: 7 }, { a: 1 }],
  ])('lets pass what it says by %s', (_, schema, value) => {
    expect(check(schema, value)).toEqual(value)
  })

  test('may have an argument that is called like a keyword', () => {
    const schema = object({ pattern: { type: 'string' }, $ref: { type: 'string' }, not: { type: 'string' } })
    expect(check(schema, { pattern: 1, not: 2 })).toEqual(['pattern', 'not'])
  })
})
