/** Frames that a peer could send, with whatever may be in them: where mutations begin. */
import fc from 'fast-check'
import type { FrameCodec } from '../../../../src/remote/protocol/frame-codec.js'
import type { PlainFrame } from '../../../../src/remote/protocol/frame-fields.js'
import { DEMANDS, SUBJECTS } from '../../../../src/remote/protocol/frames.js'
import type { Lane, Lanes } from '../../../../src/remote/protocol/lanes.js'
import { DEFAULT_LIMITS } from '../../../../src/remote/protocol/limits.js'
import { PROTOCOL_CODES } from '../../../../src/remote/protocol/protocol-error.js'
import { DELIVERIES, ENVELOPE_KINDS, type WireEnvelope } from '../../../../src/remote/protocol/wire-envelope.js'

const MOST = Number.MAX_SAFE_INTEGER

const leafValue = fc.oneof(
  fc.integer(),
  fc.double(),
  fc.string({ maxLength: 20 }),
  fc.constantFrom(undefined, null, true, false, -0, 2 ** 53),
  fc.bigInt(),
  fc.date({ noInvalidDate: false }),
  fc.uint8Array({ maxLength: 20 }),
  fc.constantFrom(/a+b?/gu, new RangeError('no'), Buffer.from('bytes'), new Float64Array([1, 2])),
)
const value = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leafValue,
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(
      fc.string({ maxLength: 8 }).filter((key) => key !== '__proto__'),
      tie('value'),
      {
        maxKeys: 5,
        noNullPrototype: true,
      },
    ),
    fc.array(fc.tuple(tie('value'), tie('value')), { maxLength: 3 }).map((entries) => new Map(entries)),
    fc.array(tie('value'), { maxLength: 3 }).map((elements) => new Set(elements)),
  ),
})).value

const count = fc.oneof(fc.nat(20), fc.maxSafeNat())
const id32 = fc.nat(0xffff_ffff)
const lane = fc.constantFrom<Lane>(0, 1, 2)
const lanes = fc.tuple(count, count, count) as fc.Arbitrary<Lanes>
const segment = fc.constantFrom('a', 'team', 'worker-1', 'x%20y')
const path = fc.oneof(
  fc.array(segment, { minLength: 1, maxLength: 4 }).map((segments) => segments.join('/')),
  fc.constantFrom('$ask/1/2', '$reply:a@1.2.3', 'a#7', '$root'),
)
const name = fc.constantFrom('a', 'b', 'node-7')
const event = fc
  .tuple(
    fc.constantFrom('GO', 'a.b', 'xstate.init', 'terminated'),
    fc.dictionary(fc.constantFrom('n', 'to', 'x'), value),
  )
  .map(([type, fields]) => ({ ...fields, type }))
const code = fc.constantFrom(...PROTOCOL_CODES)
const message = fc.string({ maxLength: 40 })
const credit = fc.record({ envelopes: id32, bytes: count })
const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes))

/** Positions, of which no more left than were given. */
const standing = fc.tuple(lanes, lanes).map(([received, sent]) => ({ received, sent, left: sent }))

const frame: fc.Arbitrary<PlainFrame> = fc.oneof(
  fc.record({
    kind: fc.constant('hello' as const),
    minVersion: fc.constant(1),
    maxVersion: fc.integer({ min: 1, max: 255 }),
    node: name,
    storeId: fc.string({ minLength: 1, maxLength: 30 }).filter((text) => /^[!-~]+$/.test(text)),
    incarnation: fc.integer({ min: 1, max: MOST }),
    nonce: bytes32,
    limits: fc.constant(DEFAULT_LIMITS),
    features: fc.array(fc.constantFrom('x', 'y'), { maxLength: 4 }),
  }),
  fc.record({ kind: fc.constant('challenge' as const), demand: fc.constantFrom(...DEMANDS) }),
  fc.record({ kind: fc.constant('proof' as const), mac: bytes32 }),
  fc.tuple(standing, credit).map(([own, given]) => ({ kind: 'welcome' as const, version: 1, ...own, credit: given })),
  fc.record({ kind: fc.constant('refuse' as const), code, message }),
  fc.record({ kind: fc.constant('close' as const), code, message }),
  fc.record({
    kind: fc.constant('ack' as const),
    lane,
    position: fc.integer({ min: 1, max: MOST }),
    isStored: fc.boolean(),
  }),
  credit.map((given) => ({ kind: 'credit' as const, ...given })),
  fc.record({ kind: fc.constant('ping' as const), token: count }),
  fc.record({ kind: fc.constant('pong' as const), token: count }),
  fc.record({
    kind: fc.constant('subscribe' as const),
    subscription: id32,
    path,
    subject: fc.constantFrom(...SUBJECTS),
  }),
  fc.record({ kind: fc.constant('unsubscribe' as const), subscription: id32 }),
  fc.record({ kind: fc.constant('unsubscribe' as const), subscription: id32, code }),
  fc.record({ kind: fc.constant('snapshot' as const), subscription: id32, seqNr: count, snapshot: value }),
  fc.record({ kind: fc.constant('emitted' as const), subscription: id32, event }),
)

const envelope: fc.Arbitrary<WireEnvelope> = fc
  .record(
    {
      kind: fc.constantFrom(...ENVELOPE_KINDS),
      to: path,
      from: path,
      payload: value,
      event,
      id: fc.string({ minLength: 1, maxLength: 20 }),
      correlation: fc.string({ minLength: 1, maxLength: 20 }),
      causation: fc.string({ minLength: 1, maxLength: 20 }),
      hops: fc.nat(255),
      delivery: fc.constantFrom(...DELIVERIES),
      clock: fc.dictionary(name, count, { maxKeys: 3, noNullPrototype: true }),
    },
    { requiredKeys: ['kind', 'to', 'event'] },
  )
  .map(({ event: sent, ...rest }) => ({ ...rest, payload: payloadOf(rest.kind, sent, rest.payload) }))

/** What is taken of that kind. */
function payloadOf(kind: WireEnvelope['kind'], sent: object, any: unknown): unknown {
  if (kind === 'event' || kind === 'deliver' || kind === 'ask') return sent
  if (kind === 'terminated') return { reason: 'done', output: any }
  if (kind === 'spawn') return { logic: 'x', id: 'y', input: any }
  if (kind === 'failed') return new Error('no')
  return kind === 'reply' || kind === 'done' ? any : undefined
}

/** `size` frames, the same for the same seed. */
export function framesOfChance(codec: FrameCodec, seed: number, size: number): Uint8Array[] {
  const plain = fc.sample(frame, { seed, numRuns: size }).flatMap((made) => encoded(() => codec.encode(made)))
  const groups = fc.sample(fc.array(envelope, { minLength: 1, maxLength: 4 }), { seed, numRuns: size })
  return [...plain, ...groups.flatMap((group) => encoded(() => batchOf(codec, group)))]
}

function batchOf(codec: FrameCodec, group: readonly WireEnvelope[]): Uint8Array {
  const outgoing = group.map((one, i) => ({
    packed: codec.pack(one),
    ...(one.delivery !== 'atMostOnce' && { number: i + 1 }),
  }))
  return codec.batch(1, 0, outgoing)
}

/** Nothing where chance has made what can't be sent: this is about what can. */
function encoded(make: () => Uint8Array): Uint8Array[] {
  try {
    return [make()]
  } catch {
    return []
  }
}
