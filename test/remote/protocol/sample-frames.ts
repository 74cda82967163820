import type { PlainFrame } from '../../../src/remote/protocol/frame-fields.js'
import { NO_LANES } from '../../../src/remote/protocol/lanes.js'
import { DEFAULT_LIMITS } from '../../../src/remote/protocol/limits.js'
import type { WireEnvelope } from '../../../src/remote/protocol/wire-envelope.js'

/** One frame of each kind but `batch`, and the forms that an optional field makes. */
export const SAMPLE_FRAMES: readonly PlainFrame[] = [
  {
    kind: 'hello',
    minVersion: 1,
    maxVersion: 3,
    node: 'a',
    storeId: 'store-a',
    incarnation: 2 ** 40,
    nonce: Buffer.alloc(32, 7),
    limits: DEFAULT_LIMITS,
    features: ['clock'],
    keyId: 'k1',
  },
  { kind: 'challenge', demand: 'proof' },
  { kind: 'proof', mac: Buffer.alloc(32, 9) },
  {
    kind: 'welcome',
    version: 1,
    received: [12, 0, 1],
    sent: [3, 2 ** 45, 0],
    left: [3, 2 ** 44, 0],
    credit: { envelopes: 1_024, bytes: 2 ** 33 },
  },
  {
    kind: 'welcome',
    version: 1,
    received: NO_LANES,
    sent: NO_LANES,
    left: NO_LANES,
    credit: { envelopes: 1, bytes: 1 },
    adopts: true,
  },
  { kind: 'refuse', code: 'AUTH_FAILED', message: 'no' },
  { kind: 'ack', lane: 0, position: 1, isStored: true },
  { kind: 'ack', lane: 2, position: 2 ** 40, isStored: false },
  { kind: 'credit', envelopes: 5, bytes: 1_000 },
  { kind: 'ping', token: 0 },
  { kind: 'pong', token: 2 ** 32 },
  { kind: 'subscribe', subscription: 1, path: 'team/worker', subject: 'both' },
  { kind: 'unsubscribe', subscription: 1 },
  { kind: 'unsubscribe', subscription: 1, code: 'PERMISSION_DENIED' },
  { kind: 'snapshot', subscription: 1, seqNr: 9, snapshot: { value: 'idle' } },
  { kind: 'emitted', subscription: 1, event: { type: 'token' } },
  { kind: 'close', code: 'CLOSING', message: 'the node stops' },
]

/** One envelope of each kind, and one that has every field. */
export const SAMPLE_ENVELOPES: readonly WireEnvelope[] = [
  { kind: 'event', to: 'a', payload: { type: 'GO', n: 1 } },
  { kind: 'deliver', to: 'a/b', from: 'x#3', payload: { type: 'GO' }, id: 'i-1' },
  { kind: 'ask', to: 'a', from: '$ask/1/2', payload: { type: 'Q' }, id: 'i-2', correlation: 'c' },
  { kind: 'reply', to: '$ask/1/2', payload: new Map([['x', 1n]]), correlation: 'c' },
  { kind: 'reply', to: '$reply:a@1.2.3', correlation: 'c' },
  { kind: 'reply', to: 'a', payload: null },
  { kind: 'done', to: 'a', payload: { seqNr: 4, outcome: 'handled' }, correlation: 'i-1' },
  { kind: 'failed', to: 'a', payload: new TypeError('no'), correlation: 'i-1' },
  { kind: 'watch', to: 'a', from: 'w' },
  { kind: 'unwatch', to: 'a', from: 'w' },
  { kind: 'terminated', to: 'w', from: 'a', payload: { reason: 'done', output: 5 } },
  { kind: 'spawn', to: 'team', from: 'w', payload: { logic: 'worker', id: 'w1', input: { n: 1 } }, id: 's-1' },
  { kind: 'spawned', to: 'w', from: 'team/w1', correlation: 's-1' },
  { kind: 'stop', to: 'team/w1', from: 'w' },
  { kind: 'cancel', to: 'team/w1', from: 'w', payload: { reason: 'enough', deadlineMs: 5_000 } },
  {
    kind: 'event',
    to: 'a',
    from: 'b',
    payload: { type: 'ALL' },
    id: 'i',
    correlation: 'co',
    causation: 'ca',
    traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    hops: 3,
    delivery: 'atLeastOnce',
    clock: { a: 1, b: 2 ** 40 },
  },
]
