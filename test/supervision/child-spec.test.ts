import { describe, expect, test } from 'vitest'
import { fromPromise } from 'xstate'
import { isRosciusError } from '../../src/core/errors.js'
import { DEFAULT_BACKOFF } from '../../src/supervision/backoff.js'
import {
  DEFAULT_CHILD_RESTART,
  DEFAULT_MAX_DELIVERIES,
  DEFAULT_ROW_RESTART,
  DEFAULT_SHUTDOWN_MS,
  readChildSpec,
  readGuardian,
  readSupervision,
  supervisionOf,
} from '../../src/supervision/child-spec.js'

const child = { id: 'worker', logic: 'worker' }

/** The field that a reader refuses. */
function refusedField(read: () => unknown): unknown {
  try {
    read()
  } catch (error) {
    if (isRosciusError(error, 'OPTIONS_INVALID')) return error.details.field
    throw error
  }
  return undefined
}

describe('a child spec', () => {
  test('needs an id and a logic only; it is permanent and not significant', () => {
    expect(readChildSpec(child, 'spec')).toEqual({ ...child, restart: 'permanent', significant: false })
  })

  test('keeps what was given, the logic value and the input as the same objects', () => {
    const logic = fromPromise(async () => 1)
    const input = { files: ['a'] }
    const given = {
      ...child,
      logic,
      input,
      restart: 'transient',
      restartFrom: 'initial',
      shutdownMs: 'kill',
      significant: true,
      durability: 'relaxed',
      directives: { bug: 'stop' },
      maxDeliveries: 1,
      systemId: 'w',
    }
    const read = readChildSpec(given, 'spec')
    expect(read).toEqual(given)
    expect([read.logic === logic, read.input === input]).toEqual([true, true])
  })

  test('with a backoff of {} has the default one, explicitly', () => {
    expect(readChildSpec({ ...child, backoff: {} }, 'spec').backoff).toEqual(DEFAULT_BACKOFF)
    expect(readChildSpec({ ...child, backoff: { maxMs: 1 } }, 'spec').backoff).toEqual({ ...DEFAULT_BACKOFF, maxMs: 1 })
    expect(readChildSpec({ ...child, backoff: false }, 'spec').backoff).toBe(false)
  })

  test.each<[field: string, fields: object]>([
    ['id', { id: undefined }],
    ['id', { id: '' }],
    ['id', { id: '$system' }],
    ['id', { id: '..' }],
    ['id', { id: 'x'.repeat(513) }],
    ['id', { id: 7n }],
    ['logic', { logic: undefined }],
    ['logic', { logic: '' }],
    ['logic', { logic: {} }],
    ['restart', { restart: 'always' }],
    ['restartFrom', { restartFrom: 'lastgood' }],
    ['restartFrom', { restartFrom: 'lastGood', durability: 'volatile' }],
    ['shutdownMs', { shutdownMs: -1 }],
    ['shutdownMs', { shutdownMs: 'never' }],
    ['shutdownMs', { shutdownMs: Number.POSITIVE_INFINITY }],
    ['backoff', { backoff: true }],
    ['backoff.factor', { backoff: { factor: 0.5 } }],
    ['backoff.factor', { backoff: { factor: 'two' } }],
    ['backoff.jitter', { backoff: { jitter: 1.1 } }],
    ['backoff.minMs', { backoff: { minMs: 1 } }],
    ['directives.bug', { directives: { bug: 'ignore' } }],
    ['directives.fatal', { directives: { fatal: 'stop' } }],
    ['maxDeliveries', { maxDeliveries: 0 }],
    ['significant', { significant: true }],
    ['significant', { significant: true, restart: 'permanent' }],
    ['durability', { durability: 'eternal' }],
    ['systemId', { systemId: '' }],
    ['intensity', { intensity: {} }],
    ['shutdown', { shutdown: 5_000 }],
  ])('is refused with the path of the field: %s in %o', (field, fields) => {
    expect(refusedField(() => readChildSpec({ ...child, ...fields }, 'children.3'))).toBe(`children.3.${field}`)
  })

  test('that is no object is refused as a whole', () => {
    expect([undefined, null, 'worker', []].map((value) => refusedField(() => readChildSpec(value, 'spec')))).toEqual(
      Array(4).fill('spec'),
    )
  })

  test('says in the message where it is wrong, and how to mend it', () => {
    expect(() => readChildSpec({ ...child, significant: true }, 'startChild')).toThrow(
      'startChild.significant: a permanent child never ends on its own; make it "transient" or "temporary"',
    )
  })
})

describe('the supervision of a row', () => {
  test('is transient by default', () => {
    expect(readSupervision({}, 'logic.worker.supervision')).toEqual({ restart: 'transient' })
  })

  test('has an intensity and a classifier of its own', () => {
    const classify = () => 'bug' as const
    const read = readSupervision({ intensity: { maxRestarts: 0 }, classify }, 'row')
    expect(read).toEqual({ restart: 'transient', intensity: { maxRestarts: 0, withinMs: 5_000 }, classify })
  })

  test.each<[field: string, fields: object]>([
    ['row.intensity.maxRestarts', { intensity: { maxRestarts: -1 } }],
    ['row.intensity.withinMs', { intensity: { withinMs: 0 } }],
    ['row.classify', { classify: 'bug' }],
    ['row.significant', { significant: true }],
    ['row.id', { id: 'a' }],
  ])('is refused with the path of the field: %s', (field, fields) => {
    expect(refusedField(() => readSupervision(fields, 'row'))).toBe(field)
  })
})

test('the guardian bears 3 restarts in 5 s and delivers 3 times', () => {
  const intensity = { maxRestarts: 3, withinMs: 5_000 }
  expect(readGuardian({}, 'supervision')).toEqual({ intensity, directives: {}, maxDeliveries: 3 })
  expect(refusedField(() => readGuardian({ restart: 'permanent' }, 'supervision'))).toBe('supervision.restart')
})

describe('what the actor decides', () => {
  const durable = { durability: 'durable', isSupervisor: false } as const
  const spec = readChildSpec(child, 'spec')

  test.each([
    ['durable', 'lastGood'],
    ['relaxed', 'lastGood'],
    ['volatile', 'initial'],
  ] as const)('a %s one restarts from %s', (durability, restartFrom) => {
    expect(supervisionOf(spec, { ...durable, durability }).restartFrom).toBe(restartFrom)
  })

  test('a supervisor has any time to stop, another 5 s', () => {
    expect(supervisionOf(spec, durable).shutdownMs).toBe(5_000)
    expect(supervisionOf(spec, { ...durable, isSupervisor: true }).shutdownMs).toBe('infinity')
  })

  test('nothing else does: what is left has a fixed default', () => {
    expect(supervisionOf(spec, durable)).toMatchObject({
      restart: DEFAULT_CHILD_RESTART,
      shutdownMs: DEFAULT_SHUTDOWN_MS,
      maxDeliveries: DEFAULT_MAX_DELIVERIES,
    })
    expect(supervisionOf(readSupervision({}, 'row'), durable).restart).toBe(DEFAULT_ROW_RESTART)
  })

  test('what the spec says stands', () => {
    const given = readChildSpec({ ...child, restartFrom: 'initial', shutdownMs: 7, maxDeliveries: 9 }, 'spec')
    const resolved = supervisionOf(given, { ...durable, isSupervisor: true, maxDeliveries: 2 })
    expect(resolved).toMatchObject({ restartFrom: 'initial', shutdownMs: 7, maxDeliveries: 9 })
  })

  test('its events are delivered 3 times, or as often as the system says', () => {
    expect(supervisionOf(spec, durable).maxDeliveries).toBe(3)
    expect(supervisionOf(spec, { ...durable, maxDeliveries: 2 }).maxDeliveries).toBe(2)
  })

  test('a row brings its intensity and its classifier along', () => {
    const classify = () => 'budget' as const
    const row = readSupervision({ intensity: { withinMs: 9 }, classify }, 'row')
    expect(supervisionOf(row, durable)).toMatchObject({
      restart: 'transient',
      significant: false,
      intensity: { maxRestarts: 3, withinMs: 9 },
      classify,
    })
  })

  test('a volatile one is refused a last good state that only the row could know of', () => {
    const given = readChildSpec({ ...child, restartFrom: 'lastGood' }, 'spec')
    expect(refusedField(() => supervisionOf(given, { ...durable, durability: 'volatile' }))).toBe('restartFrom')
  })
})
