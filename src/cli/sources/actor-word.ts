/** The word on the command line that names an actor: its path, or its address. */
import { checkedPath } from '../../control/answers/actor-of.js'
import type { ControlClient } from '../../control/client/control-client.js'
import { type ActorPath, parseAddress } from '../../core/address.js'
import { RosciusError } from '../../core/errors.js'

const isAddress = (word: string): boolean => word.startsWith('roscius://')

/** The path that is meant: the word itself, that of the address, or with its ids as they are. Throws `ADDRESS_INVALID`. */
export function pathOf(word: string): ActorPath {
  return checkedPath(isAddress(word) ? parseAddress(word).path : word)
}

/**
 * An address of another node means no actor of this one. A store does not know what its node is called, so only a running system
 * can tell. Rejects with `ADDRESS_INVALID`.
 */
export async function assertOfNode(system: Pick<ControlClient, 'node'>, word: string | undefined): Promise<void> {
  if (word === undefined || !isAddress(word)) return
  const { node } = parseAddress(word)
  const { name } = await system.node()
  if (node === name) return
  const message = `${word} is an actor of the node "${node}". The one that runs here is "${name}".`
  throw new RosciusError('ADDRESS_INVALID', message, { details: { address: word, node: name } })
}
