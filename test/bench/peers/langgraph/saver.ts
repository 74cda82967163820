/** The checkpointer on SQLite. */
import { join } from 'node:path'
import { SqliteSaver } from '@langchain/langgraph-checkpoint-sqlite'
import type { Opened } from '../site.js'

export interface Saved extends Opened {
  /** SQLite's `synchronous`; as the saver comes if it isn't given: in the WAL mode that it sets, no commit is fsynced then. */
  readonly synchronous?: 'full'
}

export interface Tuned extends Saved {
  readonly durability?: Durability
}

export interface Saving extends AsyncDisposable {
  readonly checkpointer: SqliteSaver
}

export async function openSaver({ folder, synchronous }: Saved): Promise<Saving> {
  const checkpointer = SqliteSaver.fromConnString(join(folder, 'checkpoints.db'))
  const { db } = checkpointer
  if (synchronous === 'full') db.pragma('synchronous = FULL')
  // Sets the database up.
  await checkpointer.getTuple(agentAt(0))
  const settings = [db.pragma('journal_mode', { simple: true }), db.pragma('synchronous', { simple: true })]
  const expected = ['wal', synchronous === 'full' ? FULL : NORMAL]
  if (settings.join() !== expected.join()) throw new Error(`SQLite is set to ${settings}, not to ${expected}`)
  return {
    checkpointer,
    [Symbol.asyncDispose]: async () => db.close(),
  }
}

const NORMAL = 1
const FULL = 2

/**
 * When a run is kept: `sync`, each of its steps before the next one; `exit`, once, before the answer.
 */
export type Durability = 'sync' | 'exit'

/** The configuration under which an agent's thread is invoked. */
export function agentAt(agent: number, durability: Durability = 'sync') {
  return { configurable: { thread_id: `agent-${agent}` }, durability }
}
