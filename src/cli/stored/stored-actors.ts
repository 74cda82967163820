/** Actors of a store that no system has open, with the state they are in. */
import { JournalReader, type Loaded } from '../../persistence/journal.js'
import { kindRange, pathInKey } from '../../persistence/keys.js'
import { NO_REFS } from '../../persistence/storable.js'
import type { Store } from '../../persistence/store.js'
import type { Frame } from '../../runtime/xstate/frame.js'
import { storedCodec } from './stored-codec.js'

export interface StoredActor {
  readonly path: string
  readonly head: Loaded['head']
  readonly frame: Frame
}

/** One actor; undefined if there is none. `values` is the store, decrypted. Throws `RECORD_CORRUPT` where it can't be read. */
export function storedActor(values: Store, path: string): StoredActor | undefined {
  return loaded(new JournalReader(values, storedCodec(values), NO_REFS), path)
}

/** All of them, in the order of their paths; `undefined` for one that can't be read. */
export async function* storedActors(store: Store, values: Store): AsyncGenerator<StoredActor | undefined> {
  const journal = new JournalReader(values, storedCodec(values), NO_REFS)
  for await (const [key] of store.range(kindRange('a'))) {
    try {
      const actor = loaded(journal, pathInKey(key))
      if (actor !== undefined) yield actor
    } catch {
      yield undefined
    }
  }
}

function loaded(journal: JournalReader, path: string): StoredActor | undefined {
  const found = journal.load(path)
  return found && { path, head: found.head, frame: found.frame as Frame }
}
