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
import { codecWith } from './codec.js'
import { mutatedBytes } from './fuzz/byte-mutations.js'
import { Chance } from './fuzz/chance.js'
import { FuzzInputs } from './fuzz/inputs.js'
import { recordings } from './fuzz/recordings.js'
import { stepWelcoming } from './welcoming.js'

const codec = codecWith()
const inputs = new FuzzInputs(codec)

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

// Many more, and what they cost: `npm run faults -- wire`, and test/faults/wire.test.ts.
describe('whatever bytes come', () => {
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
    for (const bytes of inputs.of(1_000, 5_000)) {
      const frame = answerTo(bytes)
      if (frame instanceof ProtocolError || frame.kind === 'batch') continue
      expect(codec.decode(codec.encode(frame)).kind).toBe(frame.kind)
    }
  })

  it('leave no prototype changed', () => {
    const before = [Object, Array, Map, Set, Error, RegExp, Date].map(
      (Class) => Reflect.ownKeys(Class.prototype).length,
    )
    const names = ['__proto__', 'constructor', 'prototype', 'toString'].map((name) =>
      Buffer.concat([Buffer.from([0x81, 0xa0 | name.length]), Buffer.from(name)]),
    )
    let i = 0
    for (const bytes of inputs.of(1_001, 5_000))
      answerTo(Buffer.concat([Buffer.from('940c0101', 'hex'), names[i++ % 4]!, bytes]))
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
  const own: OwnWelcome = {
    sent: [5, 5, 5],
    left: [5, 5, 5],
    received: [5, 5, 5],
    credit: { envelopes: 1, bytes: 1 },
  }

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

  it('a mutated recording, even against the same nonce, is believed only if it says the same', () => {
    const said = recording()
    expect(said.map(({ kind }) => kind)).toEqual(['hello', 'challenge', 'proof', 'welcome'])
    const bytes = said.map((frame) => codec.encode(frame as Exclude<Frame, { kind: 'batch' }>))
    const chance = new Chance('a mutated recording')
    const others = recordings()
    let believed = 0
    for (let i = 0; i < 5_000; i++) {
      const changed = bytes.map((frame) => (chance.is(0.3) ? mutatedBytes(frame, others, chance) : frame))
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
