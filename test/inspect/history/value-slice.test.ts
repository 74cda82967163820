import { defineRedaction } from 'roscius'
import { describe, expect, test } from 'vitest'
import { valueSlice } from '../../../src/control/protocol/value.js'
import { Masking } from '../../../src/inspect/history/mask.js'
import { lineOf } from '../../../src/inspect/history/one-line.js'
import { type SliceRequest, sliceOf } from '../../../src/inspect/history/value-slice.js'

const masking = new Masking(defineRedaction())

async function slice(value: unknown, request: Partial<SliceRequest> = {}) {
  const told = await sliceOf(value, { pointer: '', offset: 0, limit: 200, ...request }, masking)
  return valueSlice.parse({ ...told, seqNr: 1 })
}

const shown = (told: Awaited<ReturnType<typeof slice>>) =>
  Object.fromEntries(told.children.map(({ key, kind, text }) => [key, `${kind} ${text}`]))

class Robot {
  name = 'r2'
}

describe('a value, piece by piece', () => {
  test('shows one level, whatever is in it', async () => {
    const actor = Object.create({ sessionId: 'a/b', send: () => undefined, address: 'roscius://n/a/b' }) as object
    const told = await slice({
      nothing: null,
      missing: undefined,
      yes: true,
      number: 1.5,
      zero: -0,
      text: 'hello "you"',
      big: 12n,
      when: new Date('2026-01-02T03:04:05Z'),
      never: new Date(Number.NaN),
      bytes: new Uint8Array(1_200),
      list: [1, 2, 3],
      one: { a: 1 },
      none: {},
      map: new Map([['a', 1]]),
      set: new Set([1, 2]),
      actor,
      error: new TypeError('broken\nhere'),
      run: () => 1,
      robot: new Robot(),
      pattern: /a+/g,
    })
    expect(shown(told)).toEqual({
      nothing: 'null null',
      missing: 'undefined undefined',
      yes: 'boolean true',
      number: 'number 1.5',
      zero: 'number -0',
      text: 'string "hello \\"you\\""',
      big: 'bigint 12n',
      when: 'date 2026-01-02T03:04:05.000Z',
      never: 'date Invalid Date',
      bytes: 'bytes Uint8Array of 1 200 bytes',
      list: 'array [ 3 ]',
      one: 'object { 1 field }',
      none: 'object {}',
      map: 'map Map { 1 }',
      set: 'set Set { 2 }',
      actor: 'ref roscius://n/a/b',
      error: 'error TypeError: broken here',
      run: 'other a function',
      robot: 'other an instance of Robot',
      pattern: 'other /a+/g',
    })
    expect(told.total).toBe(20)
    expect(told.children.find(({ key }) => key === 'list')?.size).toBe(3)
  })

  test('opens Maps, Sets, arrays and errors by a pointer', async () => {
    const cause = new Error('deep')
    const value = {
      map: new Map<unknown, unknown>([
        ['a', { x: 1 }],
        [7, 'seven'],
        [{ k: 1 }, 'by object'],
      ]),
      set: new Set(['x', { y: 2 }]),
      list: [{ z: 3 }],
      error: Object.assign(new Error('top', { cause }), { code: 'E1' }),
    }
    expect(shown(await slice(value, { pointer: '/map' }))).toEqual({
      a: 'object { 1 field }',
      7: 'string "seven"',
      '#2': 'string "by object"',
    })
    expect(shown(await slice(value, { pointer: '/map/a' }))).toEqual({ x: 'number 1' })
    expect((await slice(value, { pointer: '/map/#2' })).whole).toBe('by object')
    expect((await slice(value, { pointer: '/map/7' })).whole).toBe('seven')
    expect(shown(await slice(value, { pointer: '/set/1' }))).toEqual({ y: 'number 2' })
    expect(shown(await slice(value, { pointer: '/list/0' }))).toEqual({ z: 'number 3' })
    const error = await slice(value, { pointer: '/error' })
    expect(error.children.map(({ key }) => key)).toEqual(['name', 'message', 'stack', 'cause', 'code'])
    expect((await slice(value, { pointer: '/error/cause/message' })).whole).toBe('deep')
  })

  test('takes any name for a name: __proto__, constructor, with slashes and tildes', async () => {
    const value = Object.fromEntries([
      ['__proto__', { mine: 1 }],
      ['constructor', { mine: 2 }],
      ['a/b~c', { mine: 3 }],
      ['', { mine: 4 }],
    ])
    for (const [pointer, mine] of [
      ['/__proto__', 1],
      ['/constructor', 2],
      ['/a~1b~0c', 3],
      ['/', 4],
    ] as const)
      expect(shown(await slice(value, { pointer }))).toEqual({ mine: `number ${mine}` })
    for (const pointer of ['/toString', '/constructor/prototype', '/0', '/a', 'a', '/a~2'])
      await expect(slice(value, { pointer })).rejects.toMatchObject({ code: 'OPTIONS_INVALID' })
    await expect(slice([1], { pointer: '/length' })).rejects.toMatchObject({ code: 'OPTIONS_INVALID' })
    await expect(slice([1], { pointer: '/01' })).rejects.toMatchObject({ code: 'OPTIONS_INVALID' })
    await expect(slice('text', { pointer: '/0' })).rejects.toMatchObject({ code: 'OPTIONS_INVALID' })
    await expect(slice({}, { pointer: '/__proto__' })).rejects.toMatchObject({ code: 'OPTIONS_INVALID' })
  })

  test('runs nothing of what it shows', async () => {
    const ran: string[] = []
    const trap = (): never => {
      ran.push('trap')
      throw new Error('ran')
    }
    const value = {
      get field() {
        return trap()
      },
      toJSON: trap,
      toString: trap,
      inner: { [Symbol.toPrimitive]: trap, toJSON: trap },
      proxy: new Proxy({}, { get: trap, ownKeys: trap, getPrototypeOf: trap, has: trap }),
    }
    const told = await slice(value)
    expect(lineOf(value, masking, 2_000).text).toContain('a proxy')
    expect(told.children.map(({ key }) => key)).toContain('proxy')
    expect(ran).toEqual([])
  })

  test('pages, and says how many there are in all', async () => {
    const value = { list: Array.from({ length: 1_000 }, (_, n) => n) }
    const told = await slice(value, { pointer: '/list', offset: 995, limit: 3 })
    expect(told.children.map(({ key, text }) => [key, text])).toEqual([
      ['995', '995'],
      ['996', '996'],
      ['997', '997'],
    ])
    expect(told.total).toBe(1_000)
    expect(told.node).toMatchObject({ key: 'list', kind: 'array', text: '[ 1 000 ]', size: 1_000 })
  })

  test('cuts a long text, and gives 100 000 characters of it when it is opened', async () => {
    const value = { text: 'x'.repeat(1_000_000) }
    const { children } = await slice(value)
    expect(children[0]).toMatchObject({ key: 'text', length: 1_000_000 })
    expect(children[0]?.text.length).toBeLessThanOrEqual(200)
    const opened = await slice(value, { pointer: '/text' })
    expect(opened.whole).toHaveLength(100_000)
  })

  test('masks by the name of a field, and all below it', async () => {
    const value = {
      password: { old: 'abc', list: ['secret'] },
      open: 'yes',
      token: 'abcdef',
      map: new Map([['apiKey', 'k1']]),
    }
    const told = await slice(value)
    expect(told.children.map(({ key, text, isMasked, size }) => [key, text, isMasked, size])).toEqual([
      ['password', '[redacted]', true, 0],
      ['open', '"yes"', false, 0],
      ['token', '[redacted]', true, 0],
      ['map', 'Map { 1 }', false, 1],
    ])
    for (const pointer of ['/password', '/password/list', '/password/list/0', '/token', '/map/apiKey']) {
      const opened = await slice(value, { pointer })
      expect(opened.node.text).toBe('[redacted]')
      expect(opened.children).toEqual([])
      expect(opened.whole).toBeUndefined()
    }
  })

  test('masks what looks like a secret before it cuts, also across the cut', async () => {
    const secret = 'Bearer abcdefghijklmnopqrstuvwxyz0123456789'
    for (const before of [0, 150, 170, 185, 195]) {
      const { children } = await slice({ log: `${'x'.repeat(before)} ${secret} rest` })
      expect(children[0]?.text).not.toContain('ghij')
      expect(children[0]?.isMasked).toBe(true)
    }
    const named = await slice({ [`key ${secret}`]: { a: 1 } })
    expect(JSON.stringify(named)).not.toContain('ghij')
    expect(named.children[0]).toMatchObject({ size: 0, isMasked: true })
  })

  test('marks what differs from an earlier state, also far below, and what is gone', async () => {
    const same = { deep: [1, 2, 3] }
    const earlier = { same, list: [1, { x: 1 }], gone: 1, text: 'a', map: new Map([['k', 1]]), equal: { a: [1] } }
    const now = { same, list: [1, { x: 2 }, 3], text: 'b', map: new Map([['k', 1]]), equal: { a: [1] }, fresh: 1 }
    const changes = async (pointer: string) => {
      const told = await slice(now, { pointer, earlier: { value: earlier } })
      return Object.fromEntries(told.children.map(({ key, change }) => [key, change]))
    }
    expect(await changes('')).toEqual({
      same: undefined,
      list: 'changed',
      text: 'changed',
      map: undefined,
      equal: undefined,
      fresh: 'added',
      gone: 'removed',
    })
    expect(await changes('/list')).toEqual({ 0: undefined, 1: 'changed', 2: 'added' })
    expect(await changes('/list/1')).toEqual({ x: 'changed' })
    const whole = await slice(now, { earlier: { value: earlier } })
    expect(whole.total).toBe(7)
    expect(whole.node.change).toBe('changed')
  })

  test('answers as much for 5 MB as for the two hundred children that it shows', async () => {
    const items = Array.from({ length: 20_000 }, (_, n) => ({ id: n, text: 'abcdefghij'.repeat(25), tags: ['a', 'b'] }))
    const told = await slice({ items, note: 'x'.repeat(500_000) }, { pointer: '/items', limit: 200 })
    expect(told.children).toHaveLength(200)
    expect(JSON.stringify(told).length).toBeLessThan(30_000)
  })
})

describe('a value in a line', () => {
  test('looks like JSON, is cut, and can not break out of its line', () => {
    const line = (value: unknown, max?: number) => lineOf(value, masking, max).text
    expect(line({ a: 1, b: ['x', null, undefined], m: new Map([['k', 1n]]), s: new Set([1]) })).toBe(
      '{"a":1,"b":["x",null,undefined],"m":Map {"k":1n},"s":Set [1]}',
    )
    expect(line('x'.repeat(1_000_000), 50)).toHaveLength(50)
    expect(line({ a: '\u202e\u2028\n' })).toBe('{"a":"\\u202e\\u2028\\n"}')
    const loop: Record<string, unknown> = {}
    loop.self = loop
    expect(line(loop).length).toBeLessThanOrEqual(200)
    expect(line({ password: 'hunter2', user: { token: ['t'] } })).toBe(
      '{"password":"[redacted]","user":{"token":["[redacted]"]}}',
    )
  })
})
