/**
 * One snapshot, or one emitted event, for several subscriptions of the same actor.
 *
 * Frames of these kinds are alike but for the number of the subscription, which stands at the third byte. So the value is
 * encoded once for each width that this number has, and copied for the others. Their length is the same, hence also
 * within the limits that the codec has checked.
 */
import type { FrameCodec } from '../protocol/frame-codec.js'
import type { EmittedFrame, SnapshotFrame } from '../protocol/frames.js'

/** Behind the header of the array and the kind, one byte each. */
const NUMBER_AT = 2

export class SharedFrame {
  readonly #byWidth = new Map<number, Uint8Array>()

  constructor(
    private readonly codec: Pick<FrameCodec, 'encode'>,
    private readonly make: (subscription: number) => SnapshotFrame | EmittedFrame,
  ) {}

  /** Throws as `FrameCodec.encode`. */
  bytesFor(subscription: number): Uint8Array {
    const width = widthOf(subscription)
    const encoded = this.#byWidth.get(width)
    if (encoded !== undefined) return renumbered(encoded, subscription, width)
    const bytes = this.codec.encode(this.make(subscription))
    this.#byWidth.set(width, bytes)
    return bytes
  }
}

/** Bytes of the shortest form of a count below 2^32; more than one have a token before the digits. */
function widthOf(count: number): number {
  if (count < 0x80) return 1
  if (count < 0x100) return 2
  return count < 0x1_0000 ? 3 : 5
}

function renumbered(encoded: Uint8Array, subscription: number, width: number): Uint8Array {
  const copy = Buffer.from(encoded)
  if (width === 1) copy[NUMBER_AT] = subscription
  else copy.writeUIntBE(subscription, NUMBER_AT + 1, width - 1)
  return copy
}
