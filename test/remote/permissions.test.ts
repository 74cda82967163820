import fc from 'fast-check'
import { isRosciusError } from 'roscius'
import { describe, expect, test } from 'vitest'
import { createActor, createMachine } from 'xstate'
import { childPath } from '../../src/core/address.js'
import { KnownPaths } from '../../src/remote/permissions/known-paths.js'
import { type Allowed, type Permissions, readPermissions } from '../../src/remote/permissions.js'

const sendingTo = (...paths: string[]): Permissions => readPermissions({ send: [{ paths }] })
const sending = (...events: string[]): Permissions => readPermissions({ send: [{ paths: ['a'], events }] })
const reaches = (permissions: Permissions, paths: readonly string[]): string[] =>
  paths.filter((path) => permissions.maySend(path, 'X'))

function refusedField(allow: unknown): unknown {
  try {
    readPermissions(allow as Allowed)
  } catch (error) {
    if (isRosciusError(error, 'OPTIONS_INVALID')) return error.details.field
    throw error
  }
  return undefined
}

/** What each verb says of a path. */
const verdicts = (permissions: Permissions, path: string): readonly boolean[] => [
  permissions.maySend(path, 'X'),
  permissions.mayWatch(path),
  permissions.maySubscribe(path),
  permissions.maySpawn('worker', path),
  permissions.mayControl(path),
]

describe('a peer', () => {
  test('may do nothing, unless it is allowed', () => {
    expect(verdicts(readPermissions({}), 'a')).toEqual([false, false, false, false, false])
    expect(verdicts(readPermissions({ send: [], spawn: [{ logic: [], paths: ['**'] }] }), 'a')).not.toContain(true)
    expect(sendingTo().maySend('a', 'X')).toBe(false)
    expect(sending().maySend('a', 'X')).toBe(false)
  })

  test('may do one thing without another', () => {
    const all = ['**']
    const allowed: Allowed[] = [
      { send: [{ paths: all }] },
      { watch: all },
      { subscribe: all },
      { spawn: [{ logic: ['*'], paths: all }] },
      { control: all },
    ]
    for (const [n, allow] of allowed.entries()) {
      expect(verdicts(readPermissions(allow), 'a/b')).toEqual(allowed.map((_, m) => n === m))
    }
  })

  test('may do everything where that is said', () => {
    expect(verdicts(readPermissions('everything'), 'a/b/c')).toEqual([true, true, true, true, true])
  })

  test('may send what one rule allows as a whole, not what two allow in part', () => {
    const permissions = readPermissions({
      send: [
        { paths: ['a'], events: ['X'] },
        { paths: ['b'], events: ['Y'] },
      ],
    })
    expect([permissions.maySend('a', 'X'), permissions.maySend('b', 'Y')]).toEqual([true, true])
    expect([permissions.maySend('a', 'Y'), permissions.maySend('b', 'X')]).toEqual([false, false])
  })

  test('may start the logic of a rule at the paths of that rule', () => {
    const permissions = readPermissions({
      spawn: [
        { logic: ['worker'], paths: ['pool/*'] },
        { logic: ['*'], paths: ['scratch/**'] },
      ],
    })
    expect(permissions.maySpawn('worker', 'pool/w1')).toBe(true)
    expect(permissions.maySpawn('admin', 'scratch/a/b')).toBe(true)
    expect(permissions.maySpawn('admin', 'pool/w1')).toBe(false)
    expect(permissions.maySpawn('worker', 'pool')).toBe(false)
    expect(permissions.maySpawn('worker', 'pool/w1/x')).toBe(false)
    for (const name of ['__proto__', 'constructor', 'Worker', '']) {
      expect(permissions.maySpawn(name, 'pool/w1')).toBe(false)
    }
  })
})

describe('a pattern of paths', () => {
  const paths = ['pool', 'pool/a', 'pool/a/b', 'pool/a/b/c', 'other', 'other/a', 'pools/a', 'poo', 'pool2']

  test.each([
    ['pool', ['pool']],
    ['pool/a', ['pool/a']],
    ['*', ['pool', 'other', 'poo', 'pool2']],
    ['pool/*', ['pool/a']],
    ['*/a', ['pool/a', 'other/a', 'pools/a']],
    ['pool/**', ['pool/a', 'pool/a/b', 'pool/a/b/c']],
    ['**', paths],
    ['**/b', ['pool/a/b']],
    ['**/a', ['pool/a', 'other/a', 'pools/a']],
    ['pool/**/c', ['pool/a/b/c']],
    ['**/a/**', ['pool/a/b', 'pool/a/b/c']],
    ['*/*', ['pool/a', 'other/a', 'pools/a']],
    ['*/**', ['pool/a', 'pool/a/b', 'pool/a/b/c', 'other/a', 'pools/a']],
    ['**/**', ['pool/a', 'pool/a/b', 'pool/a/b/c', 'other/a', 'pools/a']],
  ])('%s stands for what it says', (pattern, expected) => {
    expect(reaches(sendingTo(pattern), paths)).toEqual(expected)
  })

  test('matches as the regular expression that it stands for', () => {
    const segment = fc.constantFrom('a', 'b', 'ab')
    const path = fc.array(segment, { minLength: 1, maxLength: 7 }).map((all) => all.join('/'))
    const pattern = fc
      .array(fc.oneof(segment, fc.constantFrom('*', '**')), { minLength: 1, maxLength: 6 })
      .map((all) => all.join('/'))
    const expression = (text: string): RegExp =>
      new RegExp(`^${text.replaceAll('**', '.+').replace(/(?<![.])\*/g, '[^/]+')}$`)
    fc.assert(
      fc.property(pattern, path, (text, to) => sendingTo(text).maySend(to, 'X') === expression(text).test(to)),
      { numRuns: 2_000 },
    )
  })

  test.each([
    '/a',
    'a/',
    'a//b',
    '',
    '/',
    '.',
    'a/..',
    '../a',
    'a/./b',
    'a*',
    '*a',
    'a**',
    '***',
    '$ask/1',
    '$reply',
    '$',
    'a#1',
    'a b',
    'ü',
    'a%2f',
    'a%2Fb%zz',
    '%61',
    'roscius://b/a',
    'a\\b',
    'a?',
    'a:b',
    'a\0',
    '%E9',
    '%',
    'x'.repeat(513),
    Array(65).fill('a').join('/'),
  ])('is refused if no path can be so: %j', (pattern) => {
    expect(refusedField({ watch: ['a', pattern] })).toBe('allow.watch.1')
  })

  test.each(['ü', 'a b', 'a/b', 'a%b', '*', 'A', 'a:b', '(x)', "it's", 'x@y.example', '日本', '😀'])(
    'is written as the path of an actor, encoded: %s',
    (id) => {
      const path = childPath('users', id)
      expect(reaches(sendingTo(path), [path, `${path}x`, 'users'])).toEqual([path])
      expect(reaches(sendingTo('users/*'), [path])).toEqual([path])
    },
  )
})

describe('a path', () => {
  test.each([
    ['an encoded letter', 'pool/%61'],
    ['an encoded slash in small letters', 'pool/a%2fb'],
    ['an encoded dot', 'pool/%2e%2e'],
    ['two encoded dots and a slash', 'pool/%2e%2e%2fadmin'],
    ['a climb', 'pool/../admin'],
    ['a climb at the end', 'pool/..'],
    ['itself', 'pool/.'],
    ['nothing', ''],
    ['an empty segment', 'pool//a'],
    ['a slash before', '/pool/a'],
    ['a slash behind', 'pool/'],
    ['a null', 'pool/a\0'],
    ['a line feed', 'pool/a\n'],
    ['a space', 'pool/a b'],
    ['a letter that is not encoded', 'pool/ä'],
    ['a full-width slash', 'pool／a'],
    ['a backslash', 'pool\\a'],
    ['a percent sign alone', 'pool/%'],
    ['bytes that are no text', 'pool/%ff'],
    ['an overlong encoding', 'pool/%c0%af'],
    ['a surrogate', 'pool/%ed%a0%80'],
    ['a query', 'pool/a?x'],
    ['a whole address', 'roscius://b/pool/a'],
    ['an overlong segment', `pool/${'a'.repeat(513)}`],
    ['the star itself', 'pool/*'],
    ['the stars themselves', 'pool/**'],
    ['a question', '$ask/1/1'],
    ['an answer', '$reply:pool/a#1-1.1'],
    ['an answer below', 'pool/$ask'],
  ])('that no actor can have is matched by nothing: %s', (_, path) => {
    expect(verdicts(readPermissions('everything'), path)).not.toContain(true)
    expect(verdicts(readPermissions('everything'), `${path}#1-1.1`)).not.toContain(true)
    expect(sendingTo('pool/*', 'pool/**', '**').maySend(path, 'X')).toBe(false)
  })

  test('is compared with its case, and as a whole', () => {
    expect(
      reaches(sendingTo('pool/admin'), ['Pool/admin', 'pool/ADMIN', 'pool/admin2', 'pool/admi', 'xpool/admin']),
    ).toEqual([])
    expect(reaches(sendingTo('pool'), ['pool/a', 'pool2', 'pool.a', 'pool-a'])).toEqual([])
    expect(reaches(sendingTo('pool/*'), ['pool%2Fa', 'pool/a%2Fb'])).toEqual(['pool/a%2Fb'])
    expect(reaches(sendingTo('a.b'), ['a-b', 'aXb'])).toEqual([])
  })

  test('of a child inside an actor counts as that of the actor', () => {
    expect(reaches(sendingTo('pool/a'), ['pool/a#3', 'pool/a#1-4.2#tick', 'pool/b#3', 'pool/a2#3', 'pool#a'])).toEqual([
      'pool/a#3',
      'pool/a#1-4.2#tick',
    ])
    const [maySend, mayWatch, maySubscribe, maySpawn, mayControl] = verdicts(readPermissions('everything'), 'pool/a#3')
    expect([maySend, mayWatch, maySubscribe, mayControl]).toEqual([true, true, true, true])
    expect(maySpawn).toBe(false)
    expect(readPermissions('everything').maySpawn('worker', 'pool#1-1.1/a')).toBe(false)
    expect(reaches(sendingTo('pool/*'), ['admin#/../pool/a', 'admin#pool/a', '#pool/a', '#'])).toEqual([])
  })

  test('that is another one written so is matched by no pattern, whatever its characters', () => {
    const everything = readPermissions('everything')
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 12 }), (text) => {
        const own = text.split('#')[0]!
        const isActors = own.split('/').every((segment) => canonical(segment) === segment)
        return everything.maySend(text, 'X') === isActors
      }),
      { numRuns: 2_000 },
    )
  })

  test('costs little however it is made', () => {
    const path = `${'a/'.repeat(4_000)}b`
    const pattern = Array.from({ length: 31 }, () => '**/a').join('/')
    // 31 stars over 4 000 segments: without a bound this would never come back.
    expect(sendingTo(`${pattern}/c`).maySend(path, 'X')).toBe(false)
  })
})

/** The segment that an actor with that id has, if there can be one. */
function canonical(segment: string): string | undefined {
  try {
    return childPath(undefined, decodeURIComponent(segment))
  } catch {
    return undefined
  }
}

describe('a pattern of events', () => {
  test.each([
    ['PAY', ['PAY']],
    ['order.*', ['order', 'order.', 'order.paid', 'order.line.added']],
    ['order.line.*', ['order.line.added']],
    ['*', ['PAY', 'pay', 'PAYER', 'order', 'order.', 'order.paid', 'order.line.added', 'orders', '__proto__', 'a.*']],
  ])('%s stands for what it says', (pattern, expected) => {
    const types = [
      'PAY',
      'pay',
      'PAYER',
      'order',
      'order.',
      'order.paid',
      'order.line.added',
      'orders',
      '__proto__',
      'a.*',
    ]
    expect(types.filter((type) => sending(pattern).maySend('a', type))).toEqual(expected)
  })

  test('matches what it matches in a machine', () => {
    const token = fc.constantFrom('a', 'b', 'ab', '')
    const name = fc.array(token, { minLength: 1, maxLength: 3 }).map((all) => all.join('.'))
    const pattern = fc.oneof(
      name,
      name.map((text) => `${text}.*`),
      fc.constant('*'),
    )
    fc.assert(
      fc.property(pattern, name, (text, type) => {
        fc.pre(refusedField({ send: [{ paths: ['a'], events: [text] }] }) === undefined && type !== '')
        const machine = createMachine({ initial: 'off', states: { off: { on: { [text]: 'on' } }, on: {} } })
        const actor = createActor(machine).start()
        actor.send({ type })
        return sending(text).maySend('a', type) === (actor.getSnapshot().value === 'on')
      }),
      { numRuns: 1_000 },
    )
  })

  test.each([
    '',
    'a*',
    '*a',
    'a.*.b',
    '*.a',
    '*.*',
    '**',
    '.*',
    'xstate.*',
    'xstate.init',
    'roscius.*',
    'roscius.cancel',
    'roscius',
    'terminated',
    'terminated.*',
  ])('is refused if no event can be so: %j', (pattern) => {
    expect(refusedField({ send: [{ paths: ['a'], events: [pattern] }] })).toBe('allow.send.0.events.0')
  })
})

describe('what only the runtime tells an actor', () => {
  const own = [
    'terminated',
    'xstate.init',
    'xstate.stop',
    'xstate.done.actor.child',
    'xstate.error.actor.child',
    'xstate.after.1000.machine',
    'xstate.promise.resolve',
    'xstate.',
    'xstate',
    'roscius.cancel',
    'roscius.child.failed',
    'roscius.startChild',
    'roscius.timer',
    'roscius.',
    'roscius',
    '*',
    '',
  ]

  test.each(own)('is never sent by a peer: %j', (type) => {
    const permissions: Permissions[] = [
      readPermissions('everything'),
      readPermissions({ send: [{ paths: ['**'] }, { paths: ['a'], events: ['*'] }] }),
    ]
    for (const each of permissions) {
      expect(each.maySend('a', 'X')).toBe(true)
      expect(each.maySend('a', type)).toBe(false)
      expect(each.maySend('a#3', type)).toBe(false)
    }
  })

  test('is not what only looks like it', () => {
    const likely = [
      'xstates.init',
      'rosciuscancel',
      'Terminated',
      'terminated.x',
      'my.xstate.init',
      'XSTATE.init',
      'ｘstate.init',
    ]
    expect(likely.filter((type) => readPermissions('everything').maySend('a', type))).toEqual(likely)
  })
})

describe('what is remembered of paths', () => {
  test('changes no answer', () => {
    const permissions = readPermissions({ send: [{ paths: ['pool/*'], events: ['X', 'a.*'] }] })
    const ask = (): readonly boolean[] =>
      Array.from({ length: 10_000 }, (_, n) =>
        permissions.maySend(`${n % 3 ? 'pool' : 'other'}/${n}`, n % 2 ? 'X' : 'Y'),
      )
    const first = ask()
    expect(ask()).toEqual(first)
    expect(first.filter(Boolean)).toHaveLength(3_333)
  })

  test('is bounded, however many and however long they are', () => {
    const known = new KnownPaths<number>(3, 5)
    const find = (path: string): number => path.length
    for (const path of ['a', 'b', 'c', 'd', 'longer', 'e']) expect(known.get(path, find)).toBe(path.length)
    expect(known.size).toBe(3)
    const forgotten = ['a', 'longer', 'd', 'e'].filter((path) => new Set([-1]).has(known.get(path, () => -1)))
    expect(forgotten).toEqual(['a', 'longer'])
  })
})

test('permissions are refused with the path of the field', () => {
  expect(refusedField({ control: [5] })).toBe('allow.control.0')
  expect(refusedField({ spawn: [{ logic: [''], paths: [] }] })).toBe('allow.spawn.0.logic.0')
  expect(refusedField({ kill: [] })).toBe('allow.kill')
  expect(refusedField('nothing')).toBe('allow')
  expect(() => readPermissions('all' as Allowed)).toThrow('allow: must be "everything", or {')
  expect(refusedField({ watch: Array(1_025).fill('a') })).toBe('allow.watch')
})
