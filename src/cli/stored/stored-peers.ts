/**
 * What a store knows of the nodes that its own is linked with: who they were, what waits for them, what came from them. Where
 * they are, and whether they are there, is not in the store.
 *
 * 1. A record that can't be read is counted with its peer, and reading goes on.
 * 2. It streams: memory does not grow with what waits.
 */
import { z } from 'zod'
import type { Codec } from '../../persistence/codec.js'
import { extensionRange } from '../../persistence/keys.js'
import type { Store } from '../../persistence/store.js'
import { LANES } from '../../remote/protocol/lanes.js'
import { storedCodec } from './stored-codec.js'

export interface Amount {
  readonly count: number
  readonly bytes: number
}

export type LaneName = (typeof LANES)[number]

export interface StoredPeer {
  readonly peer: string
  /** Who it was when it was last met. */
  readonly known?: { readonly storeId: string; readonly incarnation: number }
  /** Stores that it had before, oldest first. */
  readonly retired: readonly string[]
  /** The store that numbers are for. */
  readonly storeId?: string
  readonly outbox: Amount
  /** `reserved`: the highest number that may have been given. */
  readonly lanes: Readonly<
    Record<LaneName, { readonly waiting: Amount; readonly confirmed: number; readonly reserved: number }>
  >
  /** The highest number of each lane that was received, by the store that sent it. */
  readonly received: Readonly<Record<string, Readonly<Record<LaneName, number>>>>
  /** Records that can't be read. */
  readonly damaged: number
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }
type Growing = Mutable<Omit<StoredPeer, 'outbox' | 'lanes' | 'received'>> & {
  readonly lanes: Record<LaneName, { waiting: Mutable<Amount>; confirmed: number; reserved: number }>
  readonly received: Record<string, Record<LaneName, number>>
}

const lanes = z.tuple([z.number(), z.number(), z.number()])
const identity = z.object({ storeId: z.string(), incarnation: z.number() })
const record = z.object({
  known: identity.optional(),
  retired: z.array(z.string()).default([]),
  storeId: z.string().optional(),
  reserved: lanes.default([0, 0, 0]),
  confirmed: lanes.default([0, 0, 0]),
})
const entry = z.tuple([z.instanceof(Uint8Array)]).rest(z.unknown())

/** By their names. `values` is the same store, decrypted. Throws as `storedCodec` does. */
export async function readStoredPeers(store: Store, values: Store): Promise<readonly StoredPeer[]> {
  const codec = storedCodec(values)
  const peers = new Map<string, Growing>()
  for (const kind of ['p', 'i', 'o'] as const) {
    for await (const [key, bytes] of store.range(extensionRange('remote', `${kind}/`))) {
      const [name = '', part = ''] = key.split('/').slice(3)
      const peer = peerIn(peers, name)
      try {
        READ[kind](peer, part, decoded(codec, key, values === store ? bytes : values.get(key)))
      } catch {
        peer.damaged++
      }
    }
  }
  return [...peers.values()].map(finished).sort((a, b) => (a.peer < b.peer ? -1 : 1))
}

function decoded(codec: Codec, key: string, bytes: Uint8Array | undefined): unknown {
  return bytes && codec.decode(bytes, key)
}

function peerIn(peers: Map<string, Growing>, name: string): Growing {
  const known = peers.get(name)
  if (known !== undefined) return known
  const lane = () => ({ waiting: { count: 0, bytes: 0 }, confirmed: 0, reserved: 0 })
  const peer = {
    peer: name,
    retired: [],
    lanes: { high: lane(), normal: lane(), low: lane() },
    received: {},
    damaged: 0,
  }
  peers.set(name, peer)
  return peer
}

/** By the letter in the key: what the record adds. `part` is what follows the peer's name in the key. */
const READ: Readonly<Record<'p' | 'i' | 'o', (peer: Growing, part: string, value: unknown) => void>> = {
  p: (peer, _, value) => {
    const { known, retired, storeId, reserved, confirmed } = record.parse(value)
    Object.assign(peer, { known, retired, storeId })
    for (const [i, name] of LANES.entries())
      Object.assign(peer.lanes[name], { reserved: reserved[i], confirmed: confirmed[i] })
  },
  i: (peer, storeId, value) => {
    const [high, normal, low] = lanes.parse(value)
    peer.received[storeId] = { high, normal, low }
  },
  o: (peer, lane, value) => {
    const { waiting } = peer.lanes[LANES[Number(lane)] ?? 'normal']
    waiting.count++
    waiting.bytes += entry.parse(value)[0].length
  },
}

function finished({ peer, known, storeId, retired, damaged, lanes, received }: Growing): StoredPeer {
  const waiting = Object.values(lanes).map((lane) => lane.waiting)
  const total = (of: keyof Amount): number => waiting.reduce((sum, amount) => sum + amount[of], 0)
  const outbox = { count: total('count'), bytes: total('bytes') }
  return { peer, known, storeId, retired, outbox, lanes, received, damaged }
}
