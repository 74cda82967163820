/**
 * What can be asked of the actors of a folder, wherever it is answered: by the running system that has it open, or from the records
 * of the store. Both answer in the shapes of the control API.
 */
import type { AnswerOf, AskedOf } from '../../control/protocol/routes.js'
import type { ActorPath } from '../../core/address.js'

type Asked = 'actors' | 'value' | 'journal' | 'explanation' | 'deadLetters'

type Questions = { readonly [K in Asked]: (query: AskedOf<K>) => Promise<AnswerOf<K>> }

/** It rejects with `ACTOR_NOT_FOUND`, and whatever else a system refuses or a store can't be read for. */
export interface ActorSource extends Questions {
  /** `copy`: a process has the store open that lets nobody in. */
  readonly from: 'system' | 'store' | 'copy'
  actor(path: ActorPath): Promise<AnswerOf<'actor'>>
  budgets(): Promise<AnswerOf<'budgets'>['budgets']>
}
