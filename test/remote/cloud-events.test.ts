import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createMachine } from 'xstate'
import { type EventEnvelope, unwrapEvent, wrapEvent } from '../../src/remote/cloud-events/event-envelope.js'
import { fromCloudEvent, toCloudEvent } from '../../src/remote/cloud-events.js'
import { World } from '../support/world.js'
import { brokenRules } from './cloud-event-rules.js'

const full: EventEnvelope = {
  id: 'a-17',
  source: 'roscius://shop/orders/o17',
  subject: 'roscius://pay/cards/visa',
  type: 'CHARGE',
  time: Date.UTC(2026, 10, 21, 9, 41, 7, 120),
  datacontenttype: 'application/json',
  dataschema: 'https://example.com/charge.json',
  correlationid: 'order-17',
  causationid: 'a-16',
  traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  tracestate: 'vendor=1',
  expirytime: Date.UTC(2026, 10, 21, 9, 42),
  hops: 15,
  priority: 'high',
  clock: { shop: 3, pay: 1 },
  extensions: { partitionkey: 'k', sampledrate: 30, final: true },
  data: { amount: 5, items: [null, { sku: 'é' }] },
}

const least = { specversion: '1.0', id: '1', source: '/tills/3', type: 'PAID' }

/** The path of what is wrong. */
function fieldOf(act: () => unknown): unknown {
  try {
    act()
  } catch (error) {
    expect(error).toMatchObject({ name: 'RosciusError', code: 'CLOUD_EVENT_INVALID' })
    return (error as { details: { field: unknown } }).details.field
  }
  return 'not refused'
}

const text = fc
  .string({ unit: 'grapheme', minLength: 1 })
  .filter((string) => !/[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}]/u.test(string))
const time = fc.integer({ min: Date.UTC(1, 0), max: Date.UTC(9999, 0) })
const names = fc.stringMatching(/^[a-z0-9]{1,20}$/).filter((name) => !/^(data|source|id|type|time|subject)$/.test(name))
const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })
const json = fc.jsonValue({ noUnicodeString: false }).filter((value) => !JSON.stringify(value).includes('__proto__'))
const bytes = fc.uint8Array()
const payload = fc.oneof(
  fc.record({ data: json, datacontenttype: fc.constantFrom('application/json', 'application/x+json; v=1') }),
  fc.record({ data: json }),
  fc.record({ data: fc.string(), datacontenttype: fc.constantFrom('text/plain', 'application/xml; charset="utf-8"') }),
  fc.record({ data: bytes, datacontenttype: fc.constantFrom('image/png', 'application/json') }),
  fc.constant({}),
)
const metadata = fc.record(
  {
    id: text,
    source: fc.constantFrom('roscius://a/x%20y/z#3', 'roscius://a_b.c/$reply/1', '/tills/3', 'urn:uuid:1', '1-555'),
    type: text,
    subject: text,
    time,
    dataschema: fc.constant('https://example.com/s.json#v1'),
    correlationid: text,
    causationid: text,
    traceparent: fc.constant(full.traceparent!),
    expirytime: time,
    hops: fc.nat(255),
    priority: fc.constantFrom('high' as const, 'normal' as const, 'low' as const),
    clock: fc.dictionary(fc.constantFrom('a', 'constructor', 'c-1.x_y'), fc.maxSafeNat(), { minKeys: 1 }),
    extensions: fc.dictionary(names, fc.oneof(text, int32, fc.boolean()), { minKeys: 1 }),
  },
  { requiredKeys: ['id', 'source', 'type'] },
)
const envelopes: fc.Arbitrary<EventEnvelope> = fc.tuple(metadata, payload).map(([one, other]) => ({ ...one, ...other }))

describe('an envelope', () => {
  it('is a CloudEvent whose attributes are its fields', () => {
    expect(toCloudEvent(full)).toEqual({
      specversion: '1.0',
      id: 'a-17',
      source: 'roscius://shop/orders/o17',
      subject: 'roscius://pay/cards/visa',
      type: 'CHARGE',
      time: '2026-11-21T09:41:07.120Z',
      datacontenttype: 'application/json',
      dataschema: 'https://example.com/charge.json',
      correlationid: 'order-17',
      causationid: 'a-16',
      traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
      tracestate: 'vendor=1',
      expirytime: '2026-11-21T09:42:00.000Z',
      rosciushops: 15,
      rosciuspriority: 'high',
      rosciusclock: 'pay=1,shop=3',
      partitionkey: 'k',
      sampledrate: 30,
      final: true,
      data: { amount: 5, items: [null, { sku: 'é' }] },
    })
  })

  it('keeps the rules of CloudEvents, and comes back as it was, also through text', () => {
    fc.assert(
      fc.property(envelopes, (envelope) => {
        const event = toCloudEvent(envelope)
        expect(brokenRules(event)).toEqual([])
        const normal = JSON.parse(JSON.stringify(event))
        expect(event).toEqual(normal)
        expect(fromCloudEvent(event)).toEqual(asRead(envelope))
        expect(fromCloudEvent(JSON.stringify(event))).toEqual(asRead(envelope))
      }),
      { numRuns: 1_000 },
    )
  })

  it('has bytes in data_base64, of a type that says so', () => {
    const event = toCloudEvent({ id: '1', source: '/x', type: 'T', data: Uint8Array.of(0, 255, 1) })
    expect(event).toMatchObject({ datacontenttype: 'application/octet-stream', data_base64: 'AP8B' })
    expect('data' in event).toBe(false)
    expect(fromCloudEvent(event).data).toEqual(Uint8Array.of(0, 255, 1))
  })

  it('shares nothing with the CloudEvent', () => {
    const event = toCloudEvent(full)
    expect(event.data).not.toBe(full.data)
    expect((event.data as { items: unknown }).items).not.toBe((full.data as { items: unknown }).items)
  })

  it.each([
    ['data.when', { when: new Date(0) }],
    ['data.by[1].found', { by: [1, { found: new Map() }] }],
    ['data.set', { set: new Set() }],
    ['data.n', { n: 1n }],
    ['data.n', { n: Number.NaN }],
    ['data.n', { n: Number.POSITIVE_INFINITY }],
    ['data.list[0]', { list: [undefined] }],
    ['data.list[1]', { list: Object.assign([1], { length: 2 }) }],
    ['data["odd key"]', { 'odd key': () => 0 }],
    ['data.s', { s: Symbol('s') }],
    ['data.error', { error: new Error('no') }],
    ['data.bytes', { bytes: Uint8Array.of(1) }],
    ['data.url', { url: new URL('http://x') }],
    ['data', 1n],
  ])('with what JSON can not hold is refused with its path: %s', (field, data) => {
    expect(fieldOf(() => toCloudEvent({ id: '1', source: '/x', type: 'T', data }))).toBe(field)
  })

  it('that contains itself, or is too deep, is refused', () => {
    const round: Record<string, unknown> = {}
    round.again = { round }
    expect(fieldOf(() => toCloudEvent({ ...full, data: round }))).toBe('data.again.round')
    const twice = { one: full, other: full }
    expect(toCloudEvent({ ...full, data: twice }).data).toEqual(twice)
    let deep: unknown = 1
    for (let i = 0; i < 100_000; i++) deep = [deep]
    expect(fieldOf(() => toCloudEvent({ ...full, data: deep }))).toMatch(/^data(\[0\])+$/)
    expect(fieldOf(() => fromCloudEvent({ ...least, data: deep }))).toMatch(/^data(\[0\])+$/)
  })

  it('has addresses in place of refs, which come back as text', async () => {
    const world = new World({ desk: createMachine({}) })
    const system = await world.open()
    const ref = await system.spawn('desk', { id: 'd 1' })
    const event = toCloudEvent({ ...full, data: { replyTo: ref, others: [ref] } })
    expect(event.data).toEqual({ replyTo: 'roscius://world/d%201', others: ['roscius://world/d%201'] })
    expect(fromCloudEvent(event).data).toEqual(event.data)
    await world.stop()
  })

  it('loses -0 and fields that are undefined', () => {
    const { data } = toCloudEvent({ ...full, data: { zero: -0, nothing: undefined } })
    expect(data).toEqual({ zero: 0 })
    expect(Object.is((data as { zero: number }).zero, 0)).toBe(true)
    expect(Object.keys(data as object)).toEqual(['zero'])
  })

  it.each([
    ['id', { id: '' }],
    ['source', { source: 'not a uri' }],
    ['source', { source: '' }],
    ['type', { type: 'a\nb' }],
    ['subject', { subject: '\ud800' }],
    ['subject', { subject: '\ufffe' }],
    ['time', { time: Number.NaN }],
    ['time', { time: 8e15 }],
    ['rosciushops', { hops: 256 }],
    ['rosciushops', { hops: 1.5 }],
    ['rosciuspriority', { priority: 'urgent' }],
    ['rosciusclock', { clock: { 'no node': 1 } }],
    ['rosciusclock', { clock: { a: -1 } }],
    ['traceparent', { traceparent: '00-0-0-00' }],
    ['traceparent', { traceparent: undefined }],
    ['datacontenttype', { datacontenttype: 'json' }],
    ['data', { datacontenttype: 'text/plain' }],
    ['dataschema', { dataschema: 'charge.json' }],
    ['extensions.id', { extensions: { id: '2' } }],
    ['extensions.specversion', { extensions: { specversion: '2' } }],
    ['camelCase', { extensions: { camelCase: 'x' } }],
    ['data', { extensions: { data: 'x' } }],
    ['rate', { extensions: { rate: 2 ** 31 } }],
  ])('that no CloudEvent can be is refused with the path of the field: %s of %o', (field, wrong) => {
    expect(fieldOf(() => toCloudEvent({ ...full, ...wrong } as EventEnvelope))).toBe(field)
  })
})

/** As it comes back: with 0 for -0. */
function asRead(envelope: EventEnvelope): EventEnvelope {
  const { data } = envelope
  if (data instanceof Uint8Array || data === undefined) return envelope
  return { ...envelope, data: JSON.parse(JSON.stringify(data)) }
}

describe('a CloudEvent from outside', () => {
  it('needs no more than an id, a source, a type and a version', () => {
    expect(fromCloudEvent(least)).toEqual({ id: '1', source: '/tills/3', type: 'PAID' })
  })

  // The examples of the JSON format, 3.2.
  it.each([
    [{ datacontenttype: 'application/vnd.apache.thrift.binary', data_base64: 'AQI=' }, Uint8Array.of(1, 2)],
    [{ unsetextension: null, datacontenttype: 'application/xml', data: '<much wow="xml"/>' }, '<much wow="xml"/>'],
    [{ subject: null, datacontenttype: 'application/json', data: { appinfoA: 'abc' } }, { appinfoA: 'abc' }],
    [{ subject: null, data: "I'm just a string" }, "I'm just a string"],
    [{ data: null }, null],
    [{ data: 0, data_base64: null }, 0],
  ])('has its data by the rules of the JSON format: %o', (members, data) => {
    const given = { ...least, comexampleextension1: 'value', comexampleothervalue: 5, ...members }
    const envelope = fromCloudEvent(JSON.stringify(given))
    expect(envelope.data).toEqual(data)
    expect(envelope.subject).toBeUndefined()
    expect(envelope.extensions).toEqual({ comexampleextension1: 'value', comexampleothervalue: 5 })
  })

  it.each([
    ['2018-04-05T17:31:00Z', Date.UTC(2018, 3, 5, 17, 31)],
    ['2018-04-05t17:31:00.123456789z', Date.UTC(2018, 3, 5, 17, 31, 0, 123)],
    ['2018-04-05T17:31:00.5+02:30', Date.UTC(2018, 3, 5, 15, 1, 0, 500)],
    ['2016-12-31T23:59:60Z', Date.UTC(2016, 11, 31, 23, 59, 59)],
    ['0001-01-01T00:00:00Z', Date.parse('0001-01-01T00:00:00Z')],
  ])('may have any time of RFC 3339: %s', (given, ms) => {
    expect(fromCloudEvent({ ...least, time: given }).time).toBe(ms)
  })

  it('may have numbers as text, as headers have them', () => {
    expect(fromCloudEvent({ ...least, rosciushops: '7' }).hops).toBe(7)
  })

  it('is passed on with the attributes of others, and their names do no harm', () => {
    const event = {
      ...least,
      constructor: 'x',
      priority: 'urgent',
      hops: 'seven',
      clock: 5,
      extensions: 'y',
      sampledrate: 1,
    }
    const envelope = fromCloudEvent(JSON.stringify(event))
    expect(envelope.priority).toBeUndefined()
    expect(toCloudEvent(envelope)).toEqual(event)
  })

  it.each([
    ['', 'no json'],
    ['', '[]'],
    ['', null],
    ['', 5],
    ['', new Map()],
    ['specversion', { ...least, specversion: '0.3' }],
    ['specversion', { ...least, specversion: undefined }],
    ['id', { ...least, id: null }],
    ['id', { ...least, id: '' }],
    ['id', { ...least, id: 1 }],
    ['source', { ...least, source: 'a b' }],
    ['source', { ...least, source: ':x' }],
    ['source', { ...least, source: '%zz' }],
    ['source', { ...least, source: 'a#b#c' }],
    ['type', { ...least, type: '' }],
    ['subject', { ...least, subject: '' }],
    ['time', { ...least, time: 'yesterday' }],
    ['time', { ...least, time: '2026-02-30T00:00:00Z' }],
    ['time', { ...least, time: '2026-02-03T25:00:00Z' }],
    ['time', { ...least, time: '2026-02-03' }],
    ['time', { ...least, time: 5 }],
    ['expirytime', { ...least, expirytime: '' }],
    ['correlationid', { ...least, correlationid: '' }],
    ['rosciushops', { ...least, rosciushops: '1e1' }],
    ['rosciushops', { ...least, rosciushops: -1 }],
    ['rosciusclock', { ...least, rosciusclock: 'a=1,a=2' }],
    ['rosciusclock', { ...least, rosciusclock: 'a=1,' }],
    ['rosciusclock', { ...least, rosciusclock: 'a=9999999999999999' }],
    ['rosciusclock', { ...least, rosciusclock: Array.from({ length: 257 }, (_, i) => `n${i}=1`).join(',') }],
    ['tooLoud', { ...least, tooLoud: 'x' }],
    ['nested', { ...least, nested: { a: 1 } }],
    ['rate', { ...least, rate: 1.5 }],
    ['datacontenttype', { ...least, datacontenttype: 'text/plain; "', data: '' }],
    ['data', { ...least, datacontenttype: 'text/xml', data: {} }],
    ['data_base64', { ...least, data: 1, data_base64: 'AQI=' }],
    ['data_base64', { ...least, data_base64: 'AQI' }],
    ['data_base64', { ...least, data_base64: 'A$I=' }],
    ['data_base64', { ...least, data_base64: 5 }],
    ['__proto__', `{"specversion":"1.0","id":"1","source":"/x","type":"T","__proto__":"x"}`],
    ['data', `{"specversion":"1.0","id":"1","source":"/x","type":"T","data":{"__proto__":{"isAdmin":true}}}`],
  ])('that is none is refused with the path of what is wrong: %s in %o', (field, given) => {
    expect(fieldOf(() => fromCloudEvent(given))).toBe(field)
  })

  it('is read, or refused with a code, whatever it is', () => {
    const member = fc.constantFrom(...Object.keys(toCloudEvent(full)), 'data_base64', 'Bad', 'x')
    fc.assert(
      fc.property(fc.dictionary(member, fc.oneof(fc.jsonValue(), text)), (members) => {
        const given = { ...least, ...members }
        if (fieldOf(() => fromCloudEvent(given)) !== 'not refused') return
        expect(brokenRules(toCloudEvent(fromCloudEvent(given)))).toEqual([])
      }),
      { numRuns: 2_000 },
    )
  })

  it('takes no longer for texts that are made to be slow', () => {
    const long = 'a'.repeat(200_000)
    expect(fieldOf(() => fromCloudEvent({ ...least, source: `${long} ` }))).toBe('source')
    expect(fieldOf(() => fromCloudEvent({ ...least, datacontenttype: `a/b;${' '.repeat(200_000)}` }))).toBe(
      'datacontenttype',
    )
    expect(fieldOf(() => fromCloudEvent({ ...least, datacontenttype: `a/b;c="${'\\"'.repeat(100_000)}` }))).toBe(
      'datacontenttype',
    )
    expect(fieldOf(() => fromCloudEvent({ ...least, data_base64: `${long}$$$$` }))).toBe('data_base64')
    expect(fieldOf(() => fromCloudEvent({ ...least, rosciusclock: `${long}=` }))).toBe('rosciusclock')
  })
})

describe('an event', () => {
  const metadata = { id: '1', source: '/x' }

  it('is put into an envelope without its type, and taken out with it', () => {
    const event = { type: 'PAID', amount: 5 }
    const envelope = wrapEvent(event, metadata)
    expect(envelope).toEqual({ ...metadata, type: 'PAID', data: { amount: 5 } })
    expect(unwrapEvent(fromCloudEvent(toCloudEvent(envelope)))).toEqual(event)
  })

  it('without fields has no data', () => {
    expect(wrapEvent({ type: 'GO' }, metadata)).toEqual({ ...metadata, type: 'GO' })
    expect(unwrapEvent({ ...metadata, type: 'GO' })).toEqual({ type: 'GO' })
  })

  it('is not made of data that has no fields, or another type', () => {
    for (const data of ['text', [1], null, 5, Uint8Array.of(1)])
      expect(fieldOf(() => unwrapEvent({ ...metadata, type: 'GO', data }))).toBe('data')
    expect(fieldOf(() => unwrapEvent({ ...metadata, type: 'GO', data: { type: 'STOP' } }))).toBe('data.type')
  })
})
