/**
 * Refs on the wire: `roscius://node/path`, whoever's they are.
 */
import { formatAddress, parseAddress } from '../../core/address.js'
import type { RefCodec } from '../../persistence/storable.js'

const SCHEME = 'roscius://'

/**
 * The codec for refs of the node `node` whose own codec is `local`: its refs become addresses with its name, and an
 * address with its name becomes one of its own refs again. What `local` encodes as an address already, a remote ref,
 * stays as it is.
 */
export function absoluteRefs(node: string, local: RefCodec): RefCodec {
  return {
    encode(value) {
      const path = local.encode(value)
      return path === undefined || path.startsWith(SCHEME) ? path : formatAddress(node, path)
    },
    decode(address) {
      const { node: other, path } = parseAddress(address)
      return local.decode(other === node ? path : address)
    },
  }
}
