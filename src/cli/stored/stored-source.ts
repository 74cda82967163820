/** The actors in a store that no system has open, in the shapes in which a running one tells of its own. */
import { lettersAnswer } from '../../control/answers/dead-letters.js'
import type { ActorPath } from '../../core/address.js'
import { RosciusError } from '../../core/errors.js'
import { defineRedaction } from '../../governance/redaction/redaction.js'
import { historyOf } from '../../inspect/history/history.js'
import { pageOf } from '../../inspect/live/roster-query.js'
import { Shown } from '../../inspect/live/shown.js'
import { JournalReader } from '../../persistence/journal.js'
import { NO_REFS } from '../../persistence/storable.js'
import type { Store } from '../../persistence/store.js'
import { RUNNING_HINT } from '../running/running-system.js'
import type { ActorSource } from '../sources/actor-source.js'
import { storedBudgets } from './stored-budgets.js'
import { storedCodec } from './stored-codec.js'
import { storedDetail } from './stored-detail.js'
import { storedEntries } from './stored-entries.js'
import { storedExplanation } from './stored-explanation.js'
import { storedHistory } from './stored-history.js'
import { storedLetters } from './stored-letters.js'
import type { StoreSight } from './stored-sight.js'

export interface StorePlace {
  /** What the node is called here: its own name is not in the store. */
  readonly name: string
  readonly folder: string
  readonly from: 'store' | 'copy'
}

const NOBODY = { by: '', role: 'viewer', door: 'socket' } as const

/** `values` is the store, decrypted. */
export function storedSource(store: Store, values: Store, place: StorePlace): ActorSource {
  const mask = defineRedaction()
  const codec = storedCodec(values)
  const journal = new JournalReader(values, codec, NO_REFS)
  const shown = new Shown(mask)
  const sight: StoreSight = { store, values, codec, journal, mask, shown, nowMs: Date.now(), ...place }
  const history = historyOf(storedHistory(sight), { mask })
  const letters = lettersAnswer({ shown, letters: storedLetters(sight) })
  return {
    from: place.from,
    actors: async (query) => pageOf([...(await storedEntries(sight)).values()], query, sight),
    actor: (path) => storedDetail(path, sight),
    value: ({ path, ...query }) => history.valueSlice(path, query),
    journal: ({ path, ...query }) => history.journalPage(path, query),
    explanation: async ({ path, event }) => {
      if (event !== undefined) throw needsMachine(path)
      return storedExplanation(path, sight)
    },
    deadLetters: async (query) => letters(query, NOBODY),
    budgets: () => storedBudgets(sight),
  }
}

function needsMachine(path: ActorPath): RosciusError {
  const message = `What would become of an event, only the machine of ${path} can tell, and a store has none. ${RUNNING_HINT}`
  return new RosciusError('STORE_FAILED', message, { address: path })
}
