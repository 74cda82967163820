/**
 * The handshake of one connection, as pure steps: a state and a frame give a state, frames to send, and at the end an
 * outcome. It has no timers (whoever drives it gives up after a while) and does no I/O.
 *
 *     dialler    hello  ->                      challenge, proof  ->                    welcome  ->
 *     acceptor             <-  hello, challenge                     <-  proof, welcome
 *
 * 1. Each side believes the other one by a proof, or by the name in its certificate, which must be the name it gives.
 * 2. The dialler proves first: a stranger who dials gets no proof of anything.
 * 3. What a peer claims is remembered, or compared with what is remembered, only after it is believed.
 * 4. Frames come in one order; any other, and any wrong one, ends the handshake, with `refuse` and a code. Nothing that
 *    is said or thrown holds a secret or a proof.
 */
import type { Random } from '../../../core/random.js'
import { versionUnsupported } from '../frame-fields.js'
import type { DEMANDS, Frame, HandshakeFrame, HelloFrame, RefuseFrame, WelcomeFrame } from '../frames.js'
import { NONCE_BYTES, PROTOCOL_VERSION } from '../frames.js'
import { boundedLimits, DEFAULT_LIMITS, type WireLimits } from '../limits.js'
import { malformed, ProtocolError } from '../protocol-error.js'
import { checkIdentity, checkPositions, type PeerIdentity, type Remembered } from './resume.js'
import { keyOf, macOf, type SharedKey } from './shared-keys.js'
import { type Conversation, type Role, transcriptOf } from './transcript.js'

export interface HandshakeOptions {
  readonly role: Role
  readonly node: string
  readonly storeId: string
  readonly incarnation: number
  readonly limits?: WireLimits
  readonly features?: readonly string[]
  readonly random: Random
  /** Whom a dialler means to reach; any other is refused. */
  readonly peer?: string
  /** The keys shared with a node, the one in use first; none for a node that is not known. */
  keys(node: string): readonly SharedKey[]
  /** The name in the certificate that the transport has verified: then no proof is needed, and the names must match. */
  readonly peerCertificateName?: string
  /** Believe the peer without a proof: for loopback, where the user has said so. Default false. */
  readonly trustsPeer?: boolean
  readonly channelBinding?: Uint8Array
  /** What is remembered of a peer that is believed now. */
  remember(peer: PeerIdentity): Remembered
}

export interface HandshakeState {
  readonly options: HandshakeOptions
  readonly hello: HelloFrame
  readonly decoy: SharedKey
  readonly expects: 'hello' | 'challenge' | 'proof' | 'welcome' | 'nothing'
  readonly peerHello?: HelloFrame
  readonly peerDemand?: Demand
  /** The key that the peer has proven with. */
  readonly peerKey?: SharedKey
  readonly remembered?: Remembered
}

type Demand = (typeof DEMANDS)[number]

export type HandshakeOutcome =
  | { readonly type: 'established'; readonly link: EstablishedLink }
  | { readonly type: 'refused'; readonly error: ProtocolError; readonly byPeer: boolean }

export interface EstablishedLink {
  readonly peer: PeerIdentity
  readonly version: number
  /** What may be sent to the peer. */
  readonly limits: WireLimits
  /** What both sides can. */
  readonly features: readonly string[]
  /** What the peer said: from `received` on, the outbox is sent again. */
  readonly welcome: WelcomeFrame
  /** The peer was known with another store: what was meant for that one must not go to this one. */
  readonly isNewStore: boolean
  /** The id of the key that the peer proved with; absent where it needed none. */
  readonly keyId?: string
}

export interface HandshakeStep {
  readonly state: HandshakeState
  readonly send: readonly HandshakeFrame[]
  readonly outcome?: HandshakeOutcome
}

/** The state before any frame came, and the dialler's `hello`. */
export function startHandshake(options: HandshakeOptions): HandshakeStep {
  const { role, node, storeId, incarnation, limits = DEFAULT_LIMITS, features = [], random, peer } = options
  const keyId = role === 'dialler' && peer !== undefined ? options.keys(peer)[0]?.id : undefined
  const versions = { minVersion: PROTOCOL_VERSION, maxVersion: PROTOCOL_VERSION }
  const nonce = random.bytes(NONCE_BYTES)
  const identity = { node, storeId, incarnation, nonce, limits, features }
  const hello: HelloFrame = { kind: 'hello', ...versions, ...identity, ...(keyId !== undefined && { keyId }) }
  const decoy = { id: '', secret: random.bytes(NONCE_BYTES) }
  return { state: { options, hello, decoy, expects: 'hello' }, send: role === 'dialler' ? [hello] : [] }
}

/** Takes the next frame of the peer. Never throws for what a peer sent. */
export function stepHandshake(state: HandshakeState, frame: Frame): HandshakeStep {
  if (frame.kind === 'refuse' && state.expects !== 'nothing') return refusedByPeer(state, frame)
  try {
    if (frame.kind !== state.expects) throw unexpected(state, frame)
    return taken(state, frame)
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error
    return refuseHandshake(state, error)
  }
}

/** Ends the handshake for what is wrong with the bytes, or with the time that it takes. */
export function refuseHandshake(state: HandshakeState, error: ProtocolError): HandshakeStep {
  const refuse: RefuseFrame = { kind: 'refuse', code: error.code, message: error.message.slice(0, 500) }
  return { state: ended(state), send: [refuse], outcome: { type: 'refused', error, byPeer: false } }
}

function taken(state: HandshakeState, frame: Frame): HandshakeStep {
  switch (frame.kind) {
    case 'hello':
      return takeHello(state, frame)
    case 'challenge':
      return takeChallenge({ ...state, peerDemand: frame.demand })
    case 'proof':
      return takeProof(state, frame.mac)
    case 'welcome':
      return takeWelcome(state, frame)
    default:
      throw unexpected(state, frame)
  }
}

function takeHello(state: HandshakeState, peerHello: HelloFrame): HandshakeStep {
  checkHello(state, peerHello)
  const challenge: HandshakeFrame = { kind: 'challenge', demand: demandOf(state.options) }
  const send = state.options.role === 'acceptor' ? [state.hello, challenge] : [challenge]
  return { state: { ...state, peerHello, expects: 'challenge' }, send }
}

function checkHello({ options, hello }: HandshakeState, peer: HelloFrame): void {
  if (peer.minVersion > PROTOCOL_VERSION || peer.maxVersion < PROTOCOL_VERSION) {
    throw versionUnsupported(peer.minVersion, peer.maxVersion)
  }
  if (peer.node === options.node) throw nameMismatch('The peer has the name of this node.')
  if (options.peer !== undefined && options.peer !== peer.node)
    throw nameMismatch('The peer is not the node that was dialled.')
  const { peerCertificateName } = options
  if (peerCertificateName !== undefined && peerCertificateName !== peer.node) {
    throw nameMismatch('The peer has another name than its certificate.')
  }
  if (Buffer.compare(peer.nonce, hello.nonce) === 0) throw authFailed()
}

function takeChallenge(state: HandshakeState): HandshakeStep {
  // The acceptor proves nothing to a dialler that it doesn't believe yet.
  const proves = state.peerDemand === 'proof' && state.options.role === 'dialler'
  const send = proves ? [proofBy(state)] : []
  if (demandOf(state.options) === 'proof') return { state: { ...state, expects: 'proof' }, send }
  return believe(state, send)
}

function takeProof(state: HandshakeState, mac: Uint8Array): HandshakeStep {
  const { options, decoy, peerHello } = state
  const transcript = transcriptOf(other(options.role), conversationOf(state))
  const peerKey = keyOf(mac, transcript, options.keys(peerHello!.node), decoy)
  if (peerKey === undefined) throw authFailed()
  return believe({ ...state, peerKey }, [])
}

/** The peer is who it says: now its claims count, and it is answered. */
function believe(state: HandshakeState, said: readonly HandshakeFrame[]): HandshakeStep {
  const { options, peerDemand } = state
  const peer = identityOf(state.peerHello!)
  const remembered = options.remember(peer)
  checkIdentity(peer, remembered)
  const { received, sent, credit } = remembered
  const welcome: WelcomeFrame = { kind: 'welcome', version: PROTOCOL_VERSION, received, sent, credit }
  const proof = peerDemand === 'proof' && options.role === 'acceptor' ? [proofBy(state)] : []
  return { state: { ...state, remembered, expects: 'welcome' }, send: [...said, ...proof, welcome] }
}

function takeWelcome(state: HandshakeState, welcome: WelcomeFrame): HandshakeStep {
  if (welcome.version !== PROTOCOL_VERSION)
    throw malformed('the version is not the one that both speak', 'welcome.version')
  checkPositions(welcome, state.remembered!)
  return { state: ended(state), send: [], outcome: { type: 'established', link: linkOf(state, welcome) } }
}

function linkOf({ options, peerHello, peerKey, remembered }: HandshakeState, welcome: WelcomeFrame): EstablishedLink {
  const { limits, storeId } = peerHello!
  const features = (options.features ?? []).filter((feature) => peerHello!.features.includes(feature))
  const isNewStore = remembered!.last !== undefined && remembered!.last.storeId !== storeId
  const link = {
    peer: identityOf(peerHello!),
    version: PROTOCOL_VERSION,
    limits: boundedLimits(limits),
    features,
    welcome,
    isNewStore,
  }
  return peerKey === undefined ? link : { ...link, keyId: peerKey.id }
}

/** With the key that the peer has shown to hold, else the one that it asks for, else the one in use. */
function proofBy(state: HandshakeState): HandshakeFrame {
  const { options, peerHello, peerKey, decoy } = state
  const keys = options.keys(peerHello!.node)
  const key = peerKey ?? keys.find(({ id }) => id === peerHello!.keyId) ?? keys[0] ?? decoy
  return { kind: 'proof', mac: macOf(key.secret, transcriptOf(options.role, conversationOf(state))) }
}

function conversationOf({ options, hello, peerHello, peerDemand }: HandshakeState): Conversation {
  const own = { hello, demand: demandOf(options) }
  const peer = { hello: peerHello!, demand: peerDemand! }
  const [dialler, acceptor] = options.role === 'dialler' ? [own, peer] : [peer, own]
  return { version: PROTOCOL_VERSION, dialler, acceptor, channelBinding: options.channelBinding ?? new Uint8Array() }
}

function demandOf({ peerCertificateName, trustsPeer = false }: HandshakeOptions): Demand {
  return peerCertificateName !== undefined || trustsPeer ? 'nothing' : 'proof'
}

function identityOf({ node, storeId, incarnation }: HelloFrame): PeerIdentity {
  return { node, storeId, incarnation }
}

function other(role: Role): Role {
  return role === 'dialler' ? 'acceptor' : 'dialler'
}

function ended(state: HandshakeState): HandshakeState {
  return { ...state, expects: 'nothing' }
}

/** Its message stays where it is: what a stranger writes doesn't belong in a log. */
function refusedByPeer(state: HandshakeState, { code }: RefuseFrame): HandshakeStep {
  const error = new ProtocolError(code, `The peer refused the link with ${code}.`, 'refuse')
  return { state: ended(state), send: [], outcome: { type: 'refused', error, byPeer: true } }
}

function unexpected({ expects }: HandshakeState, { kind }: Frame): ProtocolError {
  return new ProtocolError(
    'FRAME_UNEXPECTED',
    `A frame ${kind} came in the handshake where ${expects} was expected.`,
    kind,
  )
}

function nameMismatch(message: string): ProtocolError {
  return new ProtocolError('NAME_MISMATCH', message, 'hello.node')
}

/** The same for a wrong proof, an unknown key and an unknown node. */
function authFailed(): ProtocolError {
  return new ProtocolError(
    'AUTH_FAILED',
    'The peer did not prove to hold a key that is shared with the node it names.',
    'proof.mac',
  )
}
