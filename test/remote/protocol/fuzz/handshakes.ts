/**
 * Handshakes with a stranger who has no key: who says what it likes, and who changes what two honest nodes say.
 *
 * 1. Every step answers: it sends what fits a handshake, and refuses with a code of the protocol, or goes on. It never throws.
 * 2. Nobody is believed but who has said, up to its proof, what a holder of the key has said for this very connection.
 * 3. After the end nothing is believed, established or sent but a refusal.
 */
import { isDeepStrictEqual } from 'node:util'
import { NO_REFS } from '../../../../src/persistence/storable.js'
import { createFrameCodec } from '../../../../src/remote/protocol/frame-codec.js'
import type { Frame } from '../../../../src/remote/protocol/frames.js'
import {
  type HandshakeOptions,
  type HandshakeState,
  type HandshakeStep,
  type OwnWelcome,
  refuseHandshake,
  startHandshake,
} from '../../../../src/remote/protocol/handshake/handshake.js'
import { HANDSHAKE_LIMITS } from '../../../../src/remote/protocol/limits.js'
import { isProtocolCode, ProtocolError } from '../../../../src/remote/protocol/protocol-error.js'
import { seededRandom } from '../../../../src/testing/seeded-random.js'
import { stepWelcoming } from '../welcoming.js'
import { mutatedBytes } from './byte-mutations.js'
import type { Chance } from './chance.js'
import { answerOf, Breach } from './judge.js'
import { mutatedValues } from './value-mutations.js'
import { type Tree, treeOf } from './value-tree.js'

type Role = 'dialler' | 'acceptor'

/** What is spliced in: bytes, and the same as trees. */
interface Frames {
  readonly bytes: readonly Uint8Array[]
  readonly trees: readonly Tree[]
}

const codec = createFrameCodec({ refs: NO_REFS, accepted: HANDSHAKE_LIMITS })
const SECRET = Buffer.from('a secret of the two of them')
const WELCOME: OwnWelcome = {
  sent: [5, 5, 5],
  left: [5, 5, 5],
  received: [5, 5, 5],
  credit: { envelopes: 1, bytes: 1 },
}

/** How the frames are taken; a test puts one in place that is wrong. */
export type Stepping = (state: HandshakeState, frame: Frame, own: OwnWelcome) => HandshakeStep

function optionsOf(role: Role, seed: number): HandshakeOptions {
  const keys = () => [{ id: 'k', secret: SECRET }]
  const shared = {
    node: role,
    storeId: `store of ${role}`,
    incarnation: 1,
    random: seededRandom(`${role} ${seed}`),
    keys,
  }
  return role === 'dialler' ? { ...shared, role, peer: 'acceptor' } : { ...shared, role }
}

/** One honest side, and what it was told. */
class Side {
  readonly heard: Frame[] = []
  readonly said: Frame[] = []
  isBelieving = false
  isThrough = false
  #state: HandshakeState
  #isOver = false

  constructor(
    readonly role: Role,
    seed: number,
    private readonly stepping: Stepping,
  ) {
    const { state, send } = startHandshake(optionsOf(role, seed))
    this.#state = state
    this.said.push(...send)
  }

  /** Takes bytes as a link does; answers the bytes that it says. */
  take(bytes: Uint8Array): Uint8Array[] {
    const step = this.#step(answerOf(codec, bytes))
    this.#check(step)
    this.#state = step.state
    if (step.outcome !== undefined) this.#isOver = true
    this.said.push(...step.send)
    return step.send.map((one) => codec.encode(one))
  }

  #step(frame: Frame | ProtocolError): HandshakeStep {
    try {
      if (frame instanceof ProtocolError) return refuseHandshake(this.#state, frame)
      this.heard.push(frame)
      return this.stepping(this.#state, frame, WELCOME)
    } catch (error) {
      throw new Breach('crash', `A handshake threw ${error instanceof Error ? error.stack : String(error)}`)
    }
  }

  #check({ believed, outcome, send }: HandshakeStep): void {
    if (
      this.#isOver &&
      (believed !== undefined || outcome?.type === 'established' || send.some(({ kind }) => kind !== 'refuse'))
    )
      throw new Breach('frame', 'A handshake went on after its end.')
    if (outcome?.type === 'refused' && !isProtocolCode(outcome.error.code))
      throw new Breach('text', `The code ${outcome.error.code} is none of the protocol.`)
    if (believed !== undefined) this.isBelieving = true
    if (outcome?.type === 'established') this.isThrough = true
  }
}

/** A stranger says so many things to one side. Answers how many frames were read as such. */
export function attackAlone(seed: number, chance: Chance, others: Frames, stepping: Stepping = stepWelcoming): number {
  const victim = new Side(chance.pick(['dialler', 'acceptor']), seed, stepping)
  const recorded = RECORDED[victim.role === 'dialler' ? 'acceptor' : 'dialler']
  for (let i = 0; i < 8; i++) victim.take(said(chance, i, recorded, others))
  if (victim.isBelieving || victim.isThrough) throw new Breach('frame', 'A stranger without a key was believed.')
  return victim.heard.length
}

function said(chance: Chance, i: number, recorded: readonly Uint8Array[], others: Frames): Uint8Array {
  const next = recorded[i] ?? chance.pick(recorded)
  if (chance.is(0.6)) return next
  if (chance.is(0.4)) return chance.pick(chance.is(0.5) ? recorded : others.bytes)
  return changed(next, others, chance)
}

function changed(bytes: Uint8Array, others: Frames, chance: Chance): Uint8Array {
  if (chance.is(0.4)) return mutatedBytes(bytes, others.bytes, chance)
  return mutatedValues(treeOf(bytes), others.trees, chance)
}

/** Somebody sits between two nodes, and changes, leaves out or repeats what they say. Answers as `attackAlone`. */
export function attackBetween(
  seed: number,
  chance: Chance,
  others: Frames,
  stepping: Stepping = stepWelcoming,
): number {
  const sides = { dialler: new Side('dialler', seed, stepping), acceptor: new Side('acceptor', seed, stepping) }
  const underWay: { readonly to: Side; readonly bytes: Uint8Array }[] = sides.dialler.said.map((frame) => ({
    to: sides.acceptor,
    bytes: codec.encode(frame as never),
  }))
  for (let i = 0; i < 24; i++) {
    const next = underWay.shift()
    if (next === undefined) break
    const from = next.to === sides.acceptor ? sides.dialler : sides.acceptor
    for (const bytes of meddled(next.bytes, others, chance))
      for (const answer of next.to.take(bytes)) underWay.push({ to: from, bytes: answer })
  }
  checkBelief(sides.acceptor, sides.dialler)
  checkBelief(sides.dialler, sides.acceptor)
  return sides.acceptor.heard.length + sides.dialler.heard.length
}

function meddled(bytes: Uint8Array, others: Frames, chance: Chance): Uint8Array[] {
  if (chance.is(0.7)) return [bytes]
  if (chance.is(0.2)) return []
  return chance.is(0.2) ? [bytes, bytes] : [changed(bytes, others, chance)]
}

/** Whoever is believed was heard to say what it said, up to its proof; and it was told what was said to it. */
function checkBelief(believer: Side, peer: Side): void {
  if (!believer.isBelieving) return
  const upToProof = (frames: readonly Frame[]): Frame[] => frames.slice(0, 3)
  if (!isDeepStrictEqual(upToProof(believer.heard), upToProof(read(peer.said))))
    throw new Breach('frame', `The ${believer.role} believed what its peer did not say.`)
  if (!isDeepStrictEqual(peer.heard.slice(0, 2), read(believer.said).slice(0, 2)))
    throw new Breach('frame', `The ${believer.role} believed a peer that was told something else.`)
}

/** As the other side reads it. */
function read(frames: readonly Frame[]): Frame[] {
  return frames.map((frame) => codec.decode(codec.encode(frame as never)))
}

/** What each side of an undisturbed handshake says. */
function conversation(seed: number): Readonly<Record<Role, readonly Uint8Array[]>> {
  const sides = {
    dialler: new Side('dialler', seed, stepWelcoming),
    acceptor: new Side('acceptor', seed, stepWelcoming),
  }
  let next = sides.dialler.said.map((frame) => codec.encode(frame as never))
  for (let role: Role = 'acceptor'; next.length > 0; role = role === 'acceptor' ? 'dialler' : 'acceptor')
    next = next.flatMap((bytes) => sides[role].take(bytes))
  const bytesOf = ({ said: frames }: Side): Uint8Array[] => frames.map((frame) => codec.encode(frame as never))
  return { dialler: bytesOf(sides.dialler), acceptor: bytesOf(sides.acceptor) }
}

/** Of another connection: its nonces are not those of any that is attacked. */
const RECORDED = conversation(-1)
