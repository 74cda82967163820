import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { classify, FAILURE_CLASSES, type FailureClass } from '../../src/supervision/failure-class.js'

const errorWith = (fields: object, message = 'boom'): Error => Object.assign(new Error(message), fields)

describe('the built-in rules', () => {
  test.each<[FailureClass, readonly string[]]>([
    ['cancelled', ['CANCELLED', 'ABORT_ERR', 'UND_ERR_ABORTED']],
    [
      'timeout',
      [
        'TIMEOUT',
        'ASK_TIMEOUT',
        'STOP_TIMEOUT',
        'ETIMEDOUT',
        'ESOCKETTIMEDOUT',
        'UND_ERR_CONNECT_TIMEOUT',
        'UND_ERR_HEADERS_TIMEOUT',
      ],
    ],
    ['budget', ['BUDGET_EXHAUSTED']],
    ['transient', ['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ENOTFOUND', 'EAI_AGAIN', 'ENETUNREACH', 'EHOSTUNREACH']],
    ['transient', ['EBUSY', 'EMFILE', 'MAILBOX_FULL', 'SYSTEM_STOPPED', 'COMMIT_FAILED']],
    ['permanent', ['OUTCOME_UNKNOWN', 'LOGIC_NOT_FOUND', 'MIGRATION_FAILED', 'RECORD_CORRUPT']],
    [
      'bug',
      [
        'VALUE_NOT_STORABLE',
        'CONTEXT_MUTATED',
        'INTENSITY_EXCEEDED',
        'CHILD_ESCALATED',
        'ERR_ASSERTION',
        'TIMEOUTS',
        'X_UND_ERR_A_TIMEOUT',
      ],
    ],
  ])('class as %s the codes %j', (failureClass, codes) => {
    for (const code of codes) expect([code, classify(errorWith({ code }))]).toEqual([code, failureClass])
  })

  test.each<[FailureClass, readonly number[]]>([
    ['timeout', [408, 504]],
    ['transient', [429, 500, 502, 503]],
    ['permanent', [400, 401, 403, 404, 410, 422]],
    ['bug', [200, 302, 418, 501]],
  ])('class as %s the HTTP statuses %j, wherever a client puts them', (failureClass, statuses) => {
    for (const status of statuses) {
      const errors = [{ status }, { statusCode: status }, { response: { status } }]
      expect(errors.map((fields) => classify(errorWith(fields)))).toEqual(errors.map(() => failureClass))
    }
  })

  test('know an aborted and a timed-out signal', () => {
    expect(classify(AbortSignal.abort().reason)).toBe('cancelled')
    expect(classify(new DOMException('late', 'TimeoutError'))).toBe('timeout')
  })

  test.each([new TypeError('x'), new RangeError('x'), new ReferenceError('x'), new SyntaxError('x'), new Error('x')])(
    'class %s as a bug',
    (error) => {
      expect(classify(error)).toBe('bug')
    },
  )

  test.each(['ECONNRESET', 429, undefined, null, {}, [], () => 'timeout'])(
    'class the thrown value %j as a bug',
    (thrown) => {
      expect(classify(thrown)).toBe('bug')
    },
  )
})

describe('the error itself', () => {
  test('can say its class, before any rule', () => {
    expect(classify(errorWith({ failureClass: 'budget', code: 'ECONNRESET' }))).toBe('budget')
  })

  test('is not believed when it names no class, or inherits one', () => {
    expect(classify(errorWith({ failureClass: 'fatal', code: 'ECONNRESET' }))).toBe('transient')
    expect(classify(Object.create({ failureClass: 'budget' }))).toBe('bug')
  })
})

describe('a classifier of the user', () => {
  const refused = errorWith({ code: 'ECONNREFUSED', failureClass: 'timeout' })

  test('comes before everything else', () => {
    expect(classify(refused, () => 'permanent')).toBe('permanent')
  })

  test('that has no answer leaves it to the rules', () => {
    expect(classify(refused, () => undefined)).toBe('timeout')
    expect(classify(refused, () => 'fatal' as FailureClass)).toBe('timeout')
  })

  test('that throws counts as no answer', () => {
    const broken = (): never => {
      throw new Error('in the classifier')
    }
    expect(classify(refused, broken)).toBe('timeout')
  })
})

describe('the cause', () => {
  const nested = (depth: number): Error =>
    depth === 0 ? errorWith({ code: 'ECONNREFUSED' }) : new Error('outer', { cause: nested(depth - 1) })

  test('decides where the error says nothing: a failed fetch is no bug', () => {
    expect(classify(new TypeError('fetch failed', { cause: errorWith({ code: 'ECONNREFUSED' }) }))).toBe('transient')
    expect(classify(new Error('outer', { cause: errorWith({ failureClass: 'budget' }) }))).toBe('budget')
  })

  test('is not asked where the error speaks', () => {
    expect(classify(errorWith({ status: 404, cause: errorWith({ code: 'ECONNRESET' }) }))).toBe('permanent')
  })

  test('is followed three levels down', () => {
    expect([1, 2, 3, 4].map((depth) => classify(nested(depth)))).toEqual(['transient', 'transient', 'transient', 'bug'])
  })

  test('of a supervisor that gave up does not matter: it is restarted as a supervisor', () => {
    expect(classify(errorWith({ code: 'INTENSITY_EXCEEDED', cause: errorWith({ status: 401 }) }))).toBe('bug')
  })

  test('may be a circle', () => {
    const error = new Error('round')
    error.cause = error
    expect(classify(error)).toBe('bug')
  })
})

test('an error has the same class when it was stored and read again', () => {
  const fields = fc.record(
    {
      name: fc.constantFrom('Error', 'AbortError', 'TimeoutError', 'RosciusError'),
      code: fc.constantFrom('ECONNRESET', 'ASK_TIMEOUT', 'OUTCOME_UNKNOWN', 'OTHER'),
      status: fc.constantFrom(200, 404, 429, 504),
      failureClass: fc.constantFrom(...FAILURE_CLASSES),
    },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(fields, fields, (outer, inner) => {
      const thrown = errorWith({ ...outer, cause: errorWith(inner) })
      const restored = JSON.parse(JSON.stringify({ ...outer, cause: inner }))
      expect(classify(restored)).toBe(classify(thrown))
    }),
  )
})

test('classify never throws', () => {
  const hostile = new Proxy({}, { get: () => fc.sample(fc.string(), 1) })
  const trap = Object.defineProperty({}, 'code', {
    get: () => {
      throw new Error('a getter')
    },
  })
  expect([classify(hostile), classify(trap)]).toEqual(['bug', 'bug'])
  fc.assert(
    fc.property(fc.anything(), (thrown) => {
      expect(FAILURE_CLASSES).toContain(classify(thrown))
    }),
  )
})
