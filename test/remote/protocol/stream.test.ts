import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import {
  type ChallengeFrame,
  FRAME_KINDS,
  type Frame,
  type HelloFrame,
  type WelcomeFrame,
} from '../../../src/remote/protocol/frames.js'
import { macOf } from '../../../src/remote/protocol/handshake/shared-keys.js'
import { transcriptOf } from '../../../src/remote/protocol/handshake/transcript.js'
import { DELIVERIES, ENVELOPE_KINDS } from '../../../src/remote/protocol/wire-envelope.js'
import { RawPeer } from '../system/raw-peer.js'
import { gistOf } from '../vectors/gist.js'
import { openAcceptor, recordStream, streamNodes } from '../vectors/record-stream.js'
import { decodedOf, encodedAgain, type Said, type Stream } from '../vectors/stream.js'
import { toTagged } from '../vectors/tagged-json.js'

const { RECORD_STREAM } = process.env
if (RECORD_STREAM !== undefined) writeFileSync(RECORD_STREAM, `${JSON.stringify(await recordStream(), undefined, 2)}\n`)

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8')
const recorded = JSON.parse(read('../vectors/stream-v1.json')) as Stream

const by = ({ said }: Stream, who: Said['by']): readonly Said[] => said.filter((one) => one.by === who)
const framesBy = (stream: Stream, who: Said['by']): readonly Frame[] => by(stream, who).map(decodedOf)
/** What comes after the handshake. */
const linkFramesBy = (stream: Stream, who: Said['by']): readonly Frame[] =>
  framesBy(stream, who).slice(framesBy(stream, who).findIndex(({ kind }) => kind === 'welcome') + 1)

function frameOf<T extends Frame>(who: Said['by'], kind: T['kind']): T {
  const frame = framesBy(recorded, who).find((one) => one.kind === kind)
  if (frame === undefined) throw new Error(`The ${who} has said no ${kind}.`)
  return frame as T
}

describe('the conversation that was recorded with version 1, for ever', () => {
  const rows = recorded.said.map((said, i): [number, string, string, Said] => [i, said.by, decodedOf(said).kind, said])

  it.each(rows)('means what it meant, and is written as it was: frame %i of the %s, %s', (_i, _by, _kind, said) => {
    expect(toTagged(decodedOf(said))).toEqual(said.frame)
    expect(encodedAgain(decodedOf(said))).toBe(said.hex)
  })

  it.each(['dialler', 'acceptor'] as const)('has proofs that hold: %s', (who) => {
    const [dialler, acceptor] = (['dialler', 'acceptor'] as const).map((side) => ({
      hello: frameOf<HelloFrame>(side, 'hello'),
      demand: frameOf<ChallengeFrame>(side, 'challenge').demand,
    }))
    const conversation = { version: 1, dialler: dialler!, acceptor: acceptor!, channelBinding: new Uint8Array() }
    const mac = macOf(Buffer.from(recorded.key.secret, 'hex'), transcriptOf(who, conversation))
    expect(frameOf(who, 'proof')).toEqual({ kind: 'proof', mac })
  })

  it('has every kind of frame and of envelope, in all lanes', () => {
    expect(contentsOf(recorded)).toEqual({
      frames: FRAME_KINDS.filter((kind) => kind !== 'refuse').toSorted(),
      envelopes: ENVELOPE_KINDS.toSorted(),
      deliveries: DELIVERIES.toSorted(),
      lanes: [0, 1, 2],
    })
  })

  it('is answered by a node of today as it was', async () => {
    const nodes = streamNodes()
    await openAcceptor(nodes)
    const { storeId, incarnation } = frameOf<HelloFrame>('dialler', 'hello')
    const welcome = frameOf<WelcomeFrame>('dialler', 'welcome')
    const peer = await RawPeer.dial(nodes, 'b', { name: 'a', storeId, incarnation, welcome })
    const said = by(recorded, 'dialler')
    const through = said.findIndex((one) => decodedOf(one).kind === 'welcome')
    for (const [i, { atMs, hex }] of said.entries()) {
      if (i <= through) continue
      await nodes.clock.advance(atMs - said[i - 1]!.atMs)
      peer.sendBytes(Buffer.from(hex, 'hex'))
    }
    await nodes.clock.advance(1_000)
    expect(gistOf(peer.frames)).toEqual(gistOf(linkFramesBy(recorded, 'acceptor')))
    await nodes.close()
  })

  it('is had by two nodes of today as it was', async () => {
    const today = await recordStream()
    for (const who of ['dialler', 'acceptor'] as const)
      expect(withoutSeals(gistOf(linkFramesBy(today, who)))).toEqual(withoutSeals(gistOf(linkFramesBy(recorded, who))))
    expect(contentsOf(today)).toEqual(contentsOf(recorded))
  })
})

function contentsOf(stream: Stream): Record<string, readonly unknown[]> {
  const frames = stream.said.map(decodedOf)
  const batches = frames.filter((frame) => frame.kind === 'batch')
  const envelopes = batches.flatMap((batch) => batch.envelopes.map(({ envelope }) => envelope))
  return {
    frames: [...new Set(frames.map(({ kind }) => kind))].toSorted(),
    envelopes: [...new Set(envelopes.map(({ kind }) => kind))].toSorted(),
    deliveries: [...new Set(envelopes.map(({ delivery = 'exactlyOnce' }) => delivery))].toSorted(),
    lanes: [...new Set(batches.map(({ lane }) => lane))].toSorted(),
  }
}

/** Seals of reply addresses, stores and ids are of chance. */
function withoutSeals(gist: unknown): unknown {
  const text = JSON.stringify(gist)
  return JSON.parse(text.replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/g, '<chance>'))
}
