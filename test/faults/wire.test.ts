/** The attack on the wire in small, and proof that it can fail: the same on decoders and handshakes that are wrong somewhere. */
import { types } from 'node:util'
import { describe, expect, test } from 'vitest'
import type { FrameCodec } from '../../src/remote/protocol/frame-codec.js'
import type { Frame } from '../../src/remote/protocol/frames.js'
import { ProtocolError } from '../../src/remote/protocol/protocol-error.js'
import { codecWith } from '../remote/protocol/codec.js'
import { FuzzInputs } from '../remote/protocol/fuzz/inputs.js'
import type { Decoder } from '../remote/protocol/fuzz/judge.js'
import { stepWelcoming } from '../remote/protocol/welcoming.js'
import { attackSystem } from './wire/hostile.js'
import { attackWire, INPUTS_A_SEED, type Target } from './wire.suite.js'

const log = (): void => undefined

test('50 000 inputs are each answered by a frame or a typed error', async () => {
  const { runs, violations, facts = {} } = await attackWire({ seed: 1, seeds: 5, log })
  expect(violations).toEqual([])
  const handshakes = Number(facts['frames in handshakes'])
  expect(runs).toBe(5 * INPUTS_A_SEED + handshakes)
  // Mutations that all break, or all pass, would test little.
  expect(Number(facts.frames) / runs).toBeGreaterThan(0.05)
  expect(Number(facts.frames) / runs).toBeLessThan(0.5)
  expect(Number(facts.FRAME_LIMIT)).toBeGreaterThan(100)
  expect(handshakes).toBeGreaterThan(1_000)
}, 300_000)

test('thousands of frames of a peer with a key reach what it may, and nothing else, and it can come back', async () => {
  const { breaches, facts } = await attackSystem(1, 300)
  expect(breaches).toEqual([])
  expect(facts['hostile frames']).toBeGreaterThan(2_000)
  expect(facts['hostile breaches']).toBeGreaterThan(30)
  expect(facts['allowed events applied']).toBeGreaterThan(20)
}, 120_000)

test('a seed gives the same inputs again', () => {
  const inputs = (seed: number): string =>
    [...new FuzzInputs(codecWith()).of(seed, 500)].map((bytes) => Buffer.from(bytes).toString('base64')).join()
  expect(inputs(7)).toBe(inputs(7))
  expect(inputs(7)).not.toBe(inputs(8))
})

/** A decoder that does something else with some of what it has decoded. */
const changing =
  (change: (frame: Frame, bytes: Uint8Array) => Frame) =>
  (codec: FrameCodec): Decoder => ({ decode: (bytes) => change(codec.decode(bytes), bytes) })

/** One that answers otherwise what it should refuse. */
const instead =
  (answer: (error: ProtocolError, bytes: Uint8Array) => never | Frame) =>
  (codec: FrameCodec): Decoder => ({
    decode: (bytes) => {
      try {
        return codec.decode(bytes)
      } catch (error) {
        return answer(error as ProtocolError, bytes)
      }
    },
  })

const kept: unknown[] = []

describe('the attack finds', () => {
  test.each<[string, string, Target]>([
    ['crash', 'an error that is not typed', { wrap: instead((error) => raise(new TypeError(error.message))) }],
    [
      'hang',
      'a decoder that begins again for each byte',
      { wrap: changing((frame, bytes) => (sum(bytes, 10) < 0 ? { ...frame } : frame)) },
    ],
    ['hang', 'an endless loop', { wrap: changing((frame, bytes) => (endless(bytes) ? frame : { ...frame })) }],
    [
      'growth',
      'a frame larger than its bytes',
      { wrap: changing((frame) => (frame.kind === 'snapshot' ? { ...frame, snapshot: 'x'.repeat(100_000) } : frame)) },
    ],
    [
      'growth',
      'what is kept for ever',
      { wrap: changing((frame) => (kept.push(Buffer.alloc(500_000)) > 0 ? frame : frame)) },
    ],
    [
      'text',
      'an error that says what the peer wrote',
      {
        wrap: instead((error, bytes) =>
          raise(new ProtocolError(error.code, Buffer.from(bytes).toString('latin1'), error.at)),
        ),
      },
    ],
    [
      'text',
      'a code of nobody',
      { wrap: instead((error) => raise(new ProtocolError('BROKEN' as never, error.message, error.at))) },
    ],
    [
      'frame',
      'an object of a class',
      { wrap: changing((frame) => (frame.kind === 'snapshot' ? { ...frame, snapshot: new URL('x:y') } : frame)) },
    ],
    [
      'frame',
      'a key __proto__',
      {
        wrap: changing((frame) =>
          frame.kind === 'snapshot'
            ? { ...frame, snapshot: JSON.parse('{ "__proto__": { "isAdmin": true } }') }
            : frame,
        ),
      },
    ],
    [
      'frame',
      'a handshake that takes any proof',
      {
        stepping: (state, frame, own) => {
          const step = stepWelcoming(state, frame, own)
          return step.outcome?.type === 'refused' && frame.kind === 'proof' ? { ...step, believed: NOBODY } : step
        },
      },
    ],
    [
      'frame',
      'a handshake that goes on after its end',
      {
        stepping: (state, frame, own) => stepWelcoming({ ...state, expects: frame.kind as 'hello' }, frame, own),
      },
    ],
    [
      'crash',
      'a handshake that throws',
      {
        stepping: (state, frame, own) => {
          if (frame.kind === 'welcome' && state.peerHello === undefined) throw new RangeError('no hello')
          return stepWelcoming(state, frame, own)
        },
      },
    ],
  ])('%s: %s', async (invariant, _, target) => {
    const { violations } = await attackWire({ seed: 1, seeds: 2, log }, { ...target, inputs: 1_500 })
    kept.length = 0
    expect(violations.map((violation) => violation.invariant)).toContain(invariant)
    expect(violations[0]?.seed).toBeGreaterThan(0)
  })
})

const NOBODY = { peer: { node: 'nobody', storeId: 's', incarnation: 1 }, nonce: '' }

function raise(error: Error): never {
  throw error
}

function sum(bytes: Uint8Array, times: number): number {
  let total = 0
  for (let n = 0; n < times; n++) for (let i = 0; i < bytes.length; i++) total += bytes[i]!
  return total
}

/** Where the looks are counted, that ends it. */
function endless(bytes: Uint8Array): boolean {
  for (let looks = 0; types.isProxy(bytes) && looks >= 0; looks++) if (bytes[0] === 256) return false
  return true
}
