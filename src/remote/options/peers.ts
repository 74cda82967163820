/**
 * The nodes that may be linked with this one.
 *
 * 1. A node that is not named is nobody, unless there is an entry `'*'`. It must be asked for with `get` even when it was
 *    believed without a key, by its certificate or on loopback.
 * 2. Names are keys of a Map: no name of an object's prototype is one of them.
 */
import { z } from 'zod'
import { isNodeName } from '../../core/address.js'
import { allowedSchema } from '../permissions/peer-permissions.js'
import { type Allowed, Permissions } from '../permissions.js'
import type { SharedKey } from '../protocol/handshake/shared-keys.js'
import { sharedKeysSchema } from './shared-keys.js'

/** A peer; a text in its place is its address. */
export interface PeerOptions {
  /**
   * Where it listens: `wss://host:port/path`, or `ws://` where the network is trusted. Without, it has to call. With a
   * `transport` of yours, an address as that takes it.
   */
  readonly address?: string
  /** Keys that are shared with this node alone, in place of `auth.keys`; the first is the one in use. */
  readonly keys?: readonly SharedKey[]
  /** What it may do here. Default: nothing. */
  readonly allow?: Allowed
}

export interface ReadPeer {
  readonly address: string | undefined
  /** Empty where none is needed. */
  readonly keys: readonly SharedKey[]
  readonly permissions: Permissions
}

/** The entry for every node that has none. */
export const ANYONE = '*'

export type GivenPeers = ReadonlyMap<string, z.output<typeof peer>>

const peer = z.preprocess(
  (value) => (typeof value === 'string' ? { address: value } : value),
  z.strictObject({
    address: z.string().optional(),
    keys: sharedKeysSchema.optional(),
    allow: allowedSchema.prefault({}),
  }),
)

/** Reads `peers` as a Map. */
export const peersSchema = z
  .record(z.string(), peer)
  .superRefine((peers, { addIssue }) => {
    for (const name of Object.keys(peers)) {
      if (name === ANYONE || isNodeName(name)) continue
      addIssue({ code: 'custom', path: [name], message: 'is no name of a node: letters, digits, ".", "-", "_"' })
    }
  })
  .transform((peers): GivenPeers => new Map(Object.entries(peers)))

export class Peers {
  private readonly named = new Map<string, ReadPeer>()
  private readonly anyone: ReadPeer | undefined

  /** `keys` are those of peers that have none of their own. */
  constructor(given: GivenPeers, keys: readonly SharedKey[]) {
    for (const [name, { address, allow, keys: own = keys }] of given) {
      this.named.set(name, { address, keys: own, permissions: new Permissions(allow) })
    }
    this.anyone = this.named.get(ANYONE)
    this.named.delete(ANYONE)
  }

  /** Those that are known by name. */
  get names(): readonly string[] {
    return [...this.named.keys()]
  }

  /** Undefined: it may not be linked with this node. */
  get(name: string): ReadPeer | undefined {
    return this.named.get(name) ?? this.anyone
  }

  /** Whether only `'*'` lets it in. */
  isGuest(name: string): boolean {
    return !this.named.has(name) && this.anyone !== undefined
  }

  /** For the handshake: none for a node that is not let in. */
  keysOf(name: string): readonly SharedKey[] {
    return this.get(name)?.keys ?? []
  }
}
