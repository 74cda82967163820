/**
 * The handshake of one connection, as pure steps: a state and a frame give a state, frames to send, and at the end an
 * outcome. It has no timers (whoever drives it gives up after a while) and does no I/O.
 *
 *     dialler    hello  ->                      challenge, proof  ->            welcome  ->
 *     acceptor             <-  hello, challenge                     <-  proof              <-  welcome
 *
 * 1. Each side believes the other one by a proof, or by the name in its certificate, which must be the name it gives.
 * 2. The dialler proves first: a stranger who dials gets no proof of anything.
 * 3. What a peer claims is told to the driver (`believed`) only when it is believed. Who it was before and where both stand
 *    is not judged here: the association of the link does that (`machines/association.ts`).
 * 4. The peer gets no `welcome` before the driver says so. Telling positions is what chooses a connection.
 * 5. Frames come in one order; any other, and any wrong one, ends the handshake, with `refuse` and a code. Nothing that
 *    is said or thrown holds a secret or a proof.
 *
 * How a driver uses it, at either end:
 *
 * - `startHandshake` when the connection is open; `stepHandshake` for every frame; `send` goes out at once and in order.
 * - The step that has `believed`: a dialler's `handshake` ends with it, an acceptor sends `CALLED` to the association of
 *   `believed.peer.node`. Frames are still taken: the peer's `welcome` may come now, and is kept.
 * - The association begins `exchange`: `welcomePeer` with the positions towards `believed.peer.storeId` as they are at that
 *   moment. The exchange ends with `established`, in this step or in one of those to come; or with `refused`, which may
 *   have come before it began.
 * - Another connection is kept, or the peer is refused: `refuseHandshake`. Once `established`, frames are the link's, and
 *   its end is `close`. A `refuse` that comes then means the same: its peer had not yet got the `welcome` that went out.
 */
import type { Random } from '../../../core/random.js'
import { versionUnsupported } from '../frame-fields.js'
import type { DEMANDS, Frame, HandshakeFrame, HelloFrame, RefuseFrame, WelcomeFrame } from '../frames.js'
import { NONCE_BYTES, PROTOCOL_VERSION } from '../frames.js'
import { boundedLimits, DEFAULT_LIMITS, type WireLimits } from '../limits.js'
import { malformed, ProtocolError } from '../protocol-error.js'
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
  /** 32 bytes, never used before; see `orderedNonces`. Default: chance. */
  readonly nonce?: Uint8Array
  /** Whom a dialler means to reach; any other is refused. */
  readonly peer?: string
  /** The keys shared with a node, the one in use first; none for a node that is not known. */
  keys(node: string): readonly SharedKey[]
  /** The name in the certificate that the transport has verified: then no proof is needed, and the names must match. */
  readonly peerCertificateName?: string
  /** Believe the peer without a proof: for loopback, where the user has said so. Default false. */
  readonly trustsPeer?: boolean
  readonly channelBinding?: Uint8Array
}

/** Who a peer has shown to be. */
export interface PeerIdentity {
  readonly node: string
  readonly storeId: string
  readonly incarnation: number
}

export interface BelievedPeer {
  readonly peer: PeerIdentity
  /** Its nonce on this connection, in hex: that sorts as the bytes do. */
  readonly nonce: string
  /** The id of the key that it proved with; absent where it needed none. */
  readonly keyId?: string
}

export interface HandshakeState {
  readonly options: HandshakeOptions
  readonly hello: HelloFrame
  readonly decoy: SharedKey
  /** `refuse`: the peer has said all, and waits for this side. */
  readonly expects: 'hello' | 'challenge' | 'proof' | 'welcome' | 'refuse' | 'nothing'
  readonly peerHello?: HelloFrame
  readonly peerDemand?: Demand
  /** The key that the peer has proven with. */
  readonly peerKey?: SharedKey
  /** Whether the peer has been told its `welcome`. */
  readonly isWelcomed?: boolean
  /** What the peer has told. */
  readonly welcome?: WelcomeFrame
}

/** What `welcome` tells: positions towards the peer's store, and what it may send to begin with. */
export type OwnWelcome = Pick<WelcomeFrame, 'received' | 'sent' | 'left' | 'credit'> & { readonly adopts?: boolean }

type Demand = (typeof DEMANDS)[number]

export type HandshakeOutcome =
  | { readonly type: 'established'; readonly link: EstablishedLink }
  | { readonly type: 'refused'; readonly error: ProtocolError; readonly byPeer: boolean }

export interface EstablishedLink extends BelievedPeer {
  readonly version: number
  /** What may be sent to the peer. */
  readonly limits: WireLimits
  /** What both sides can. */
  readonly features: readonly string[]
  /** What the peer said: see `theirPositions`. */
  readonly welcome: WelcomeFrame
}

export interface HandshakeStep {
  readonly state: HandshakeState
  readonly send: readonly HandshakeFrame[]
  /** In the one step in which the peer became believed. */
  readonly believed?: BelievedPeer
  readonly outcome?: HandshakeOutcome
}

/** The state before any frame came, and the dialler's `hello`. */
export function startHandshake(options: HandshakeOptions): HandshakeStep {
  const { role, node, storeId, incarnation, limits = DEFAULT_LIMITS, features = [], random, peer } = options
  const keyId = role === 'dialler' && peer !== undefined ? options.keys(peer)[0]?.id : undefined
  const versions = { minVersion: PROTOCOL_VERSION, maxVersion: PROTOCOL_VERSION }
  const { nonce = random.bytes(NONCE_BYTES) } = options
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

/** Tells a peer that is believed where this side stands. Throws if it isn't, if it was told already, or if it is over. */
export function welcomePeer(state: HandshakeState, own: OwnWelcome): HandshakeStep {
  const { expects, isWelcomed = false } = state
  if (isWelcomed || (expects !== 'welcome' && expects !== 'refuse')) {
    throw new Error('Only a peer that is believed can be welcomed, once, and before the handshake is over.')
  }
  const { received, sent, left, credit, adopts = false } = own
  const welcome: WelcomeFrame = { kind: 'welcome', version: PROTOCOL_VERSION, received, sent, left, credit }
  return settle({ ...state, isWelcomed: true }, [adopts ? { ...welcome, adopts } : welcome])
}

/** Ends the handshake for what is wrong with the peer, its bytes, or the time that it takes. */
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

/** The peer is who it says: now its claims count. */
function believe(state: HandshakeState, said: readonly HandshakeFrame[]): HandshakeStep {
  const proves = state.peerDemand === 'proof' && state.options.role === 'acceptor'
  const send = proves ? [...said, proofBy(state)] : said
  return { state: { ...state, expects: 'welcome' }, send, believed: believedOf(state) }
}

function takeWelcome(state: HandshakeState, welcome: WelcomeFrame): HandshakeStep {
  if (welcome.version !== PROTOCOL_VERSION)
    throw malformed('the version is not the one that both speak', 'welcome.version')
  return settle({ ...state, welcome, expects: 'refuse' }, [])
}

/** Through is who has told and heard a `welcome`, in whichever order. */
function settle(state: HandshakeState, send: readonly HandshakeFrame[]): HandshakeStep {
  const { isWelcomed = false, welcome } = state
  if (!isWelcomed || welcome === undefined) return { state, send }
  return { state: ended(state), send, outcome: { type: 'established', link: linkOf(state, welcome) } }
}

function believedOf({ peerHello, peerKey }: HandshakeState): BelievedPeer {
  const { node, storeId, incarnation, nonce } = peerHello!
  const believed = { peer: { node, storeId, incarnation }, nonce: Buffer.from(nonce).toString('hex') }
  return peerKey === undefined ? believed : { ...believed, keyId: peerKey.id }
}

function linkOf(state: HandshakeState, welcome: WelcomeFrame): EstablishedLink {
  const { limits, features: theirs } = state.peerHello!
  const features = (state.options.features ?? []).filter((feature) => theirs.includes(feature))
  return { ...believedOf(state), version: PROTOCOL_VERSION, limits: boundedLimits(limits), features, welcome }
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

function other(role: Role): Role {
  return role === 'dialler' ? 'acceptor' : 'dialler'
}

function ended(state: HandshakeState): HandshakeState {
  return { ...state, expects: 'nothing' }
}

/** Its message stays where it is: what a stranger writes doesn't belong in a log. */
function refusedByPeer(state: HandshakeState, { code }: RefuseFrame): HandshakeStep {
  const error = new ProtocolError(code, `The peer refused the link with ${code}.`, 'refuse', { by: 'peer' })
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
