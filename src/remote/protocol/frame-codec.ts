/**
 * Frames to bytes and back, for one link.
 *
 * Boundary: bytes come from a peer that may be hostile; frames that go out were made by this node.
 *
 * 1. `decode` looks at all bytes before it makes anything of them (`scan.ts`), and answers a frame or a `ProtocolError`.
 * 2. What `encode`, `pack` and `batch` give is within the limits of the peer, or they throw.
 * 3. An envelope is packed once, when it is committed; every later sending copies its bytes.
 */
import { RosciusError } from '../../core/errors.js'
import type { RefCodec } from '../../persistence/storable.js'
import { ByteWriter } from './byte-writer.js'
import { inside } from './fields.js'
import { BATCH_HEAD, frameFields, type PlainFrame, readFrame } from './frame-fields.js'
import { FRAME_KINDS, type Frame } from './frames.js'
import { boundedLimits, DEFAULT_LIMITS, type WireLimits } from './limits.js'
import { malformed, overLimit, ProtocolError } from './protocol-error.js'
import { readValue } from './read-value.js'
import { createScanner, type Scanner } from './scan.js'
import { createShortTexts, type ShortTexts } from './short-texts.js'
import { envelopeFields, type WireEnvelope } from './wire-envelope.js'
import { createValueWriter } from './write-value.js'

/** An envelope as bytes (one MessagePack array), and how many values it holds. */
export interface PackedEnvelope {
  readonly bytes: Uint8Array
  readonly nodes: number
}

/** A packed envelope at its place in a batch. */
export interface OutgoingEnvelope {
  /** Absent if and only if its delivery is `atMostOnce`. */
  readonly number?: number
  /** Whole milliseconds that are left now. */
  readonly deadlineMs?: number
  readonly packed: PackedEnvelope
}

export interface FrameCodec {
  /** Throws `VALUE_NOT_STORABLE` for what can't be sent, `ProtocolError` for what the peer would refuse. */
  encode(frame: PlainFrame): Uint8Array
  /** Throws as `encode`. */
  pack(envelope: WireEnvelope): PackedEnvelope
  /** The packed envelope that was kept as `bytes`. Throws `ProtocolError` if the peer would refuse it. */
  packed(bytes: Uint8Array): PackedEnvelope
  /** How many of `outgoing`, from `start` on, go into one frame; at least 1 if there is one. */
  fitting(outgoing: readonly OutgoingEnvelope[], start?: number): number
  /** One batch; numbers have to rise above `after`. Throws `ProtocolError` if it is more than fits. */
  batch(lane: number, after: number, outgoing: readonly OutgoingEnvelope[]): Uint8Array
  /** Throws `ProtocolError`, nothing else. */
  decode(bytes: Uint8Array): Frame
}

export interface FrameCodecOptions {
  readonly refs: RefCodec
  /** What this node takes, at most `MOST_LIMITS`. Default: `DEFAULT_LIMITS`. */
  readonly accepted?: WireLimits
  /** What the peer takes: the limits of its `hello`. Default: `DEFAULT_LIMITS`. */
  readonly offered?: WireLimits
}

const BATCH = FRAME_KINDS.indexOf('batch')
/** Levels that an envelope stands in: the frame, and the array with its number. */
const ENVELOPE_LEVEL = 2
/** Headers and numbers around the envelopes of a frame, and around each of them: at most so many bytes and values. */
const FRAME_ROOM = { bytes: 16, nodes: 4 }
const ENVELOPE_ROOM = { bytes: 19, nodes: 3 }
/** No frame but `batch` has more elements. */
const MOST_ELEMENTS = 32

export function createFrameCodec(options: FrameCodecOptions): FrameCodec {
  const { refs } = options
  const accepted = boundedLimits(options.accepted ?? DEFAULT_LIMITS)
  const offered = boundedLimits(options.offered ?? DEFAULT_LIMITS)
  const out = new ByteWriter()
  const values = createValueWriter(out, refs, offered)
  const measure = createScanner(offered)
  const measureEnvelope = createScanner({ ...offered, depth: offered.depth - ENVELOPE_LEVEL })
  const scan = createScanner(accepted)
  const reading: Reading = { refs, limits: accepted, texts: createShortTexts() }
  const packed = (bytes: Uint8Array): PackedEnvelope => checkRoom({ bytes, nodes: measureEnvelope(bytes) }, offered)
  return {
    packed,
    encode(frame) {
      writeFields(frameFields(frame), frame.kind, 0)
      if (out.length > offered.frameBytes) throw tooLarge()
      const bytes = out.take()
      measure(bytes)
      return bytes
    },
    pack(envelope) {
      // Of the others `fieldsOf` has checked each: only the payload can hold what can't be sent.
      const nodes = writeFields(fieldsOf(envelope), 'envelope.payload', ENVELOPE_LEVEL)
      return checkRoom({ bytes: out.take(), nodes }, offered)
    },
    fitting: (outgoing, start = 0) => fitting(outgoing, start, offered),
    batch(lane, after, outgoing) {
      if (fitting(outgoing, 0, offered) < outgoing.length) throw overLimit('envelopes', offered.envelopes, 'batch')
      out.array(outgoing.length + BATCH_HEAD)
      out.number(BATCH)
      out.number(lane)
      out.number(after)
      for (const envelope of outgoing) writeOutgoing(out, envelope)
      return out.take()
    },
    decode: (bytes) => decode(bytes, scan, reading),
  }

  /** Answers how many values they are, with the array around them. */
  function writeFields(fields: readonly unknown[], at: string, level: number): number {
    let nodes = 1
    out.array(fields.length)
    for (const field of fields) nodes += values.write(field, at, level + 1)
    return nodes
  }

  function tooLarge(): ProtocolError {
    out.clear()
    return overLimit('frameBytes', offered.frameBytes, 'frame')
  }
}

function fieldsOf(envelope: WireEnvelope): readonly unknown[] {
  try {
    return envelopeFields(envelope)
  } catch (error) {
    throw inside('envelope', error)
  }
}

function checkRoom(packed: PackedEnvelope, limits: WireLimits): PackedEnvelope {
  if (packed.bytes.length + FRAME_ROOM.bytes + ENVELOPE_ROOM.bytes > limits.frameBytes) {
    throw overLimit('frameBytes', limits.frameBytes, 'envelope')
  }
  if (packed.nodes + FRAME_ROOM.nodes + ENVELOPE_ROOM.nodes > limits.nodes)
    throw overLimit('nodes', limits.nodes, 'envelope')
  return packed
}

function fitting(outgoing: readonly OutgoingEnvelope[], start: number, limits: WireLimits): number {
  const most = Math.min(outgoing.length, start + Math.min(limits.envelopes, limits.arrayLength - BATCH_HEAD))
  let { bytes, nodes } = FRAME_ROOM
  let end = start
  for (; end < most; end++) {
    const { packed } = outgoing[end]!
    bytes += packed.bytes.length + ENVELOPE_ROOM.bytes
    nodes += packed.nodes + ENVELOPE_ROOM.nodes
    if (bytes > limits.frameBytes || nodes > limits.nodes) break
  }
  return end - start
}

function writeOutgoing(out: ByteWriter, { number, deadlineMs, packed }: OutgoingEnvelope): void {
  out.array(3)
  if (number === undefined) out.nil()
  else out.number(number)
  if (deadlineMs === undefined) out.nil()
  else out.number(deadlineMs)
  out.raw(packed.bytes)
}

interface Reading {
  readonly refs: RefCodec
  readonly limits: WireLimits
  readonly texts: ShortTexts
}

function decode(bytes: Uint8Array, scan: Scanner, { refs, limits, texts }: Reading): Frame {
  scan(bytes)
  const elements = elementsOf(bytes)
  if (elements > MOST_ELEMENTS && elements > limits.envelopes + BATCH_HEAD)
    throw overLimit('envelopes', limits.envelopes, 'frame')
  const frame = readFrame(decoded(bytes, refs, texts))
  if (frame.kind === 'batch' && frame.envelopes.length > limits.envelopes)
    throw overLimit('envelopes', limits.envelopes, 'batch')
  return frame
}

/** How many elements the array has that the frame is; 0 if it is none. The scanner has passed it. */
function elementsOf(bytes: Uint8Array): number {
  const token = bytes[0]!
  if (token >= 0x90 && token < 0xa0) return token & 0x0f
  if (token === 0xdc) return bytes[1]! * 256 + bytes[2]!
  return token === 0xdd ? ((bytes[1]! << 24) | (bytes[2]! << 16) | (bytes[3]! << 8) | bytes[4]!) >>> 0 : 0
}

/** Whatever a ref of this node makes of an address, what comes out is a value or a `ProtocolError`. */
function decoded(bytes: Uint8Array, refs: RefCodec, texts: ShortTexts): unknown {
  try {
    return readValue(bytes, refs, texts)
  } catch (error) {
    if (error instanceof ProtocolError) throw error
    const what = error instanceof RosciusError ? error.code : 'a value in it can not be made'
    throw malformed(what, 'frame')
  }
}
