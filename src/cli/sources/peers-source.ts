/** Where the links of a folder are looked up: in the system that has it open, or in the store itself. */
import { type ControlClient, findControl } from '../../control/client/control-client.js'
import type { ToldPeer } from '../../control/protocol/links.js'
import { assertStore, decrypted } from '../stored/open-store.js'
import { withStoreOrCopy } from '../stored/store-copy.js'
import { readStoredPeers, type StoredPeer } from '../stored/stored-peers.js'

export type FoundPeers =
  /** The links of a running system. */
  | { readonly from: 'system'; readonly peers: readonly ToldPeer[] }
  /** What the store knows, or a copy of it: then a process has it open that lets nobody in. */
  | { readonly from: 'store' | 'copy'; readonly peers: readonly StoredPeer[] }

/** Throws `STORE_FAILED`, `STORE_KEY_WRONG`, `RECORD_CORRUPT`, `RECORD_UNSUPPORTED`. */
export async function findPeers(folder: string): Promise<FoundPeers> {
  assertStore(folder)
  const system = await findControl(folder)
  if (system !== undefined) return figuresOf(system)
  const found = async (store: Parameters<typeof decrypted>[0], isCopy: boolean): Promise<FoundPeers> => {
    const peers = await readStoredPeers(store, decrypted(store))
    return { from: isCopy ? 'copy' : 'store', peers }
  }
  return withStoreOrCopy(folder, () => {}, found)
}

export async function figuresOf(system: ControlClient): Promise<FoundPeers & { readonly from: 'system' }> {
  return { from: 'system', peers: (await system.links()).links }
}
