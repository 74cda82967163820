/**
 * What both sides prove that they agree on, as bytes.
 *
 * Each field is its length in four bytes (big-endian) and its bytes; the fields and their order are fixed, so no two
 * transcripts have the same bytes. A proof covers everything that was said before it, so that nothing of it can be
 * changed, left out, or used again with another nonce, in another role, or for another node.
 */
import { DEMANDS, type HelloFrame } from '../frames.js'
import { LIMIT_NAMES } from '../limits.js'

export type Role = 'dialler' | 'acceptor'

/** Tells these bytes from anything else that the same secret may be used for. */
const DOMAIN = 'roscius wire handshake proof 1'

export interface Said {
  readonly hello: HelloFrame
  readonly demand: (typeof DEMANDS)[number]
}

export interface Conversation {
  readonly version: number
  readonly dialler: Said
  readonly acceptor: Said
  /** Bytes that only the two ends of this connection know alike, such as exported key material of TLS; else empty. */
  readonly channelBinding: Uint8Array
}

/** The bytes of which the proof of the side `prover` is the HMAC. */
export function transcriptOf(prover: Role, conversation: Conversation): Uint8Array {
  const { version, dialler, acceptor, channelBinding } = conversation
  const fields = [
    text(DOMAIN),
    text(prover),
    whole(version),
    ...saidFields(dialler),
    ...saidFields(acceptor),
    channelBinding,
  ]
  return Buffer.concat(fields.flatMap((field) => [whole(field.length), field]))
}

function saidFields({ hello, demand }: Said): readonly Uint8Array[] {
  return [
    whole(hello.minVersion),
    whole(hello.maxVersion),
    text(hello.node),
    text(hello.storeId),
    long(hello.incarnation),
    hello.nonce,
    Buffer.concat(LIMIT_NAMES.map((name) => whole(hello.limits[name]))),
    Buffer.concat(hello.features.flatMap((feature) => [whole(Buffer.byteLength(feature)), text(feature)])),
    text(hello.keyId ?? ''),
    whole(DEMANDS.indexOf(demand)),
  ]
}

function text(value: string): Uint8Array {
  return Buffer.from(value, 'utf8')
}

function whole(value: number): Uint8Array {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

function long(value: number): Uint8Array {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(BigInt(value))
  return bytes
}
