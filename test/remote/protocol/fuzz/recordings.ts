/** What was once said by the protocol: the test vectors, the sample frames, and values of any kind. */
import fc from 'fast-check'
import { state } from '../../../persistence/arbitrary-state.js'
import vectors from '../../vectors/v1.json' with { type: 'json' }
import { codecWith } from '../codec.js'
import { SAMPLE_ENVELOPES, SAMPLE_FRAMES } from '../sample-frames.js'

const codec = codecWith()
const bytesOf = (hex: string): Buffer => Buffer.from(hex, 'hex')

/** Frames that are all good. */
export function recordings(): Uint8Array[] {
  const packed = SAMPLE_ENVELOPES.map((envelope, i) => ({ number: i + 1, packed: codec.pack(envelope) }))
  const values = fc
    .sample(state, { numRuns: 50, seed: 5 })
    .map((snapshot) => codec.encode({ kind: 'snapshot', subscription: 1, seqNr: 1, snapshot }))
  return [
    ...vectors.frames.map(({ hex }) => bytesOf(hex)),
    ...vectors.handshake.said.map(({ hex }) => bytesOf(hex)),
    ...vectors.values.map(({ hex }) => bytesOf(`940c0101${hex}`)),
    ...SAMPLE_FRAMES.map((frame) => codec.encode(frame)),
    codec.batch(1, 0, packed),
    ...packed.map((one, i) => codec.batch(2, i, [one])),
    ...values.filter(({ length }) => length < 2_000),
  ]
}
