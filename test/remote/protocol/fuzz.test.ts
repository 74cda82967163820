import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Frame } from '../../../src/remote/protocol/frames.js'
import {
  type HandshakeOptions,
  type HandshakeState,
  type OwnWelcome,
  startHandshake,
} from '../../../src/remote/protocol/handshake/handshake.js'
import { isProtocolCode, ProtocolError } from '../../../src/remote/protocol/protocol-error.js'
import { seededRandom } from '../../../src/testing/seeded-random.js'
import { state } from '../../persistence/arbitrary-state.js'
import { codecWith } from './codec.js'
import { SAMPLE_ENVELOPES, SAMPLE_FRAMES } from './sample-frames.js'
import { stepWelcoming } from './welcoming.js'

/** More by `WIRE_FUZZ_RUNS=1000000 npx vitest run test/remote/protocol/fuzz.test.ts`; another `WIRE_FUZZ_SEED` for others. */
const RUNS = Number(process.env.WIRE_FUZZ_RUNS ?? 50_000)
const SEED = process.env.WIRE_FUZZ_SEED ?? 'roscius'
const MINUTES = 60_000 * Math.max(1, RUNS / 50_000)

const codec = codecWith()

/** Bytes that lead into every part of the decoder. */
const HEADERS = [
  0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc4, 0xc6, 0xc7, 0xc9, 0xcb, 0xcf, 0xd3, 0xd4, 0xd8, 0xdb, 0xdd,
  0xdf, 0xff,
]
const TYPES = [0x00, 0x42, 0x62, 0x65, 0x69, 0x70, 0x72, 0x73, 0x74, 0x78, 0x79, 0xff]

type Chance = () => number

function corpus(): Uint8Array[] {
  const packed = SAMPLE_ENVELOPES.map((envelope, i) => ({ number: i + 1, packed: codec.pack(envelope) }))
  const values = fc
    .sample(state, { numRuns: 200, seed: 5 })
    .map((snapshot) => codec.encode({ kind: 'snapshot', subscription: 1, seqNr: 1, snapshot }))
  const small = values.filter(({ length }) => length < 2_000)
  return [
    ...SAMPLE_FRAMES.map((frame) => codec.encode(frame)),
    codec.batch(1, 0, packed),
    ...packed.map((one, i) => codec.batch(2, i, [one])),
    ...small,
  ]
}

function mutated(bytes: Uint8Array, others: readonly Uint8Array[], chance: Chance): Uint8Array {
  let result = Buffer.from(bytes)
  for (let i = 1 + Math.floor(chance() * 4); i > 0; i--) result = mutate(result, others, chance)
  return result
}

function mutate(bytes: Buffer, others: readonly Uint8Array[], chance: Chance): Buffer<ArrayBuffer> {
  const at = Math.floor(chance() * bytes.length)
  const copy = Buffer.from(bytes)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(chance() * list.length)]!
  switch (Math.floor(chance() * 8)) {
    case 0:
      if (bytes.length > 0) copy[at]! ^= 1 << Math.floor(chance() * 8)
      return copy
    case 1:
      if (bytes.length > 0) copy[at] = pick(HEADERS)
      return copy
    case 2:
      return Buffer.from(copy.subarray(0, at))
    case 3:
      return Buffer.concat([copy.subarray(0, at), Buffer.from([pick(HEADERS)]), copy.subarray(at)])
    case 4:
      return Buffer.concat([
        copy.subarray(0, at),
        Buffer.from([pick([0xc7, 0xd4, 0xd5, 0xd8]), pick([1, 2, 4, 8]), pick(TYPES)]),
        copy.subarray(at),
      ])
    case 5: {
      const other = pick(others)
      return Buffer.concat([copy.subarray(0, at), other.subarray(Math.floor(chance() * other.length))])
    }
    case 6:
      return Buffer.concat([copy.subarray(0, at), copy.subarray(Math.floor(at * chance()))])
    default:
      copy.subarray(at, at + Math.floor(chance() * 9)).fill(Math.floor(chance() * 256))
      return copy
  }
}

/** The frame, or the typed error; anything else that is thrown fails the test. */
function answerTo(bytes: Uint8Array): Frame | ProtocolError {
  try {
    return codec.decode(bytes)
  } catch (error) {
    if (!(error instanceof ProtocolError) || !isProtocolCode(error.code))
      throw new Error(`${Buffer.from(bytes).toString('hex')} gave no typed error`, { cause: error })
    return error
  }
}

describe('whatever bytes come', () => {
  it(`each of ${RUNS} mutated frames is answered by a frame or a typed error`, { timeout: MINUTES }, () => {
    const chance = seededRandom(SEED).next
    const frames = corpus()
    let taken = 0
    for (let i = 0; i < RUNS; i++) {
      const bytes = mutated(frames[i % frames.length]!, frames, chance)
      if (!(answerTo(bytes) instanceof ProtocolError)) taken++
    }
    // Mutations that all break, or all pass, would test little.
    expect(taken).toBeGreaterThan(RUNS / 100)
    expect(taken).toBeLessThan(RUNS / 2)
  })

  it('bytes of chance are answered the same way', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void answerTo(bytes)),
      { numRuns: 5_000 },
    )
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        (bytes) => void answerTo(Buffer.concat([Buffer.from('940c0101', 'hex'), bytes])),
      ),
      { numRuns: 5_000 },
    )
  })

  it('what came from a peer can be passed on, or is refused by name', () => {
    const chance = seededRandom(`${SEED} again`).next
    const frames = corpus()
    for (let i = 0; i < 5_000; i++) {
      const frame = answerTo(mutated(frames[i % frames.length]!, frames, chance))
      if (frame instanceof ProtocolError || frame.kind === 'batch') continue
      expect(codec.decode(codec.encode(frame)).kind).toBe(frame.kind)
    }
  })

  it('leave no prototype changed', () => {
    const before = [Object, Array, Map, Set, Error, RegExp, Date].map(
      (Class) => Reflect.ownKeys(Class.prototype).length,
    )
    const chance = seededRandom(`${SEED} prototypes`).next
    const names = ['__proto__', 'constructor', 'prototype', 'toString'].map((name) =>
      Buffer.concat([Buffer.from([0x81, 0xa0 | name.length]), Buffer.from(name)]),
    )
    const frames = corpus()
    for (let i = 0; i < 5_000; i++)
      answerTo(
        mutated(
          Buffer.concat([Buffer.from('940c0101', 'hex'), names[i % 4]!, frames[i % frames.length]!]),
          frames,
          chance,
        ),
      )
    expect(
      [Object, Array, Map, Set, Error, RegExp, Date].map((Class) => Reflect.ownKeys(Class.prototype).length),
    ).toEqual(before)
  })
})

describe('whatever is said in a handshake', () => {
  const optionsOf = (role: 'dialler' | 'acceptor'): HandshakeOptions => ({
    role,
    node: role,
    storeId: `store of ${role}`,
    incarnation: 1,
    random: seededRandom(role),
    ...(role === 'dialler' && { peer: 'acceptor' }),
    keys: () => [{ id: 'k', secret: Buffer.from('a secret of the two of them') }],
  })
  const own: OwnWelcome = { sent: [5, 5, 5], received: [5, 5, 5], credit: { envelopes: 1, bytes: 1 } }

  /** What the dialler says to an acceptor whose chance is `seededRandom('acceptor')`. */
  function recording(): Frame[] {
    const said: Frame[] = []
    let acceptor: HandshakeState = startHandshake(optionsOf('acceptor')).state
    const first = startHandshake(optionsOf('dialler'))
    let dialler = first.state
    let send: readonly Frame[] = first.send
    while (send.length > 0) {
      said.push(...send)
      const answers = send.flatMap((frame) => {
        const step = stepWelcoming(acceptor, frame, own)
        acceptor = step.state
        return step.send
      })
      send = answers.flatMap((frame) => {
        const step = stepWelcoming(dialler, frame, own)
        dialler = step.state
        return step.send
      })
    }
    return said
  }

  it('a mutated recording, even against the same nonce, is believed only if it says the same', {
    timeout: MINUTES,
  }, () => {
    const said = recording()
    expect(said.map(({ kind }) => kind)).toEqual(['hello', 'challenge', 'proof', 'welcome'])
    const bytes = said.map((frame) => codec.encode(frame as Exclude<Frame, { kind: 'batch' }>))
    const chance = seededRandom(`${SEED} handshake`).next
    const others = corpus()
    let believed = 0
    for (let i = 0; i < RUNS / 10; i++) {
      const changed = bytes.map((frame) => (chance() < 0.3 ? mutated(frame, others, chance) : frame))
      const heard = changed.map(answerTo)
      if (!isBelieved(heard)) continue
      believed++
      // The welcome comes after the proof: only what is before it is bound.
      expect(isDeepStrictEqual(heard.slice(0, 3), bytes.slice(0, 3).map(answerTo))).toBe(true)
    }
    expect(believed).toBeGreaterThan(0)
  })

  function isBelieved(heard: readonly (Frame | ProtocolError)[]): boolean {
    let { state: acceptor } = startHandshake(optionsOf('acceptor'))
    for (const frame of heard) {
      if (frame instanceof ProtocolError) return false
      const step = stepWelcoming(acceptor, frame, own)
      if (step.outcome !== undefined) return step.outcome.type === 'established'
      acceptor = step.state
    }
    return false
  }
})
