import { describe, expect, it } from 'vitest'
import type { OutgoingEnvelope } from '../../../src/remote/protocol/frame-codec.js'
import type { BatchFrame, Frame } from '../../../src/remote/protocol/frames.js'
import { FRAME_KINDS } from '../../../src/remote/protocol/frames.js'
import { HANDSHAKE_LIMITS } from '../../../src/remote/protocol/limits.js'
import { ENVELOPE_KINDS, type WireEnvelope } from '../../../src/remote/protocol/wire-envelope.js'
import { codecWith, refusalOf } from './codec.js'
import { SAMPLE_ENVELOPES, SAMPLE_FRAMES } from './sample-frames.js'

const codec = codecWith()

/** A frame with these elements, whatever they are. */
function frameOf(...elements: readonly unknown[]): Uint8Array {
  // As the snapshot of a frame the elements are written as they are; cut that frame off in front of them.
  return codec.encode({ kind: 'snapshot', subscription: 1, seqNr: 1, snapshot: elements }).subarray(4)
}

function batchOf(...fields: readonly unknown[]): Uint8Array {
  return frameOf(5, 1, 0, [1, null, fields])
}

describe('a frame of each kind', () => {
  it.each(SAMPLE_FRAMES.map((frame): [string, (typeof SAMPLE_FRAMES)[number]] => [frame.kind, frame]))(
    'comes back as it was: %s',
    (_, frame) => {
      expect(codec.decode(codec.encode(frame))).toEqual(frame)
    },
  )

  it('is among the samples', () => {
    const kinds = new Set<string>([...SAMPLE_FRAMES.map(({ kind }) => kind), 'batch'])
    expect([...kinds].sort()).toEqual([...FRAME_KINDS].sort())
  })

  it.each(SAMPLE_FRAMES.map((frame): [string, (typeof SAMPLE_FRAMES)[number]] => [frame.kind, frame]))(
    'is refused with too few or too many elements: %s',
    (kind, frame) => {
      const fields = elementsOf(frame)
      expect(refusalOf(frameOf(...fields.slice(0, -2))).code).toBe('FRAME_MALFORMED')
      if (kind !== 'hello') expect(refusalOf(frameOf(...fields, null, null)).code).toBe('FRAME_MALFORMED')
    },
  )

  it.each(
    SAMPLE_FRAMES.filter(({ kind }) => kind !== 'snapshot').map((frame): [string, (typeof SAMPLE_FRAMES)[number]] => [
      frame.kind,
      frame,
    ]),
  )('is refused with a field of another type: %s', (_, frame) => {
    const fields = elementsOf(frame)
    for (let i = 1; i < fields.length; i++) {
      const wrong = fields.with(i, { not: 'it' })
      expect(refusalOf(frameOf(...wrong))).toMatchObject({
        code: 'FRAME_MALFORMED',
        at: expect.stringMatching(/^\w+(\.|$)/),
      })
    }
  })
})

function elementsOf(frame: (typeof SAMPLE_FRAMES)[number]): unknown[] {
  const bytes = codec.encode(frame)
  const wrapped = Buffer.concat([Buffer.from('940c0101', 'hex'), bytes])
  return (codec.decode(wrapped) as unknown as { snapshot: unknown[] }).snapshot
}

describe('what is no frame', () => {
  it.each([
    ['a map', Buffer.from('80', 'hex')],
    ['an empty array', Buffer.from('90', 'hex')],
    ['a kind that there is not', frameOf(15)],
    ['a kind that is a string', frameOf('ping', 1)],
    ['a negative kind', frameOf(-1)],
    ['a position of 0', frameOf(6, 1, 0, true)],
    ['a position that is negative', frameOf(6, 1, -1, true)],
    ['a position with a fraction', frameOf(6, 1, 1.5, true)],
    ['a position beyond 2^53', frameOf(6, 1, 2 ** 53, true)],
    ['a position of no lane', frameOf(6, 3, 1, true)],
    ['a position that is stored or not by a number', frameOf(6, 1, 1, 1)],
    ['a batch of no lane', frameOf(5, 3, 0)],
    ['a batch that does not say its lane', frameOf(5)],
    ['a batch that does not say what went before it', frameOf(5, 1)],
    ['a welcome of two lanes', frameOf(3, 1, [1, 2], [1, 2, 3], [1, 2, 3], 1, 1)],
    ['a welcome of four lanes', frameOf(3, 1, [1, 2, 3], [1, 2, 3, 4], [1, 2, 3], 1, 1)],
    ['a welcome with a negative position', frameOf(3, 1, [1, 2, 3], [1, -2, 3], [0, 0, 0], 1, 1)],
    ['a welcome by which more has left than was numbered', frameOf(3, 1, [0, 0, 0], [1, 2, 3], [1, 3, 3], 1, 1)],
    ['an emitted event with more behind it', frameOf(13, 1, { type: 'T' }, 0)],
    ['a code that there is not', frameOf(4, 'NO_SUCH', 'x')],
    ['a message without an end', frameOf(14, 'CLOSING', 'x'.repeat(501))],
    ['a version 0', frameOf(0, 'roscius', 0, 1)],
    ['versions the wrong way round', frameOf(0, 'roscius', 2, 1)],
    ['another protocol', frameOf(0, 'http', 1, 1)],
  ])('is refused: %s', (_, bytes) => {
    expect(refusalOf(bytes).code).toBe('FRAME_MALFORMED')
  })

  it('may be the hello of a later version, which is told as such', () => {
    expect(refusalOf(frameOf(0, 'roscius', 2, 7, { everything: 'else' }, 'is', 'new')).code).toBe('VERSION_UNSUPPORTED')
  })

  it('is not the hello of a node that has learned more', () => {
    const hello = SAMPLE_FRAMES[0]!
    expect(codec.decode(frameOf(...elementsOf(hello), 'more', { of: 'it' }))).toEqual(hello)
  })

  it('takes whole numbers in every form that MessagePack has', () => {
    const forms = [
      '05',
      'cc05',
      'cd0005',
      'ce00000005',
      'cf0000000000000005',
      'd005',
      'd30000000000000005',
      'cb4014000000000000',
    ]
    for (const form of forms)
      expect(codec.decode(Buffer.from(`9208${form}`, 'hex'))).toEqual({ kind: 'ping', token: 5 })
  })

  it('from a stranger may only be small', () => {
    const careful = codecWith(HANDSHAKE_LIMITS)
    const hello = codec.encode(SAMPLE_FRAMES[0]!)
    expect(careful.decode(hello)).toEqual(SAMPLE_FRAMES[0])
    expect(refusalOf(Buffer.alloc(4_097), careful).code).toBe('FRAME_TOO_LARGE')
    expect(refusalOf(codec.batch(1, 0, [{ number: 1, packed: codec.pack(SAMPLE_ENVELOPES[0]!) }]), careful).code).toBe(
      'FRAME_LIMIT',
    )
  })
})

describe('a batch', () => {
  const numbered = SAMPLE_ENVELOPES.map((envelope, i) => ({ number: i + 1, deadlineMs: i * 1_000, envelope }))
  const outgoing = (list: typeof numbered): OutgoingEnvelope[] =>
    list.map(({ number, deadlineMs, envelope }) => ({ number, deadlineMs, packed: codec.pack(envelope) }))

  it('brings envelopes of every kind as they were', () => {
    expect(new Set(SAMPLE_ENVELOPES.map(({ kind }) => kind))).toEqual(new Set(ENVELOPE_KINDS))
    const back = codec.decode(codec.batch(2, 0, outgoing(numbered))) as BatchFrame
    expect(back).toEqual({ kind: 'batch', lane: 2, after: 0, envelopes: numbered })
  })

  it('gives no number to an envelope that is sent at most once, and one to every other', () => {
    const envelope: WireEnvelope = { kind: 'event', to: 'a', payload: { type: 'T' }, delivery: 'atMostOnce' }
    const packed = codec.pack(envelope)
    expect(codec.decode(codec.batch(0, 7, [{ packed }]))).toEqual({
      kind: 'batch',
      lane: 0,
      after: 7,
      envelopes: [{ envelope }],
    })
    expect(refusalOf(codec.batch(1, 0, [{ number: 1, packed }]))).toMatchObject({ at: 'batch[0].number' })
    expect(refusalOf(codec.batch(1, 0, [{ packed: codec.pack(SAMPLE_ENVELOPES[0]!) }]))).toMatchObject({
      at: 'batch[0].number',
    })
  })

  describe('rises in its numbers', () => {
    const [plain, atMostOnce] = [SAMPLE_ENVELOPES[0]!, { ...SAMPLE_ENVELOPES[0]!, delivery: 'atMostOnce' as const }]
    const batch = (after: number, numbers: readonly (number | undefined)[]): Uint8Array =>
      codec.batch(
        1,
        after,
        numbers.map((number) =>
          number === undefined ? { packed: codec.pack(atMostOnce) } : { number, packed: codec.pack(plain) },
        ),
      )

    it.each([
      ['one after the other', 0, [1, 2, 3]],
      ['with holes, the first of them behind what went before', 4, [9, 10, 5_000]],
      ['around envelopes that are sent at most once', 4, [undefined, 5, undefined, 7, undefined]],
      ['or has none', 4, [undefined]],
      ['or is empty', 4, []],
    ])('%s', (_, after, numbers) => {
      const frame = codec.decode(batch(after, numbers)) as BatchFrame
      expect([frame.after, frame.envelopes.map(({ number }) => number)]).toEqual([after, numbers])
    })

    it.each([
      ['that goes back', 0, [1, 3, 2], 2],
      ['that is there twice', 0, [1, 1], 1],
      ['that went before', 5, [5], 0],
      ['below what went before', 5, [undefined, 4], 1],
      ['that goes back across one that is sent at most once', 0, [2, undefined, 1], 2],
    ])('and is refused with one %s', (_, after, numbers, index) => {
      expect(refusalOf(batch(after, numbers))).toMatchObject({
        code: 'FRAME_MALFORMED',
        at: `batch[${index}].number`,
      })
    })
  })

  it('takes envelopes from where they were kept, without packing them again', () => {
    const packed = codec.pack(SAMPLE_ENVELOPES[1]!)
    expect(codec.packed(Buffer.from(packed.bytes))).toEqual(packed)
  })

  it('is no deeper than the peer takes, also with envelopes that were kept', () => {
    const nested = (levels: number): unknown => Array.from({ length: levels }).reduce((inner) => [inner], 1)
    const envelope = (levels: number): WireEnvelope => ({ kind: 'reply', to: 'a', payload: nested(levels) })
    const narrow = codecWith({ depth: 16 })
    const packed = narrow.pack(envelope(13))
    expect(narrow.decode(narrow.batch(1, 0, [{ number: 1, packed }])).kind).toBe('batch')
    expect(() => narrow.pack(envelope(14))).toThrow(/limit depth/)
    expect(() => narrow.packed(codec.pack(envelope(14)).bytes)).toThrow(/limit depth/)
  })

  it('is filled up to the limits of the peer, each of which the peer then takes', () => {
    const list = outgoing(Array.from({ length: 300 }, (_, i) => ({ ...numbered[15]!, number: 2 ** 50 + i })))
    for (const limits of [{ envelopes: 7 }, { frameBytes: 5_000 }, { nodes: 400 }, { arrayLength: 64 }, {}]) {
      const narrow = codecWith(limits)
      let start = 0
      while (start < list.length) {
        const count = narrow.fitting(list, start)
        expect(count).toBeGreaterThan(0)
        const frame = narrow.decode(narrow.batch(2, 2 ** 49, list.slice(start, start + count))) as BatchFrame
        expect(frame.envelopes).toHaveLength(count)
        start += count
      }
    }
    expect(() => codecWith({ envelopes: 7 }).batch(1, 0, list)).toThrow(/limit envelopes of 7/)
  })

  it('of more envelopes than this node takes is refused before one of them is made', () => {
    const list = outgoing(Array.from({ length: 40 }, (_, i) => ({ ...numbered[0]!, number: i + 1 })))
    expect(refusalOf(codec.batch(1, 0, list), codecWith({ envelopes: 39 }))).toMatchObject({
      code: 'FRAME_LIMIT',
      at: 'frame',
    })
    expect(refusalOf(codec.batch(1, 0, list.slice(0, 3)), codecWith({ envelopes: 2 }))).toMatchObject({
      code: 'FRAME_LIMIT',
      at: 'batch',
    })
  })

  it('never holds an envelope that does not fit alone: it is refused when it is packed', () => {
    const narrow = codecWith({ frameBytes: 1_000 })
    const big = (n: number): WireEnvelope => ({ kind: 'reply', to: 'a', payload: 'x'.repeat(n) })
    const least = 1_000 - 50
    const packed = narrow.pack(big(least))
    expect(narrow.fitting([{ number: 2 ** 50, deadlineMs: 2 ** 50, packed }])).toBe(1)
    const batch = narrow.batch(2, 2 ** 49, [{ number: 2 ** 50, deadlineMs: 2 ** 50, packed }])
    expect(batch.length).toBeLessThanOrEqual(1_000)
    expect(() => narrow.pack(big(1_000))).toThrow(expect.objectContaining({ code: 'FRAME_TOO_LARGE' }))
  })
})

describe('an envelope', () => {
  it.each([
    ['no receiver', [0]],
    ['a receiver with an empty segment', [0, 'a//b', null, { type: 'T' }]],
    ['a receiver that begins with a slash', [0, '/a', null, { type: 'T' }]],
    ['a receiver that ends with a slash', [0, 'a/', null, { type: 'T' }]],
    ['a receiver that climbs', [0, 'a/../b', null, { type: 'T' }]],
    ['a receiver that stays', [0, './b', null, { type: 'T' }]],
    ['a receiver with a space', [0, 'a b', null, { type: 'T' }]],
    ['a receiver with a line break', [0, 'a\nb', null, { type: 'T' }]],
    ['a receiver that is empty', [0, '', null, { type: 'T' }]],
    ['a receiver that is endless', [0, 'x'.repeat(8_193), null, { type: 'T' }]],
    ['a sender that is a number', [0, 'a', 5, { type: 'T' }]],
    ['an event without a type', [0, 'a', null, {}]],
    ['an event whose type is no string', [0, 'a', null, { type: 5 }]],
    ['an event that is a Map', [0, 'a', null, new Map([['type', 'T']])]],
    ['an event that is an array', [0, 'a', null, ['T']]],
    ['no event', [0, 'a']],
    ['a kind that there is not', [13, 'a']],
    ['an empty id', [0, 'a', null, { type: 'T' }, '']],
    [
      'a traceparent of zeros',
      [0, 'a', null, { type: 'T' }, null, null, null, `00-${'0'.repeat(32)}-${'1'.repeat(16)}-01`],
    ],
    ['too many hops', [0, 'a', null, { type: 'T' }, null, null, null, null, 256]],
    ['a delivery that there is not', [0, 'a', null, { type: 'T' }, null, null, null, null, null, 3]],
    ['a clock of no node', [0, 'a', null, { type: 'T' }, null, null, null, null, null, null, { '/': 1 }]],
    ['a clock that runs backwards', [0, 'a', null, { type: 'T' }, null, null, null, null, null, null, { a: -1 }]],
    ['a field too many', [0, 'a', null, { type: 'T' }, null, null, null, null, null, null, null, 1]],
    ['an end for no reason', [8, 'a', 'b', { reason: 'because' }]],
    ['a spawn of no logic', [9, 'a', null, { id: 'x' }]],
    ['a failure that is no error', [5, 'a', null, 'no']],
  ])('is refused with %s', (_, fields) => {
    expect(refusalOf(batchOf(...fields))).toMatchObject({
      code: 'FRAME_MALFORMED',
      at: expect.stringMatching(/^batch\[0\]/),
    })
  })

  it('is held to the same when it is packed', () => {
    expect(() => codec.pack({ kind: 'event', to: 'a//b', payload: { type: 'T' } })).toThrow(
      expect.objectContaining({ at: 'envelope.to' }),
    )
    expect(() => codec.pack({ kind: 'event', to: 'a', payload: { type: 'T', f: () => 0 } })).toThrow(
      /envelope.payload.f/,
    )
  })

  it('says in its error where it is, and nothing of what it holds', () => {
    const error = refusalOf(
      frameOf(5, 1, 0, [1, null, [0, 'a', null, { type: 'T' }]], [2, null, [0, 'secret/../x', null, { type: 'T' }]]),
    )
    expect(error.at).toBe('batch[1].to')
    expect(error.message).not.toContain('secret')
  })
})

it('a frame is never told apart by anything but its kind', () => {
  const frames: Frame[] = SAMPLE_FRAMES.map((frame) => codec.decode(codec.encode(frame)))
  expect(frames.map(({ kind }) => kind)).toEqual(SAMPLE_FRAMES.map(({ kind }) => kind))
})
