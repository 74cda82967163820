import { describe, expect, test } from 'vitest'
import { readAssociationOptions } from '../../../machines/association/options.js'
import { DEFAULT_LIMITS, LEAST_LIMITS } from '../../../src/remote/protocol/limits.js'
import { read, refused, untyped, usual } from './read.js'

describe('the options of links', () => {
  test('all have defaults', () => {
    expect(read(usual).links).toEqual({
      timing: readAssociationOptions({}),
      outbox: { maxCount: 100_000, maxBytes: 64 * 2 ** 20, overflow: 'reject' },
      credit: { envelopes: 4_096, bytes: 8 * 2 ** 20 },
      rate: { controlFrames: { perSecond: 1_000, burst: 20_000 } },
      limits: DEFAULT_LIMITS,
      hops: 16,
      handshakesInFlight: 64,
      maxGuests: 1_024,
      maxSubscriptions: 10_000,
      maxWatches: 100_000,
    })
  })

  test('time the association, where downAfterMs is its deadline', () => {
    const { timing } = read({ ...usual, links: { heartbeatMs: 50, downAfterMs: 400, backoff: { maxMs: 9 } } }).links
    expect(timing).toEqual(readAssociationOptions({ heartbeatMs: 50, deadlineMs: 400, backoff: { maxMs: 9 } }))
  })

  test('can be given in part', () => {
    const { limits, rate, credit } = read({
      ...usual,
      links: { limits: { envelopes: 5 }, rate: { envelopes: { perSecond: 10 } }, credit: { envelopes: 1 } },
    }).links
    expect(limits).toEqual({ ...DEFAULT_LIMITS, envelopes: 5 })
    expect(rate.envelopes).toEqual({ perSecond: 10, burst: 10 })
    expect(credit).toEqual({ envelopes: 1, bytes: 8 * 2 ** 20 })
  })

  test('never make a bucket that can hold nothing whole', () => {
    expect(read({ ...usual, links: { rate: { envelopes: { perSecond: 0.5 } } } }).links.rate.envelopes).toEqual({
      perSecond: 0.5,
      burst: 1,
    })
  })

  test.each([
    ['links.downAfterMs', { heartbeatMs: 1_000, downAfterMs: 1_999 }],
    ['links.heartbeatMs', { heartbeatMs: 0 }],
    ['links.heartbeatMs', { heartbeatMs: Number.POSITIVE_INFINITY }],
    ['links.deadlineMs', { deadlineMs: 1_000 }],
    ['links.backoff.jitter', { backoff: { jitter: 2 } }],
    ['links.outbox.overflow', { outbox: { overflow: 'drop' } }],
    ['links.outbox.maxCount', { outbox: { maxCount: 0.5 } }],
    ['links.outbox.maxBytes', { outbox: { maxBytes: 1_000 } }],
    ['links.credit.bytes', { credit: { bytes: 1_000 } }],
    ['links.credit.bytes', { limits: { frameBytes: 16 * 2 ** 20 } }],
    ['links.credit.envelopes', { credit: { envelopes: 2 ** 32 } }],
    ['links.limits.depth', { limits: { depth: LEAST_LIMITS.depth - 1 } }],
    ['links.limits.frameBytes', { limits: { frameBytes: Number.NaN } }],
    ['links.limits.depth', { limits: { depth: 257 } }],
    ['links.limits.width', { limits: { width: 5 } }],
    ['links.hops', { hops: 0 }],
    ['links.hops', { hops: 256 }],
    ['links.handshakesInFlight', { handshakesInFlight: 0 }],
    ['links.rate.bytes.perSecond', { rate: { bytes: { perSecond: 0 } } }],
    ['links.rate.bytes.burst', { rate: { bytes: { perSecond: 1, burst: 0 } } }],
  ])('are refused with the path of %s', (field, links) => {
    expect(refused({ ...usual, links }).field).toBe(field)
  })

  test('may hold little where frames are small', () => {
    const small = { limits: { frameBytes: 16_384 }, credit: { bytes: 16_384 }, outbox: { maxBytes: 16_384 } }
    expect(untyped({ ...usual, links: small }).links.credit.bytes).toBe(16_384)
  })
})
