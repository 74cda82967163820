/**
 * The way to the actors of a folder.
 *
 * 1. A running system is asked first, if it lets programs in.
 * 2. Of a store nothing is changed, and nothing in it is run: there is no logic. What only logic could tell is left out.
 */
import { basename, resolve } from 'node:path'
import { findControl } from '../../control/client/control-client.js'
import { runningSource } from '../running/running-source.js'
import { decrypted } from '../stored/open-store.js'
import { withStoreOrCopy } from '../stored/store-copy.js'
import { storedSource } from '../stored/stored-source.js'
import type { ActorSource } from './actor-source.js'
import { assertOfNode } from './actor-word.js'
import { NO_DOOR } from './no-door.js'

/**
 * Lends `use` the actors in `folder`. That they are only what a store knows is said on standard error. `word`: the one that is meant.
 * Throws `ADDRESS_INVALID`, `STORE_FAILED`, `STORE_KEY_WRONG`, `RECORD_CORRUPT`, `RECORD_UNSUPPORTED`.
 */
export async function withActors<T>(
  folder: string,
  use: (source: ActorSource) => Promise<T>,
  word?: string,
): Promise<T> {
  const system = await findControl(folder)
  if (system !== undefined) {
    await assertOfNode(system, word)
    return use(runningSource(system))
  }
  return withStoreOrCopy(
    folder,
    () => void process.stderr.write(NO_DOOR),
    async (store, isCopy) => {
      const place = { name: basename(resolve(folder)), folder, from: isCopy ? 'copy' : 'store' } as const
      return use(storedSource(store, decrypted(store), place))
    },
  )
}
