/**
 * The way to the actors of a folder.
 *
 * 1. A running system is asked first, if it lets programs in.
 * 2. Of a store nothing is changed, and nothing in it is run: there is no logic. What only logic could tell is left out.
 */
import { basename, resolve } from 'node:path'
import { checkedPath } from '../../control/answers/actor-of.js'
import { findControl } from '../../control/client/control-client.js'
import { type ActorPath, parseAddress } from '../../core/address.js'
import { runningSource } from '../running/running-source.js'
import { decrypted } from '../stored/open-store.js'
import { withStoreOrCopy } from '../stored/store-copy.js'
import { storedSource } from '../stored/stored-source.js'
import type { ActorSource } from './actor-source.js'
import { NO_DOOR } from './no-door.js'

/**
 * Lends `use` the actors in `folder`. That they are only what a store knows is said on standard error. Throws `STORE_FAILED`,
 * `STORE_KEY_WRONG`, `RECORD_CORRUPT`, `RECORD_UNSUPPORTED`.
 */
export async function withActors<T>(folder: string, use: (source: ActorSource) => Promise<T>): Promise<T> {
  const system = await findControl(folder)
  if (system !== undefined) return use(runningSource(system))
  return withStoreOrCopy(
    folder,
    () => void process.stderr.write(NO_DOOR),
    async (store, isCopy) => {
      const place = { name: basename(resolve(folder)), folder, from: isCopy ? 'copy' : 'store' } as const
      return use(storedSource(store, decrypted(store), place))
    },
  )
}

/** The path that a word on the command line means: itself, an address, or with its ids as they are. Throws `ADDRESS_INVALID`. */
export function pathOf(word: string): ActorPath {
  return checkedPath(word.startsWith('roscius://') ? parseAddress(word).path : word)
}
