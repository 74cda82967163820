/** What a hostile peer sends that has shown who it is: frames that are valid each by itself, of any kind, in any order. */
import type { PlainFrame } from '../../../src/remote/protocol/frame-fields.js'
import { SUBJECTS } from '../../../src/remote/protocol/frames.js'
import { DEFAULT_LIMITS } from '../../../src/remote/protocol/limits.js'
import { DELIVERIES, ENVELOPE_KINDS, type WireEnvelope } from '../../../src/remote/protocol/wire-envelope.js'
import type { Chance } from '../../remote/protocol/fuzz/chance.js'

/** Actors of the node, addresses of its own, and what only looks like one. */
const PATHS = [
  ...Array<string>(16).fill('open'),
  ...['shut', 'shut', 'open/child', 'open#1', 'open#', 'shut#1', 'none', '$root', '$nobody'],
  ...[
    '$ask/1/1',
    '$ask/1/1~x',
    '$ask/1/2~',
    '$reply:shut@1.1.1',
    '$reply:open@1.2.3~AAAAAAAAAAAAAAAAAAAAAA',
    '$effect',
  ],
  ...['%6fpen', 'OPEN', 'open/..', '**', '*', 'roscius', '__proto__', 'constructor'],
]
const TYPES = [
  ...Array<string>(10).fill('ADD'),
  ...['END', 'POISON', 'GET', 'TURN', '*', 'xstate.init', 'xstate.stop', 'xstate.done.actor.x'],
  ...['xstate.after.1.x', 'roscius.cancel', 'roscius.startChild', 'roscius', 'terminated', 'ADD.x', 'add', '__proto__'],
]
const NUMBERS = [0, 1, 2, 5, 100, 2 ** 31, 2 ** 32 - 1, 2 ** 40, Number.MAX_SAFE_INTEGER]

/** A batch that is made when it is sent, with numbers of that moment. */
export interface Batch {
  readonly kind: 'envelopes'
  readonly lane: 0 | 1 | 2
  readonly envelopes: readonly WireEnvelope[]
  readonly skipped: number
  readonly before: number
}

/** `next` gives a number that no event had before; `received` is what came from the node. */
export function attackOf(
  chance: Chance,
  next: () => number,
  received: readonly number[],
  garbage: () => Uint8Array,
): readonly (PlainFrame | Batch | Uint8Array)[] {
  const kind = chance.next()
  if (kind < 0.6) return [batchOf(chance, next)]
  if (kind < 0.9) return [plainFrame(chance, received)]
  if (kind < 0.93) return Array.from({ length: 60 }, () => batchOf(chance, next))
  if (kind < 0.96) return Array.from({ length: 300 }, (_, token) => ({ kind: 'ping' as const, token }))
  return [garbage()]
}

function batchOf(chance: Chance, next: () => number): Batch {
  const isOdd = chance.is(0.04)
  return {
    kind: 'envelopes',
    lane: chance.pick([0, 1, 1, 1, 2] as const),
    envelopes: Array.from({ length: chance.pick([0, 1, 1, 2, 5, 40]) }, () => envelopeOf(chance, next)),
    skipped: isOdd ? chance.pick([1, 7, 1_000]) : chance.pick([0, 0, 0, 1]),
    before: isOdd ? chance.pick([-3, 1, 50]) : 0,
  }
}

function envelopeOf(chance: Chance, next: () => number): WireEnvelope {
  const kind = chance.pick(['event', 'event', 'deliver', 'ask', ...ENVELOPE_KINDS] as const)
  return {
    kind,
    to: chance.pick(PATHS),
    payload: payloadOf(kind, chance, next),
    ...(chance.is(0.6) && { from: chance.pick(PATHS) }),
    ...(chance.is(0.3) && { id: chance.is(0.5) ? `id ${next()}` : chance.pick(['x', 'y']) }),
    ...(chance.is(0.2) && { correlation: `conversation ${next()}`, clock: { m: 1, b: 2 ** 50, z: 1 } }),
    ...(chance.is(0.2) && { hops: chance.pick([0, 1, 255]) }),
    ...(chance.is(0.2) && { delivery: chance.pick(DELIVERIES) }),
  }
}

function payloadOf(kind: WireEnvelope['kind'], chance: Chance, next: () => number): unknown {
  switch (kind) {
    case 'event':
    case 'deliver':
    case 'ask':
      return { type: chance.pick(TYPES), n: next(), replyTo: 'roscius://m/x' }
    case 'terminated':
      return { reason: chance.pick(['done', 'nodeDown', 'lost']), output: next() }
    case 'spawn':
      return {
        logic: chance.pick(['tally', 'constructor', 'none']),
        id: chance.pick(['x', 'open', '..', '$root']),
        input: next(),
      }
    case 'failed':
      return Object.assign(
        new Error('no'),
        chance.pick([{}, { address: 'roscius://b/open' }, { address: 'shut', details: { type: 'ADD' } }]),
      )
    case 'watch':
      return chance.pick([undefined, { isVolatile: true }, null, 7])
    case 'stop':
    case 'cancel':
      return chance.pick([undefined, { reason: 'no', deadlineMs: 1 }])
    case 'reply':
    case 'done':
      return chance.pick([undefined, null, { type: 'ADD', n: next() }, 7, { seqNr: 1, outcome: 'handled' }])
    default:
      return undefined
  }
}

function plainFrame(chance: Chance, received: readonly number[]): PlainFrame {
  const lane = chance.below(3) as 0 | 1 | 2
  const subscription = chance.pick([...NUMBERS.slice(0, 7), chance.below(200)])
  const frames: readonly PlainFrame[] = [
    {
      kind: 'ack',
      lane,
      position: Math.max(1, chance.below((received[lane] as number) + 1)),
      isStored: chance.is(0.5),
    },
    { kind: 'ack', lane, position: chance.pick([10 ** 12, Number.MAX_SAFE_INTEGER]), isStored: chance.is(0.5) },
    { kind: 'credit', envelopes: chance.pick(NUMBERS.slice(0, 7)), bytes: chance.pick(NUMBERS) },
    { kind: 'ping', token: chance.pick(NUMBERS) },
    { kind: 'pong', token: chance.pick(NUMBERS) },
    { kind: 'subscribe', subscription, path: chance.pick(PATHS), subject: chance.pick(SUBJECTS) },
    { kind: 'subscribe', subscription, path: chance.pick(PATHS), subject: chance.pick(SUBJECTS) },
    { kind: 'unsubscribe', subscription },
    { kind: 'unsubscribe', subscription, code: chance.pick(['CLOSING', 'PERMISSION_DENIED'] as const) },
    { kind: 'snapshot', subscription, seqNr: chance.pick(NUMBERS), snapshot: { status: 'active', context: {} } },
    { kind: 'emitted', subscription, event: { type: chance.pick(TYPES) } },
    { kind: 'challenge', demand: 'nothing' },
    { kind: 'proof', mac: Buffer.alloc(32) },
    {
      ...{ kind: 'hello', minVersion: 1, maxVersion: 1, node: 'open', storeId: 's', incarnation: 1, features: [] },
      ...{ nonce: Buffer.alloc(32), limits: DEFAULT_LIMITS },
    },
    {
      ...{ kind: 'welcome', version: 1, received: [0, 0, 0], sent: [0, 0, 0], left: [0, 0, 0] },
      ...{ credit: { envelopes: 9, bytes: 9 }, adopts: true },
    },
    { kind: 'close', code: 'CLOSING', message: 'x' },
  ]
  return chance.pick(frames)
}
