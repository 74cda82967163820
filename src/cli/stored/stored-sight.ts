/** What is needed to look into a store. */
import type { ActorPath } from '../../core/address.js'
import { RosciusError } from '../../core/errors.js'
import type { Redaction } from '../../governance/redaction/redaction.js'
import type { Shown } from '../../inspect/live/shown.js'
import type { Codec } from '../../persistence/codec.js'
import type { JournalReader } from '../../persistence/journal.js'
import type { Store } from '../../persistence/store.js'

export interface StoreSight {
  /** As it is, for its keys. */
  readonly store: Store
  /** The same, decrypted. */
  readonly values: Store
  readonly codec: Codec
  readonly journal: JournalReader
  readonly mask: Redaction
  readonly shown: Shown
  /** When it is looked at. */
  readonly nowMs: number
  readonly name: string
  readonly folder: string
}

export function noActor(path: ActorPath, folder: string): RosciusError {
  const message = `There is no actor ${path} in ${folder}. Who is there: roscius ps ${folder}`
  return new RosciusError('ACTOR_NOT_FOUND', message, { address: path })
}
