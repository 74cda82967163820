/**
 * A recorded conversation of two nodes: every frame with its bytes, what it means, who said it and when.
 *
 * `stream-v1.json` was recorded once, by `record-stream.ts`:
 *
 *     RECORD_STREAM=test/remote/vectors/stream-v1.json npx vitest run test/remote/protocol/stream.test.ts
 *
 * Once a version of the protocol is released its file is never recorded again, for that is what nodes of that version say. The
 * next version gets a file of its own.
 */
import { createFrameCodec, type FrameCodec } from '../../../src/remote/protocol/frame-codec.js'
import type { Frame } from '../../../src/remote/protocol/frames.js'
import { vectorRefs } from './tagged-json.js'

export interface Said {
  /** Since the dialler was opened, as its clock shows it. */
  readonly atMs: number
  readonly by: 'dialler' | 'acceptor'
  readonly hex: string
  /** As tagged JSON. */
  readonly frame: unknown
}

export interface Stream {
  readonly version: number
  /** What both nodes prove with; the secret in hex. */
  readonly key: { readonly id: string; readonly secret: string }
  readonly said: readonly Said[]
}

/** Refs are addresses. */
export const streamCodec: FrameCodec = createFrameCodec({ refs: vectorRefs })

export function encodedAgain(frame: Frame): string {
  if (frame.kind !== 'batch') return hexOf(streamCodec.encode(frame))
  const outgoing = frame.envelopes.map(({ envelope, ...place }) => ({ ...place, packed: streamCodec.pack(envelope) }))
  return hexOf(streamCodec.batch(frame.lane, frame.after, outgoing))
}

export const decodedOf = ({ hex }: Said): Frame => streamCodec.decode(Buffer.from(hex, 'hex'))

export const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
