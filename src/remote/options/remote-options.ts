/**
 * What `createSystem` takes for links with other nodes, checked at the door.
 *
 * 1. What is read is complete: every default is filled in, and no setting is left that could never work.
 * 2. Nothing is opened here, and no error holds a secret.
 */
import { z } from 'zod'
import { readWith, refusal } from '../../supervision/refusal.js'
import type { Transport } from '../transport.js'
import type { WebSocketTransportOptions } from '../websocket/options.js'
import { checkAddresses } from './addresses.js'
import { type AuthOptions, checkAuthentication, type ReadAuth } from './authentication.js'
import { type LinkOptions, linkOptionsSchema, type ReadLinks } from './link-options.js'
import { type PortOptions, readPort } from './listening.js'
import { ANYONE, type GivenPeers, type PeerOptions, Peers, peersSchema } from './peers.js'
import { sharedKeysSchema } from './shared-keys.js'

/**
 * Links with other nodes. With any of these there must be `peers`; without all of them the node is alone.
 *
 * @example
 * ```ts
 * import { createSystem, memoryStore } from 'roscius'
 *
 * const keys = [{ id: '2026-01', secret: Buffer.from(process.env.LINK_SECRET ?? '', 'base64') }]
 * await using system = await createSystem({
 *   name: 'orders',
 *   store: memoryStore(),
 *   logic: {},
 *   listen: { port: 7400 },
 *   peers: {
 *     billing: 'ws://127.0.0.1:7401',
 *     shipping: { allow: { send: [{ paths: ['order/*'], events: ['PARCEL.*'] }] } },
 *   },
 *   auth: { keys },
 * })
 * ```
 */
export interface RemoteOptions {
  /** A port of the node's own. Default: it does not listen, and only dials. */
  readonly listen?: PortOptions
  /**
   * The nodes that may be linked with this one, by name: an address, or more. One that is not named is not let in, unless
   * there is an entry `'*'`, for every other node that shows who it is; that has no address.
   */
  readonly peers?: Readonly<Record<string, string | PeerOptions>>
  /** How peers show who they are. Nothing listens without, not even on loopback. */
  readonly auth?: AuthOptions
  /** In place of `listen`: `websocketTransport` on a server of yours, or `memoryTransport`. The system closes it when it stops. */
  readonly transport?: Transport
  /** How patient the links are, and how much they may hold. */
  readonly links?: LinkOptions
}

export interface ReadRemote {
  readonly peers: Peers
  readonly auth: ReadAuth
  readonly links: ReadLinks
  /** The user's transport; otherwise `websocketTransport` is to be made of `websocket`, with the system's clock. */
  readonly transport: Transport | undefined
  readonly websocket: WebSocketTransportOptions
  /** Whether others can call. */
  readonly listens: boolean
}

interface Surroundings {
  /** The name of this node. */
  readonly name: string
  /** The names in it are those that a peer can be allowed to start. */
  readonly logic?: Readonly<Record<string, unknown>>
}

const schema = z.strictObject({
  listen: z.custom<PortOptions>((value) => typeof value === 'object' && value !== null, 'must be { port }').optional(),
  peers: peersSchema.optional(),
  auth: z
    .strictObject({
      keys: sharedKeysSchema.default([]),
      certificates: z.boolean().default(false),
      unauthenticated: z.literal('loopback').optional(),
    })
    .prefault({}),
  transport: z.custom<Transport>(isTransport, 'must be a Transport').optional(),
  links: linkOptionsSchema.prefault({}),
})

/** The options with their defaults; undefined when none is given. Throws `OPTIONS_INVALID` with the path of the field. */
export function readRemoteOptions({
  name,
  logic,
  listen,
  peers,
  auth,
  transport,
  links,
}: RemoteOptions & Surroundings): ReadRemote | undefined {
  const options = { listen, peers, auth, transport, links }
  if (Object.values(options).every((option) => option === undefined)) return undefined
  return complete(readWith(schema, options, ''), { name, logic })
}

function complete(read: z.output<typeof schema>, around: Surroundings): ReadRemote {
  const { listen, peers, auth, transport, links } = read
  if (peers === undefined)
    throw refusal('peers', "is needed: the nodes by name that may be linked with this one, or '*'")
  if (listen !== undefined && transport !== undefined) {
    throw refusal('transport', 'takes the place of listen: give one of them')
  }
  const websocket = readPort(listen, links)
  const listens = listen !== undefined || typeof transport?.listen === 'function'
  checkPeers(peers, around)
  checkAddresses(peers, { listens, isWebSocket: transport === undefined })
  checkAuthentication({ listen, transport, auth, peers })
  return { peers: new Peers(peers, auth.keys), auth, links, transport, websocket, listens }
}

function checkPeers(peers: GivenPeers, { name, logic }: Surroundings): void {
  if (peers.has(name)) throw refusal(`peers.${name}`, 'is the name of this node')
  if (peers.get(ANYONE)?.address !== undefined) {
    throw refusal(`peers.${ANYONE}.address`, 'stands for many nodes, which have to call: it can have no address')
  }
  if (logic === undefined) return
  for (const [peer, { allow }] of peers) checkLogic(allow.spawn, logic, `peers.${peer}.allow.spawn`)
}

/** A name that leads nowhere allows nothing: that is a typo. */
function checkLogic(
  rules: readonly { readonly logic: readonly string[] }[],
  logic: Readonly<Record<string, unknown>>,
  at: string,
): void {
  for (const [r, rule] of rules.entries()) {
    for (const [n, name] of rule.logic.entries()) {
      if (name === '*' || Object.hasOwn(logic, name)) continue
      throw refusal(`${at}.${r}.logic.${n}`, `there is no "${name}" in the logic table`)
    }
  }
}

function isTransport(value: unknown): value is Transport {
  const { dial, close } = (value ?? {}) as Partial<Transport>
  return typeof dial === 'function' && typeof close === 'function'
}
