/** Refs on the connection with one peer: its own actors' refs are bound to the store that it has now (D15). */
import { formatAddress } from '../core/address.js'
import { bareAddress, formatForeign, isForeign, parseForeign } from '../core/foreign-address.js'
import type { RefCodec } from '../persistence/storable.js'

interface Here {
  readonly nodeName: string
  readonly storeId: string
  readonly refs: RefCodec
  readonly seals: { seal(path: string): string }
}

/** Refs as this node sends them: addresses, with the store where it is known, and without what else belongs to a ref. */
export function refsToSend({ nodeName, storeId, refs, seals }: Here): RefCodec {
  const own = `?store=${encodeURIComponent(storeId)}`
  return {
    encode(value) {
      const path = refs.encode(value)
      if (path === undefined) return undefined
      if (!isForeign(path)) return formatAddress(nodeName, path.startsWith('$') ? seals.seal(path) : path) + own
      const { node, path: there, store } = parseForeign(path)
      return store === undefined ? bareAddress(path) : formatForeign({ node, path: there, store })
    },
    decode: (address) => refs.decode(address),
  }
}

export function refsOfPeer(here: Here, peer: { readonly node: string; readonly storeId: string }): RefCodec {
  const { encode } = refsToSend(here)
  return {
    encode,
    decode(address) {
      if (!isForeign(address)) throw new Error('A ref must be a whole address.')
      const { node, path, store } = parseForeign(address)
      if (store !== undefined && isPlain(address, store)) return here.refs.decode(address)
      const bound = store ?? (node === peer.node ? peer.storeId : undefined)
      return here.refs.decode(formatForeign({ node, path, ...(bound !== undefined && { store: bound }) }))
    },
  }
}

/** Whether the store is all that is said behind the path: what else belongs to a ref is not taken from a peer. */
function isPlain(address: string, store: string): boolean {
  return address.length === address.indexOf('?') + '?store='.length + store.length
}
