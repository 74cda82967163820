import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Random } from '../../../src/core/random.js'
import { NO_REFS } from '../../../src/persistence/storable.js'
import { createFrameCodec } from '../../../src/remote/protocol/frame-codec.js'
import type { Frame, HandshakeFrame, HelloFrame, ProofFrame } from '../../../src/remote/protocol/frames.js'
import {
  type HandshakeOptions,
  type HandshakeOutcome,
  type HandshakeState,
  type HandshakeStep,
  type OwnWelcome,
  refuseHandshake,
  startHandshake,
  stepHandshake,
  welcomePeer,
} from '../../../src/remote/protocol/handshake/handshake.js'
import { orderedNonces } from '../../../src/remote/protocol/handshake/ordered-nonces.js'
import { adoptedReceived, type OwnPositions, theirPositions } from '../../../src/remote/protocol/handshake/resume.js'
import type { SharedKey } from '../../../src/remote/protocol/handshake/shared-keys.js'
import { type Conversation, transcriptOf } from '../../../src/remote/protocol/handshake/transcript.js'
import { NO_LANES } from '../../../src/remote/protocol/lanes.js'
import { DEFAULT_LIMITS, MOST_LIMITS, type WireLimits } from '../../../src/remote/protocol/limits.js'
import { ProtocolError } from '../../../src/remote/protocol/protocol-error.js'
import { seededRandom } from '../../../src/testing/seeded-random.js'
import { codecWith } from './codec.js'
import { stepWelcoming } from './welcoming.js'

const key = (id: string): SharedKey => ({ id, secret: Buffer.from(`the secret of ${id}, long enough`) })
const NOTHING = { sent: NO_LANES, left: NO_LANES, received: NO_LANES, credit: { envelopes: 100, bytes: 1_000 } }
const codec = codecWith()
let seed = 0

function optionsOf(role: 'dialler' | 'acceptor', given: Partial<HandshakeOptions> = {}): HandshakeOptions {
  const own = role === 'dialler' ? 'a' : 'b'
  return {
    role,
    node: own,
    storeId: `store-${own}`,
    incarnation: 1,
    random: randomOf(++seed),
    ...(role === 'dialler' && { peer: 'b' }),
    keys: () => [key('k1')],
    ...given,
  }
}

const randomOf = (number: number): Random => seededRandom(number)

interface Ends {
  readonly dialler: HandshakeOutcome | undefined
  readonly acceptor: HandshakeOutcome | undefined
  /** Everything that was said, in order. */
  readonly said: readonly { readonly by: 'dialler' | 'acceptor'; readonly frame: HandshakeFrame }[]
}

type Tamper = (frame: HandshakeFrame, by: 'dialler' | 'acceptor') => HandshakeFrame

/** Lets the two sides talk, through bytes, until nobody has anything to say. */
function talk(
  d: Partial<HandshakeOptions> & { readonly own?: OwnWelcome } = {},
  a: Partial<HandshakeOptions> & { readonly own?: OwnWelcome } = {},
  tamper: Tamper = (frame) => frame,
): Ends {
  const own = { dialler: d.own ?? NOTHING, acceptor: a.own ?? NOTHING }
  const sides = { dialler: startHandshake(optionsOf('dialler', d)), acceptor: startHandshake(optionsOf('acceptor', a)) }
  const outcomes: Record<string, HandshakeOutcome | undefined> = {}
  const said: Ends['said'][number][] = []
  const queue = sides.dialler.send.map((frame) => ({ by: 'dialler' as const, frame })) as Ends['said'][number][]
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    said.push(next)
    const to = next.by === 'dialler' ? 'acceptor' : 'dialler'
    const frame = codec.decode(codec.encode(tamper(next.frame, next.by)))
    if (sides[to].state.expects === 'nothing') continue
    const step: HandshakeStep = stepWelcoming(sides[to].state, frame, own[to])
    sides[to] = step
    outcomes[to] ??= step.outcome
    queue.push(...step.send.map((answer) => ({ by: to, frame: answer }) as const))
  }
  return { dialler: outcomes.dialler, acceptor: outcomes.acceptor, said }
}

const codeOf = (outcome: HandshakeOutcome | undefined): string =>
  outcome === undefined ? 'none' : outcome.type === 'established' ? 'established' : outcome.error.code

const codesOf = ({ dialler, acceptor }: Ends): [string, string] => [codeOf(dialler), codeOf(acceptor)]

describe('two nodes that share a key', () => {
  it('believe each other and learn where they stand', () => {
    const own: OwnWelcome = { ...NOTHING, sent: [1, 9, 0], left: [1, 2, 0], received: [0, 4, 0] }
    const other: OwnWelcome = { ...NOTHING, sent: [0, 6, 2], left: [0, 5, 0], received: [1, 5, 0] }
    const nonce = Buffer.alloc(32, 7)
    const ends = talk({ own, features: ['x', 'y'] }, { own: other, features: ['y'], nonce })
    expect(ends.dialler).toEqual({
      type: 'established',
      link: {
        peer: { node: 'b', storeId: 'store-b', incarnation: 1 },
        version: 1,
        limits: DEFAULT_LIMITS,
        features: ['y'],
        welcome: { kind: 'welcome', version: 1, ...other },
        nonce: '07'.repeat(32),
        keyId: 'k1',
      },
    })
    expect(codesOf(ends)).toEqual(['established', 'established'])
    expect(ends.said.map(({ by, frame }) => `${by[0]}:${frame.kind}`)).toEqual([
      'd:hello',
      'a:hello',
      'a:challenge',
      'd:challenge',
      'd:proof',
      'a:proof',
      'a:welcome',
      'd:welcome',
    ])
  })

  it('change their keys in turns, without a moment in which they do not understand each other', () => {
    const [oldKey, newKey] = [key('old'), key('new')]
    const turns: readonly [SharedKey[], SharedKey[]][] = [
      [[oldKey], [oldKey]],
      [[oldKey, newKey], [oldKey]],
      [
        [oldKey, newKey],
        [oldKey, newKey],
      ],
      [
        [newKey, oldKey],
        [oldKey, newKey],
      ],
      [
        [newKey, oldKey],
        [newKey, oldKey],
      ],
      [[newKey], [newKey, oldKey]],
      [[newKey], [newKey]],
    ]
    for (const [d, a] of turns) {
      expect(codesOf(talk({ keys: () => d }, { keys: () => a }))).toEqual(['established', 'established'])
      expect(codesOf(talk({ keys: () => a }, { keys: () => d }))).toEqual(['established', 'established'])
    }
  })

  it('bind the channel that they speak through', () => {
    const one = Buffer.from('one')
    expect(codesOf(talk({ channelBinding: one }, { channelBinding: one }))).toEqual(['established', 'established'])
    expect(codesOf(talk({ channelBinding: one }, { channelBinding: Buffer.from('two') }))).toEqual([
      'AUTH_FAILED',
      'AUTH_FAILED',
    ])
  })
})

describe('a stranger', () => {
  it('is refused with the same words whether key, key id or node is unknown, and gets no proof', () => {
    const answers = [
      talk({}, { keys: () => [key('other')] }),
      talk({}, { keys: () => [] }),
      talk({ keys: () => [{ ...key('k1'), secret: Buffer.alloc(32, 1) }] }, {}),
      talk({ keys: () => [] }, {}),
      talk({ keys: () => [] }, { keys: () => [] }),
    ].map((ends) =>
      ends.said
        .filter(({ by }) => by === 'acceptor')
        .map(({ frame }) => ({ ...frame, ...(frame.kind === 'hello' && { nonce: 0 }) })),
    )
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
    expect(answers[0]!.map(({ kind }) => kind)).toEqual(['hello', 'challenge', 'refuse'])
  })

  it('who accepts a call is found out too', () => {
    expect(codesOf(talk({}, { keys: () => [key('other')], trustsPeer: true }))).toEqual(['AUTH_FAILED', 'AUTH_FAILED'])
  })

  it('is never told to be believed, and gets no welcome', () => {
    const { state, send } = startHandshake(optionsOf('dialler'))
    const first = stepHandshake(startHandshake(optionsOf('acceptor', { keys: () => [] })).state, send[0]!)
    const second = stepHandshake(first.state, { kind: 'challenge', demand: 'proof' })
    const last = stepHandshake(second.state, { kind: 'proof', mac: Buffer.alloc(32) })
    expect([first, second, last].map(({ believed }) => believed)).toEqual([undefined, undefined, undefined])
    for (const early of [state, first.state, second.state, last.state])
      expect(() => welcomePeer(early, NOTHING)).toThrow(/believed/)
  })

  it('never sees a secret or a proof in an error', () => {
    const ends = talk({}, { keys: () => [key('other')] })
    const words =
      JSON.stringify(ends.said.filter(({ frame }) => frame.kind === 'refuse')) +
      String(ends.acceptor?.type === 'refused' && ends.acceptor.error.stack)
    expect(words).not.toContain('secret')
    const proof = ends.said.find(({ frame }) => frame.kind === 'proof')!.frame as ProofFrame
    expect(words).not.toContain(Buffer.from(proof.mac).toString('hex'))
  })
})

describe('an attacker', () => {
  /** What was said in a handshake that went well. */
  const recorded = talk().said
  const victim = (): HandshakeStep => startHandshake(optionsOf('acceptor'))

  function feed(frames: readonly Frame[], first: HandshakeStep = victim()): HandshakeStep {
    let step = first
    for (const frame of frames) if (step.state.expects !== 'nothing') step = stepHandshake(step.state, frame)
    return step
  }

  it('who plays a recording back is refused: the nonces are fresh', () => {
    const frames = recorded.filter(({ by }) => by === 'dialler').map(({ frame }) => frame)
    expect(codeOf(feed(frames).outcome)).toBe('AUTH_FAILED')
    const accepted = recorded.filter(({ by }) => by === 'acceptor').map(({ frame }) => frame)
    expect(codeOf(feed(accepted, startHandshake(optionsOf('dialler'))).outcome)).toBe('AUTH_FAILED')
  })

  it('who says everything back to its sender is refused', () => {
    const start = startHandshake(optionsOf('dialler'))
    expect(codeOf(stepHandshake(start.state, start.send[0]!).outcome)).toBe('NAME_MISMATCH')
    // Under another name, with the same nonce and the proof that the dialler made of itself.
    const mirrored = { ...(start.send[0] as HelloFrame), node: 'b' }
    expect(codeOf(stepHandshake(start.state, mirrored).outcome)).toBe('AUTH_FAILED')
    const fresh: HelloFrame = { ...mirrored, nonce: Buffer.alloc(32, 5) }
    const heard = feed([fresh, { kind: 'challenge', demand: 'proof' }], start)
    const proof = heard.send.find(({ kind }) => kind === 'proof')!
    expect(codeOf(stepHandshake(heard.state, proof).outcome)).toBe('AUTH_FAILED')
  })

  it('who lets the victim prove for it, in the other role, is refused', () => {
    // The attacker is called by a, as b, and calls b, as a: what a proves as dialler it offers b as the proof of an acceptor.
    const called = startHandshake(optionsOf('dialler', { node: 'a', peer: 'b' }))
    const calling = startHandshake(optionsOf('dialler', { node: 'b', peer: 'a', storeId: 'store-b' }))
    const helloA = called.send[0] as HelloFrame
    const helloB = calling.send[0] as HelloFrame
    const a = feed([helloB, { kind: 'challenge', demand: 'proof' }], called)
    const b = feed([helloA, { kind: 'challenge', demand: 'proof' }], calling)
    const proofOf = (step: HandshakeStep): Frame => step.send.find(({ kind }) => kind === 'proof')!
    expect(codeOf(stepHandshake(a.state, proofOf(b)).outcome)).toBe('AUTH_FAILED')
    expect(codeOf(stepHandshake(b.state, proofOf(a)).outcome)).toBe('AUTH_FAILED')
  })

  const changes: readonly [string, Partial<HelloFrame>][] = [
    ['the store', { storeId: 'store-x' }],
    ['the incarnation', { incarnation: 2 }],
    ['the newest version', { maxVersion: 2 }],
    ['the nonce', { nonce: Buffer.alloc(32, 1) }],
    ['the limits', { limits: { ...DEFAULT_LIMITS, envelopes: 1 } }],
    ['the features', { features: ['z'] }],
    ['the key id', { keyId: 'k2' }],
  ]
  it.each(changes)('who changes %s in a hello on its way is found out', (_, change) => {
    for (const by of ['dialler', 'acceptor']) {
      const ends = talk({}, {}, (frame, speaker) =>
        frame.kind === 'hello' && speaker === by ? { ...frame, ...change } : frame,
      )
      expect(codesOf(ends)).toEqual(['AUTH_FAILED', 'AUTH_FAILED'])
    }
  })

  it('who changes the name of the dialler is found out', () => {
    const ends = talk({}, {}, (frame, by) =>
      frame.kind === 'hello' && by === 'dialler' ? { ...frame, node: 'c' } : frame,
    )
    expect(codesOf(ends)).toEqual(['AUTH_FAILED', 'AUTH_FAILED'])
  })

  it('who takes a demand for a proof away gains nothing', () => {
    for (const by of ['dialler', 'acceptor']) {
      const ends = talk({}, {}, (frame, speaker) =>
        frame.kind === 'challenge' && speaker === by ? { ...frame, demand: 'nothing' } : frame,
      )
      expect(codesOf(ends)).not.toContain('established')
    }
  })

  it('who flips any bit of a proof is found out', () => {
    for (let bit = 0; bit < 256; bit += 5) {
      const flip: Tamper = (frame) => {
        if (frame.kind !== 'proof') return frame
        const mac = Buffer.from(frame.mac)
        mac[bit >> 3]! ^= 1 << (bit & 7)
        return { ...frame, mac }
      }
      expect(codesOf(talk({}, {}, flip))).toEqual(['AUTH_FAILED', 'AUTH_FAILED'])
    }
  })

  it('who proves a transcript with any bit flipped, or cut off anywhere, is refused', () => {
    const start = startHandshake(optionsOf('dialler'))
    const acceptor = feed([start.send[0]!])
    const helloB = acceptor.send[0] as HelloFrame
    const waiting = stepHandshake(acceptor.state, { kind: 'challenge', demand: 'proof' }).state
    const said = (hello: HelloFrame): Conversation['dialler'] => ({ hello, demand: 'proof' })
    const conversation = {
      version: 1,
      dialler: said(start.state.hello),
      acceptor: said(helloB),
      channelBinding: new Uint8Array(),
    }
    const right = Buffer.from(transcriptOf('dialler', conversation))
    expect(offer(waiting, right)).toBe('none')
    for (let bit = 0; bit < right.length * 8; bit++) {
      const wrong = Buffer.from(right)
      wrong[bit >> 3]! ^= 1 << (bit & 7)
      expect(offer(waiting, wrong)).toBe('AUTH_FAILED')
    }
    for (let length = 0; length < right.length; length++)
      expect(offer(waiting, right.subarray(0, length))).toBe('AUTH_FAILED')
  })

  function offer(state: HandshakeState, transcript: Uint8Array): string {
    const mac = createHmac('sha256', key('k1').secret).update(transcript).digest()
    return codeOf(stepHandshake(state, { kind: 'proof', mac }).outcome)
  }

  it('who sends frames in another order is refused, whatever the state', () => {
    const frames = recorded.map(({ frame }) => frame)
    const strange: readonly Frame[] = [
      ...frames,
      { kind: 'ping', token: 1 },
      { kind: 'batch', lane: 1, after: 0, envelopes: [] },
      { kind: 'ack', lane: 1, position: 1, isStored: true },
    ]
    let step: HandshakeStep = victim()
    for (const wanted of recorded.filter(({ by }) => by === 'dialler')) {
      for (const frame of strange.filter(({ kind }) => kind !== step.state.expects && kind !== 'refuse')) {
        const outcome = stepHandshake(step.state, frame).outcome
        expect(codeOf(outcome)).toBe('FRAME_UNEXPECTED')
      }
      step = stepHandshake(step.state, wanted.frame)
      if (step.state.expects === 'nothing') break
    }
  })

  it('who sends no frame at all is refused with what is wrong', () => {
    const error = new ProtocolError('FRAME_MALFORMED', 'The frame is not readable.', 'byte 0')
    const end = refuseHandshake(victim().state, error)
    expect(end.send).toEqual([{ kind: 'refuse', code: 'FRAME_MALFORMED', message: error.message }])
    expect(end.outcome).toEqual({ type: 'refused', error, byPeer: false })
  })

  it('can not say more after the end', () => {
    const end = feed([{ kind: 'ping', token: 1 }])
    expect(codeOf(stepHandshake(end.state, recorded[0]!.frame).outcome)).toBe('FRAME_UNEXPECTED')
    expect(codeOf(stepHandshake(end.state, { kind: 'refuse', code: 'CLOSING', message: 'x' }).outcome)).toBe(
      'FRAME_UNEXPECTED',
    )
  })
})

describe('a peer', () => {
  it('that claims to take gigabytes gets no more than is good for this node', () => {
    const limits = Object.fromEntries(
      Object.keys(DEFAULT_LIMITS).map((name) => [name, 0xffff_ffff]),
    ) as unknown as WireLimits
    const { acceptor } = talk({ limits })
    expect(acceptor).toMatchObject({ type: 'established', link: { limits: MOST_LIMITS } })
    createFrameCodec({ refs: NO_REFS, offered: limits, accepted: limits })
  })

  it('that refuses is told by its code: what it writes beside it stays out of errors', () => {
    const { state } = startHandshake(optionsOf('dialler'))
    const { outcome } = stepHandshake(state, { kind: 'refuse', code: 'RATE_EXCEEDED', message: 'line\nforged' })
    expect(outcome).toMatchObject({ type: 'refused', byPeer: true, error: { code: 'RATE_EXCEEDED' } })
    expect(outcome?.type === 'refused' && outcome.error.message).not.toContain('forged')
  })
})

describe('names', () => {
  it('of two nodes must differ', () => {
    expect(codesOf(talk({ node: 'b' }, {}))).toEqual(['NAME_MISMATCH', 'NAME_MISMATCH'])
  })

  it('must be the one that was dialled', () => {
    expect(codesOf(talk({ peer: 'c' }, {}))).toEqual(['NAME_MISMATCH', 'NAME_MISMATCH'])
  })

  it('in a certificate take the place of a proof, and must be the names that are given', () => {
    const keys = (): SharedKey[] => []
    const ends = talk({ keys, peerCertificateName: 'b' }, { keys, peerCertificateName: 'a' })
    expect(codesOf(ends)).toEqual(['established', 'established'])
    expect(ends.said.some(({ frame }) => frame.kind === 'proof')).toBe(false)
    expect(codesOf(talk({ keys, peerCertificateName: 'b' }, { keys, peerCertificateName: 'c' }))).toEqual([
      'NAME_MISMATCH',
      'NAME_MISMATCH',
    ])
  })

  it('may be proven one way by a certificate, the other way by a key', () => {
    expect(codesOf(talk({ peerCertificateName: 'b' }, {}))).toEqual(['established', 'established'])
    expect(codesOf(talk({}, { peerCertificateName: 'a' }))).toEqual(['established', 'established'])
  })
})

describe('a driver that takes its time', () => {
  const GREETING: OwnWelcome = { ...NOTHING, sent: [0, 3, 0], received: [0, 2, 0] }

  /** Both sides as they are when each believes the other, and neither has been welcomed. */
  function believing(d: Partial<HandshakeOptions> = {}, a: Partial<HandshakeOptions> = {}) {
    const start = startHandshake(optionsOf('dialler', d))
    const called = stepHandshake(startHandshake(optionsOf('acceptor', a)).state, start.send[0]!)
    const dialler = say(start, called.send)
    const acceptor = say(called, dialler.send)
    return { dialler: say(dialler, acceptor.send), acceptor }
  }

  /** Only the step that believes is told apart: it is the last that anything is said in. */
  function say(to: HandshakeStep, frames: readonly Frame[]): HandshakeStep {
    let [step, send]: [HandshakeStep, readonly HandshakeFrame[]] = [to, []]
    let { believed } = to
    for (const frame of frames) {
      step = stepHandshake(step.state, frame)
      send = [...send, ...step.send]
      believed ??= step.believed
    }
    return believed === undefined ? { ...step, send } : { ...step, send, believed }
  }

  it('is told once who the peer is, with its nonce as text that sorts, and nothing has been promised', () => {
    const { dialler, acceptor } = believing({ incarnation: 4, nonce: Buffer.alloc(32, 9) })
    expect(acceptor.believed).toEqual({
      peer: { node: 'a', storeId: 'store-a', incarnation: 4 },
      nonce: '09'.repeat(32),
      keyId: 'k1',
    })
    expect(dialler.believed).toMatchObject({ peer: { node: 'b', storeId: 'store-b' } })
    expect(acceptor.send.map(({ kind }) => kind)).toEqual(['proof'])
    expect([dialler.send, dialler.outcome, acceptor.outcome]).toEqual([[], undefined, undefined])
  })

  it.each([
    ['proofs', {}, {}],
    ['certificates', { peerCertificateName: 'b' }, { peerCertificateName: 'a' }],
    ['a certificate of the acceptor', { peerCertificateName: 'b' }, {}],
    ['a certificate of the dialler', {}, { peerCertificateName: 'a' }],
  ])('may welcome first or last, at either end: with %s', (_, d, a) => {
    for (const first of ['dialler', 'acceptor'] as const) {
      const sides = believing(d, a)
      const last = first === 'dialler' ? 'acceptor' : 'dialler'
      const told = welcomePeer(sides[first].state, GREETING)
      const kept = stepHandshake(sides[last].state, told.send[0]!)
      expect([told.outcome, kept.outcome, kept.send]).toEqual([undefined, undefined, []])
      const answered = welcomePeer(kept.state, NOTHING)
      expect(answered.outcome).toMatchObject({ type: 'established', link: { welcome: GREETING } })
      const over = stepHandshake(told.state, answered.send[0]!)
      expect(over.outcome).toMatchObject({ type: 'established', link: { welcome: NOTHING } })
    }
  })

  it('may refuse a peer that it believes, also one that has told its positions', () => {
    const { dialler, acceptor } = believing()
    const told = welcomePeer(dialler.state, GREETING)
    const kept = stepHandshake(acceptor.state, told.send[0]!)
    const refused = refuseHandshake(kept.state, new ProtocolError('NAME_TAKEN', 'Another has the name.', 'handshake'))
    expect(refused.send).toMatchObject([{ kind: 'refuse', code: 'NAME_TAKEN' }])
    const { outcome } = stepHandshake(told.state, refused.send[0]!)
    expect(outcome).toMatchObject({ type: 'refused', byPeer: true, error: { details: { by: 'peer' } } })
  })

  it('hears of a peer that refuses while it waits, and can not welcome it any more', () => {
    const refuse: Frame = { kind: 'refuse', code: 'SUPERSEDED', message: 'x' }
    for (const state of [believing().acceptor.state, welcomed(believing().acceptor.state)]) {
      const over = stepHandshake(state, refuse)
      expect(over.outcome).toMatchObject({ type: 'refused', byPeer: true, error: { code: 'SUPERSEDED' } })
      expect(() => welcomePeer(over.state, GREETING)).toThrow(/believed/)
    }
  })

  const welcomed = (state: HandshakeState) => stepHandshake(state, { kind: 'welcome', version: 1, ...NOTHING }).state

  it('says that it adopts only where it does', () => {
    const { state } = believing().dialler
    expect(welcomePeer(state, { ...NOTHING, adopts: true }).send).toMatchObject([{ kind: 'welcome', adopts: true }])
    expect(welcomePeer(state, { ...NOTHING, adopts: false }).send[0]).not.toHaveProperty('adopts')
  })

  it('gets one welcome, and gives one', () => {
    const { dialler, acceptor } = believing()
    const twice = stepHandshake(welcomed(acceptor.state), { kind: 'welcome', version: 1, ...NOTHING })
    expect(codeOf(twice.outcome)).toBe('FRAME_UNEXPECTED')
    expect(() => welcomePeer(welcomePeer(dialler.state, NOTHING).state, NOTHING)).toThrow(/once/)
  })

  it('hears of a peer of another version after the welcome went out', () => {
    const { state } = welcomePeer(believing().dialler.state, NOTHING)
    expect(codeOf(stepHandshake(state, { kind: 'welcome', version: 2, ...NOTHING }).outcome)).toBe('FRAME_MALFORMED')
  })
})

describe('positions', () => {
  const ours: OwnPositions = { sent: [9, 8, 0], left: [9, 8, 0], confirmed: [3, 8, 0], received: [4, 1, 0] }

  it('of a peer are what its welcome says', () => {
    const told = { received: [5, 8, 0], sent: [6, 1, 0] } as const
    expect(theirPositions(told, ours)).toEqual(told)
  })

  it('of a peer that adopts count as far as they go with those of this side, lane by lane', () => {
    const told = { received: [5, 80, 7], sent: [2, 0, 0], adopts: true } as const
    expect(theirPositions(told, ours)).toEqual({ received: [5, 8, 0] })
  })

  it('are adopted by forgetting what the peer never sent, lane by lane', () => {
    expect(adoptedReceived(ours, { sent: [2, 50, 0] })).toEqual([2, 1, 0])
    expect(adoptedReceived(ours, { sent: [2, 50, 0], adopts: true })).toEqual([4, 1, 0])
  })

  const lanes = fc.tuple(fc.nat(50), fc.nat(50), fc.nat(50))
  const positions = fc.record({ sent: lanes, received: lanes })

  it('go on where the other side stands, in every lane, after one side has adopted, or both', () => {
    fc.assert(
      fc.property(positions, positions, (a, b) => {
        // What `b` goes on behind, when it has heard that `a` adopts.
        expect(adoptedReceived(a, b)).toEqual(theirPositions({ ...a, adopts: true }, b).received)
        expect(adoptedReceived(a, { ...b, adopts: true })).toEqual(a.received)
      }),
    )
  })
})

describe('nonces', () => {
  it('of a node grow as bytes and as hex, whatever chance gives, and are not foreseen', () => {
    let count = 0
    const next = orderedNonces({ ...randomOf(1), bytes: (length) => Buffer.alloc(length, count++ % 2 === 0 ? 255 : 0) })
    const hexes = Array.from({ length: 600 }, () => Buffer.from(next()).toString('hex'))
    expect(hexes.toSorted()).toEqual(hexes)
    expect(new Set(hexes).size).toBe(600)
    expect(hexes[0]).toBe(`${'0'.repeat(15)}1${'ff'.repeat(24)}`)
    expect(hexes[299]!.slice(0, 16)).toBe('000000000000012c')
    const [one, other] = [orderedNonces(randomOf(1))(), orderedNonces(randomOf(2))()]
    expect(Buffer.compare(one.subarray(8), other.subarray(8))).not.toBe(0)
  })

  it('go out as they are given, else they are chance', () => {
    const nonce = orderedNonces(randomOf(1))()
    expect(startHandshake(optionsOf('dialler', { nonce })).state.hello.nonce).toBe(nonce)
    expect(startHandshake(optionsOf('dialler')).state.hello.nonce).toHaveLength(32)
  })
})
