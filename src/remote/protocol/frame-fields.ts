/**
 * Frames to the elements of their array, and back. `hello` alone may be longer than is known here: its first four
 * elements mean the same in every version, so that any two nodes can at least tell each other that they can't talk.
 */
import {
  booleanOf,
  bytesOf,
  countOf,
  eventOf,
  inside,
  listOf,
  nameAt,
  nodeNameOf,
  optional,
  pathOf,
  textOf,
  trueOf,
  tupleOf,
} from './fields.js'
import {
  type BatchFrame,
  type CloseFrame,
  DEMANDS,
  FRAME_KINDS,
  type Frame,
  type FrameKind,
  type HelloFrame,
  MAC_BYTES,
  NONCE_BYTES,
  PROTOCOL_VERSION,
  SUBJECTS,
  type WelcomeFrame,
} from './frames.js'
import { LANES, type Lane, type Lanes } from './lanes.js'
import { LEAST_LIMITS, LIMIT_NAMES, type WireLimits } from './limits.js'
import { isProtocolCode, malformed, type ProtocolCode, ProtocolError } from './protocol-error.js'
import { type NumberedEnvelope, readNumbered } from './wire-envelope.js'

const MAGIC = 'roscius'
const MOST = Number.MAX_SAFE_INTEGER
const MOST_32 = 0xffff_ffff
const MAX_VERSION = 255
const MAX_FEATURES = 32
const MAX_NAME_LENGTH = 128
const MAX_MESSAGE_LENGTH = 500
/** Elements of a batch before its envelopes: kind, lane, after. */
export const BATCH_HEAD = 3

/** Every frame but `batch`, whose envelopes are packed already. */
export type PlainFrame = Exclude<Frame, { readonly kind: 'batch' }>

export function frameFields(frame: PlainFrame): readonly unknown[] {
  return [FRAME_KINDS.indexOf(frame.kind), ...fieldsBehindKind(frame)]
}

function fieldsBehindKind(frame: PlainFrame): readonly unknown[] {
  switch (frame.kind) {
    case 'hello':
      return helloFields(frame)
    case 'challenge':
      return [DEMANDS.indexOf(frame.demand)]
    case 'proof':
      return [Buffer.from(frame.mac)]
    case 'welcome':
      return welcomeFields(frame)
    case 'refuse':
    case 'close':
      return [frame.code, frame.message]
    case 'ack':
      return [frame.lane, frame.position, frame.isStored]
    case 'credit':
      return [frame.envelopes, frame.bytes]
    case 'ping':
    case 'pong':
      return [frame.token]
    case 'subscribe':
      return [frame.subscription, frame.path, SUBJECTS.indexOf(frame.subject)]
    case 'unsubscribe':
      return [frame.subscription, frame.code ?? null]
    case 'snapshot':
      return [frame.subscription, frame.seqNr, frame.snapshot]
    case 'emitted':
      return [frame.subscription, frame.event]
  }
}

function helloFields(hello: HelloFrame): readonly unknown[] {
  const { minVersion, maxVersion, node, storeId, incarnation, nonce, limits, features, keyId } = hello
  const values = LIMIT_NAMES.map((name) => limits[name])
  return [
    MAGIC,
    minVersion,
    maxVersion,
    node,
    storeId,
    incarnation,
    Buffer.from(nonce),
    values,
    features,
    keyId ?? null,
  ]
}

function welcomeFields({ version, received, sent, left, credit, adopts }: WelcomeFrame): readonly unknown[] {
  const fields = [version, received, sent, left, credit.envelopes, credit.bytes]
  return adopts === undefined ? fields : [...fields, adopts]
}

/** The frame that a decoded value is. Throws `ProtocolError`. */
export function readFrame(value: unknown): Frame {
  const list = listOf(value, 'frame')
  const kind = nameAt(FRAME_KINDS, list[0], 'frame.kind')
  return READERS[kind](list, kind)
}

type ReaderOf = (list: readonly unknown[], kind: FrameKind) => Frame

const READERS: Readonly<Record<FrameKind, ReaderOf>> = {
  hello: readHello,
  challenge: (list) => {
    const [, demand] = tupleOf(list, 2, 2, 'challenge')
    return { kind: 'challenge', demand: nameAt(DEMANDS, demand, 'challenge.demand') }
  },
  proof: (list) => {
    const [, mac] = tupleOf(list, 2, 2, 'proof')
    return { kind: 'proof', mac: bytesOf(mac, MAC_BYTES, 'proof.mac') }
  },
  welcome: readWelcome,
  refuse: (list) => ({ kind: 'refuse', ...readEnd(list, 'refuse') }),
  close: (list) => ({ kind: 'close', ...readEnd(list, 'close') }),
  batch: readBatch,
  ack: (list) => {
    const [, lane, position, isStored] = tupleOf(list, 4, 4, 'ack')
    return {
      kind: 'ack',
      lane: laneOf(lane, 'ack.lane'),
      position: countOf(position, 1, MOST, 'ack.position'),
      isStored: booleanOf(isStored, 'ack.stored'),
    }
  },
  credit: (list) => {
    const [, envelopes, bytes] = tupleOf(list, 3, 3, 'credit')
    return { kind: 'credit', ...readCredit(envelopes, bytes, 'credit') }
  },
  ping: readPing,
  pong: readPing,
  subscribe: (list) => {
    const [, subscription, path, subject] = tupleOf(list, 4, 4, 'subscribe')
    return {
      kind: 'subscribe',
      subscription: subscriptionOf(subscription, 'subscribe'),
      path: pathOf(path, 'subscribe.path'),
      subject: nameAt(SUBJECTS, subject, 'subscribe.subject'),
    }
  },
  unsubscribe: (list) => {
    const [, subscription, code] = tupleOf(list, 2, 3, 'unsubscribe')
    const why = optional(code, codeOf, 'unsubscribe.code')
    return { kind: 'unsubscribe', subscription: subscriptionOf(subscription, 'unsubscribe'), ...(why && { code: why }) }
  },
  snapshot: (list) => {
    const [, subscription, seqNr, snapshot] = tupleOf(list, 4, 4, 'snapshot')
    const id = subscriptionOf(subscription, 'snapshot')
    return { kind: 'snapshot', subscription: id, seqNr: countOf(seqNr, 0, MOST, 'snapshot.seqNr'), snapshot }
  },
  emitted: (list) => {
    const [, subscription, event] = tupleOf(list, 3, 3, 'emitted')
    const id = subscriptionOf(subscription, 'emitted')
    return { kind: 'emitted', subscription: id, event: eventOf(event, 'emitted.event') }
  },
}

function readBatch(list: readonly unknown[]): BatchFrame {
  const lane = laneOf(list[1], 'batch.lane')
  const after = countOf(list[2], 0, MOST, 'batch.after')
  const envelopes = list.slice(BATCH_HEAD).map(envelopeAt)
  checkRising(envelopes, after)
  return { kind: 'batch', lane, after, envelopes }
}

/** Holes are allowed: what expired, or was lost with the process of a volatile sender. */
function checkRising(envelopes: readonly NumberedEnvelope[], after: number): void {
  let last = after
  for (let i = 0; i < envelopes.length; i++) {
    const number = envelopes[i]?.number
    if (number === undefined) continue
    if (number <= last) throw malformed('a number is not above the one before it', `batch[${i}].number`)
    last = number
  }
}

function envelopeAt(value: unknown, index: number): NumberedEnvelope {
  try {
    return readNumbered(value)
  } catch (error) {
    throw inside(`batch[${index}]`, error)
  }
}

function readHello(list: readonly unknown[]): HelloFrame {
  if (list[1] !== MAGIC) throw malformed(`"${MAGIC}" is expected`, 'hello.magic')
  const minVersion = countOf(list[2], 1, MAX_VERSION, 'hello.minVersion')
  const maxVersion = countOf(list[3], minVersion, MAX_VERSION, 'hello.maxVersion')
  if (minVersion > PROTOCOL_VERSION) throw versionUnsupported(minVersion, maxVersion)
  const [, , , , node, storeId, incarnation, nonce, limits, features, keyId] = tupleOf(list, 10, 32, 'hello')
  const key = optional(keyId, shortTextOf, 'hello.keyId')
  return {
    kind: 'hello',
    minVersion,
    maxVersion,
    node: nodeNameOf(node, 'hello.node'),
    storeId: shortTextOf(storeId, 'hello.storeId'),
    incarnation: countOf(incarnation, 1, MOST, 'hello.incarnation'),
    nonce: bytesOf(nonce, NONCE_BYTES, 'hello.nonce'),
    limits: limitsOf(limits),
    features: featuresOf(features),
    ...(key !== undefined && { keyId: key }),
  }
}

export function versionUnsupported(min: number, max: number): ProtocolError {
  const message = `The peer speaks the versions ${min} to ${max} of the protocol, this node ${PROTOCOL_VERSION}: upgrade the older one.`
  return new ProtocolError('VERSION_UNSUPPORTED', message, 'hello.minVersion')
}

function limitsOf(value: unknown): WireLimits {
  const values = tupleOf(value, LIMIT_NAMES.length, LIMIT_NAMES.length, 'hello.limits')
  const limits = LIMIT_NAMES.map((name, i) => [
    name,
    countOf(values[i], LEAST_LIMITS[name], MOST_32, `hello.limits.${name}`),
  ])
  return Object.fromEntries(limits) as WireLimits
}

function featuresOf(value: unknown): readonly string[] {
  return tupleOf(value, 0, MAX_FEATURES, 'hello.features').map((feature, i) =>
    shortTextOf(feature, `hello.features[${i}]`),
  )
}

function readWelcome(list: readonly unknown[]): WelcomeFrame {
  const [, version, received, sent, left, envelopes, bytes, adopts] = tupleOf(list, 7, 8, 'welcome')
  const isAdopting = optional(adopts, trueOf, 'welcome.adopts')
  const given = lanesOf(sent, 'welcome.sent')
  return {
    kind: 'welcome',
    version: countOf(version, 1, MAX_VERSION, 'welcome.version'),
    received: lanesOf(received, 'welcome.received'),
    sent: given,
    left: leftOf(left, given),
    credit: readCredit(envelopes, bytes, 'welcome.credit'),
    ...(isAdopting && { adopts: isAdopting }),
  }
}

function readEnd(list: readonly unknown[], at: string): Omit<CloseFrame, 'kind'> {
  const [, code, message] = tupleOf(list, 3, 3, at)
  return { code: codeOf(code, `${at}.code`), message: textOf(message, `${at}.message`, MAX_MESSAGE_LENGTH) }
}

function readCredit(envelopes: unknown, bytes: unknown, at: string): { envelopes: number; bytes: number } {
  return { envelopes: countOf(envelopes, 0, MOST_32, `${at}.envelopes`), bytes: countOf(bytes, 0, MOST, `${at}.bytes`) }
}

function laneOf(value: unknown, at: string): Lane {
  return countOf(value, 0, LANES.length - 1, at) as Lane
}

function lanesOf(value: unknown, at: string): Lanes {
  const counts = tupleOf(value, LANES.length, LANES.length, at)
  return counts.map((count, lane) => countOf(count, 0, MOST, `${at}[${lane}]`)) as unknown as Lanes
}

/** Nothing leaves without a number. */
function leftOf(value: unknown, sent: Lanes): Lanes {
  const left = lanesOf(value, 'welcome.left')
  for (const [lane, number] of left.entries()) countOf(number, 0, sent[lane] as number, `welcome.left[${lane}]`)
  return left
}

function readPing(list: readonly unknown[], kind: FrameKind): Frame {
  const [, token] = tupleOf(list, 2, 2, kind)
  return { kind: kind as 'ping' | 'pong', token: countOf(token, 0, MOST, `${kind}.token`) }
}

function subscriptionOf(value: unknown, at: string): number {
  return countOf(value, 0, MOST_32, `${at}.subscription`)
}

function codeOf(value: unknown, at: string): ProtocolCode {
  if (!isProtocolCode(value)) throw malformed('a code of the protocol is expected', at)
  return value
}

function shortTextOf(value: unknown, at: string): string {
  return textOf(value, at, MAX_NAME_LENGTH)
}
