import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SharedFrame } from '../../../src/remote/subscriptions/shared-frame.js'
import { codecWith } from '../protocol/codec.js'

test('a frame for several subscriptions has the bytes that encoding it for each would give', () => {
  const codec = codecWith()
  const event = { type: 'ping', n: 1 }
  const numbers = fc.oneof(fc.nat(), fc.constantFrom(0, 127, 128, 255, 256, 65_535, 65_536, 4_294_967_295))
  fc.assert(
    fc.property(fc.array(numbers, { minLength: 1 }), (subscriptions) => {
      const shared = new SharedFrame(codec, (subscription) => ({ kind: 'emitted', subscription, event }))
      for (const subscription of subscriptions) {
        const alone = codec.encode({ kind: 'emitted', subscription, event })
        expect(Buffer.compare(shared.bytesFor(subscription), alone)).toBe(0)
      }
    }),
  )
})
