/** Where the history of a store is read that no system has open. What actors have in memory is not there. */
import type { AnyActorLogic } from 'xstate'
import type { HistorySource } from '../../inspect/history/source.js'
import { kindRange, pathInKey } from '../../persistence/keys.js'
import type { StoreSight } from './stored-sight.js'

/** `logicNamed`: what a name stands for, as a store does not know. Default: nothing. */
export function storedHistory(
  { store, journal, name }: Pick<StoreSight, 'store' | 'journal' | 'name'>,
  logicNamed: (name: string) => AnyActorLogic | undefined = () => undefined,
): HistorySource {
  return {
    name,
    journal,
    logicOf: (path) => {
      const head = journal.head(path)
      return head && { name: head.logic, logic: logicNamed(head.logic) }
    },
    paths: async function* () {
      for await (const [key] of store.range(kindRange('a'))) yield pathInKey(key)
    },
    newestRecord: (path) => journal.newestRecord(path),
    busy: () => [],
    newest: () => undefined,
    links: async () => [],
  }
}
