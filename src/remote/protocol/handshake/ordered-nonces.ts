/** Nonces in order: of two connections that a node has opened to a peer, the newer has the greater nonce. */
import type { Random } from '../../../core/random.js'
import { NONCE_BYTES } from '../frames.js'

const COUNTER_BYTES = 8

/**
 * Each call gives the next: a counter of eight bytes, big-endian, and 24 bytes of chance. One such row serves all links of a
 * node for as long as it runs; its incarnation orders them across its lives.
 */
export function orderedNonces(random: Random): () => Uint8Array {
  let count = 0n
  return () => {
    count += 1n
    const nonce = Buffer.alloc(NONCE_BYTES)
    nonce.writeBigUInt64BE(count)
    nonce.set(random.bytes(NONCE_BYTES - COUNTER_BYTES), COUNTER_BYTES)
    return nonce
  }
}
