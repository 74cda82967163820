import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NO_REFS } from '../../../src/persistence/storable.js'
import { createFrameCodec, type FrameCodec } from '../../../src/remote/protocol/frame-codec.js'
import { DEFAULT_LIMITS, type WireLimits } from '../../../src/remote/protocol/limits.js'
import { ProtocolError } from '../../../src/remote/protocol/protocol-error.js'
import type { WireEnvelope } from '../../../src/remote/protocol/wire-envelope.js'
import { state } from '../../persistence/arbitrary-state.js'
import { codecWith } from './codec.js'

const generous = codecWith()

const errors = fc.tuple(fc.string(), state, state).map(([message, cause, extra]) => {
  const error = Object.assign(new TypeError(message, { cause }), { extra, nested: new Map([[extra, /a+/g]]) })
  error.stack = `TypeError: ${message}`
  return error
})
const values = fc.oneof(state, errors, fc.tuple(errors, state))

const limits: fc.Arbitrary<WireLimits> = fc.record({
  frameBytes: fc.constantFrom(80, 200, 1_000, 1_048_576),
  depth: fc.integer({ min: 3, max: 9 }),
  mapKeys: fc.integer({ min: 0, max: 6 }),
  arrayLength: fc.integer({ min: 12, max: 16 }),
  stringBytes: fc.constantFrom(5, 20, 31, 40, 1_048_576),
  nodes: fc.integer({ min: 10, max: 80 }),
  envelopes: fc.constant(1),
})

const offering = (offered: WireLimits): FrameCodec =>
  createFrameCodec({ refs: NO_REFS, accepted: DEFAULT_LIMITS, offered })

/** What it answers, or the code of the `ProtocolError` that it throws. */
function attempt<Answer>(act: () => Answer): Answer | string {
  try {
    return act()
  } catch (error) {
    if (error instanceof ProtocolError) return error.code
    throw error
  }
}

const reply = (payload: unknown): WireEnvelope => ({ kind: 'reply', to: 'a', payload })

describe('packing', () => {
  it('counts the values as the scanner of the peer does, which takes all that was packed', () => {
    fc.assert(
      fc.property(values, limits, (value, offered) => {
        const codec = offering(offered)
        const packed = attempt(() => codec.pack(reply(value)))
        if (typeof packed === 'object') expect(codec.packed(packed.bytes).nodes).toBe(packed.nodes)
      }),
      { numRuns: 400 },
    )
  })

  it('refuses what the scanner of the peer would refuse, and nothing else', () => {
    fc.assert(
      fc.property(state, limits, (value, offered) => {
        const { bytes } = generous.pack(reply(value))
        const codec = offering(offered)
        const theirs = attempt(() => codec.packed(bytes))
        expect(typeof attempt(() => codec.pack(reply(value)))).toBe(typeof theirs)
      }),
      { numRuns: 800 },
    )
  })

  it('writes texts of every length and script so that they come back', () => {
    const texts = ['a', 'é', '€', '😀'].flatMap((character) =>
      [0, 1, 8, 23, 24, 25, 31, 32, 33, 85, 86, 127, 128, 255, 256, 1_366, 4_095, 4_096, 4_097, 22_000, 65_536].flatMap(
        (length) => [
          character.repeat(length),
          `${'a'.repeat(length)}${character}`,
          `${character}${'a'.repeat(length)}`,
        ],
      ),
    )
    for (const text of texts) {
      const bytes = generous.batch(1, 0, [{ number: 1, packed: generous.pack(reply({ [`k${text}`]: text })) }])
      const frame = generous.decode(bytes)
      const payload = frame.kind === 'batch' ? frame.envelopes[0]?.envelope.payload : undefined
      expect(payload).toEqual({ [`k${text}`]: text })
    }
  })
})
