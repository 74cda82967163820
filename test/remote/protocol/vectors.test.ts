import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { unpack } from 'msgpackr'
import { describe, expect, it } from 'vitest'
import { createFrameCodec } from '../../../src/remote/protocol/frame-codec.js'
import type { PlainFrame } from '../../../src/remote/protocol/frame-fields.js'
import {
  type BatchFrame,
  FRAME_KINDS,
  type Frame,
  type HelloFrame,
  type WelcomeFrame,
} from '../../../src/remote/protocol/frames.js'
import { type HandshakeStep, startHandshake } from '../../../src/remote/protocol/handshake/handshake.js'
import { transcriptOf } from '../../../src/remote/protocol/handshake/transcript.js'
import { ENVELOPE_KINDS } from '../../../src/remote/protocol/wire-envelope.js'
import { fromTagged, vectorRefs } from '../vectors/tagged-json.js'
import { around, refusalOf } from './codec.js'
import { stepWelcoming } from './welcoming.js'

interface Vectors {
  readonly frames: readonly { readonly meaning: string; readonly hex: string; readonly frame: unknown }[]
  readonly values: readonly { readonly hex: string; readonly value: unknown }[]
  readonly refused: readonly { readonly meaning: string; readonly hex: string; readonly code: string }[]
  readonly handshake: {
    readonly key: { readonly id: string; readonly secret: string }
    readonly transcripts: { readonly dialler: string; readonly acceptor: string }
    readonly said: readonly { readonly by: 'dialler' | 'acceptor'; readonly hex: string; readonly frame: unknown }[]
  }
}

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8')
const vectors = JSON.parse(read('../vectors/v1.json')) as Vectors
const page = read('../../../docs/reference/wire-protocol.md')

const codec = createFrameCodec({ refs: vectorRefs })
const bytesOf = (hex: string): Buffer => Buffer.from(hex, 'hex')
const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

function encoded(frame: Frame): string {
  if (frame.kind !== 'batch') return hexOf(codec.encode(frame))
  const outgoing = frame.envelopes.map(({ envelope, ...place }) => ({ ...place, packed: codec.pack(envelope) }))
  return hexOf(codec.batch(frame.lane, frame.after, outgoing))
}

// These vectors are what other implementations were written by: a change here is a new version of the protocol.
describe('version 1 of the protocol, for ever', () => {
  it.each(vectors.frames)('reads and writes the frame: $meaning', ({ hex, frame }) => {
    const meant = fromTagged(frame) as PlainFrame | BatchFrame
    expect(isDeepStrictEqual(codec.decode(bytesOf(hex)), meant)).toBe(true)
    expect(encoded(meant)).toBe(hex)
  })

  it.each(vectors.values.map(({ hex, value }): [string, string, unknown] => [JSON.stringify(value), hex, value]))(
    'reads and writes the value %s',
    (_, hex, value) => {
      const meant = fromTagged(value)
      expect((codec.decode(around(hex)) as unknown as { snapshot: unknown }).snapshot).toStrictEqual(meant)
      expect(hexOf(codec.encode({ kind: 'snapshot', subscription: 1, seqNr: 1, snapshot: meant }))).toBe(
        `940c0101${hex}`,
      )
    },
  )

  it.each(vectors.refused)('refuses $meaning', ({ hex, code }) => {
    expect(refusalOf(bytesOf(hex), codec).code).toBe(code)
  })

  it('has a vector of every kind of frame and of envelope', () => {
    const said = vectors.handshake.said.map(({ frame }) => frame as Frame)
    const frames = [...vectors.frames.map(({ frame }) => frame as Frame), ...said]
    expect(new Set(frames.map(({ kind }) => kind))).toEqual(new Set(FRAME_KINDS))
    const envelopes = frames.flatMap((frame) => (frame.kind === 'batch' ? frame.envelopes : []))
    expect(new Set(envelopes.map(({ envelope }) => envelope.kind))).toEqual(new Set(ENVELOPE_KINDS))
  })

  it('is plain MessagePack: another reader finds an array that begins with the kind', () => {
    for (const { hex } of [...vectors.frames, ...vectors.handshake.said]) {
      // This reader makes values of the extension 0x79 in its own way, which is not the wire's.
      if (hex.includes('7903')) continue
      expect((unpack(bytesOf(hex)) as unknown[])[0]).toBe(codecKind(hex))
    }
  })

  it('is quoted by the reference page as it is', () => {
    const quoted = new Set([...page.matchAll(/\b(?:[0-9a-f]{2}){2,}\b/g)].map(([hex]) => hex))
    const every = [...vectors.frames, ...vectors.values, ...vectors.refused, ...vectors.handshake.said].map(
      ({ hex }) => hex,
    )
    const proofs = [vectors.handshake.transcripts.dialler, vectors.handshake.key.secret]
    for (const hex of [...every, ...proofs].filter(({ length }) => length >= 4))
      expect(quoted.has(hex), `${hex} is quoted`).toBe(true)
  })
})

function codecKind(hex: string): number {
  return FRAME_KINDS.indexOf(codec.decode(bytesOf(hex)).kind)
}

describe('the handshake of version 1, for ever', () => {
  const { key, transcripts, said } = vectors.handshake
  const secret = bytesOf(key.secret)
  const frameOf = (by: string, kind: string): Frame =>
    codec.decode(bytesOf(said.find((one) => one.by === by && (one.frame as Frame).kind === kind)!.hex))

  it('says what it said, with the same nonces and key', () => {
    const sides: Record<string, HandshakeStep> = { dialler: start('dialler'), acceptor: start('acceptor') }
    const heard: { by: string; hex: string }[] = []
    const queue = sides.dialler!.send.map((frame) => ({ by: 'dialler', frame }))
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const to = next.by === 'dialler' ? 'acceptor' : 'dialler'
      heard.push({ by: next.by, hex: encoded(next.frame) })
      const step = stepWelcoming(sides[to]!.state, codec.decode(bytesOf(heard.at(-1)!.hex)), welcomeOf(to))
      sides[to] = step
      queue.push(...step.send.map((frame) => ({ by: to, frame })))
    }
    expect(heard).toEqual(said.map(({ by, hex }) => ({ by, hex })))
    expect(Object.values(sides).map(({ outcome }) => outcome?.type)).toEqual(['established', 'established'])
  })

  it.each(['dialler', 'acceptor'] as const)('proves the transcript that the page describes: %s', (by) => {
    const sides = (['dialler', 'acceptor'] as const).map((side) => ({
      hello: frameOf(side, 'hello') as HelloFrame,
      demand: 'proof' as const,
    }))
    const conversation = { version: 1, dialler: sides[0]!, acceptor: sides[1]!, channelBinding: new Uint8Array() }
    expect(hexOf(transcriptOf(by, conversation))).toBe(transcripts[by])
    const mac = createHmac('sha256', secret).update(bytesOf(transcripts[by])).digest()
    expect(frameOf(by, 'proof')).toEqual({ kind: 'proof', mac })
  })

  function start(role: 'dialler' | 'acceptor'): HandshakeStep {
    const hello = frameOf(role, 'hello') as HelloFrame
    const { node, storeId, incarnation, features, nonce } = hello
    return startHandshake({
      role,
      ...{ node, storeId, incarnation, features },
      ...(role === 'dialler' && { peer: 'node-b' }),
      random: { next: () => 0, id: () => '', bytes: () => nonce },
      keys: () => [{ id: key.id, secret }],
    })
  }

  function welcomeOf(role: string): WelcomeFrame {
    return frameOf(role, 'welcome') as WelcomeFrame
  }
})
