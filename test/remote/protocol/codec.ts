import { NO_REFS, type RefCodec } from '../../../src/persistence/storable.js'
import { createFrameCodec, type FrameCodec } from '../../../src/remote/protocol/frame-codec.js'
import type { SnapshotFrame } from '../../../src/remote/protocol/frames.js'
import { DEFAULT_LIMITS, type WireLimits } from '../../../src/remote/protocol/limits.js'
import { ProtocolError } from '../../../src/remote/protocol/protocol-error.js'

/** A codec whose limits are the default ones but for `limits`, in both directions. */
export function codecWith(limits: Partial<WireLimits> = {}, refs: RefCodec = NO_REFS): FrameCodec {
  const both = { ...DEFAULT_LIMITS, ...limits }
  return createFrameCodec({ refs, accepted: both, offered: both })
}

/** Any value, through the frame that carries any value. */
export function throughWire(value: unknown, codec: FrameCodec = codecWith()): unknown {
  const bytes = codec.encode({ kind: 'snapshot', subscription: 1, seqNr: 1, snapshot: value })
  return (codec.decode(bytes) as SnapshotFrame).snapshot
}

/** The frame `snapshot` around bytes made by hand. */
export function around(hex: string): Uint8Array {
  return Buffer.from(`940c0101${hex.replaceAll(' ', '')}`, 'hex')
}

/** The error that decoding ends with; fails if it is none, or not a typed one. */
export function refusalOf(bytes: Uint8Array, codec: FrameCodec = codecWith()): ProtocolError {
  try {
    codec.decode(bytes)
  } catch (error) {
    if (error instanceof ProtocolError) return error
    throw error
  }
  throw new Error('the frame was accepted')
}
