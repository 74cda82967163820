/** Rows of actors for tests of what the console makes of them. */
import type { ActorRow } from '../../src/control/protocol/actors.js'

export function rowOf(path: string, more: Partial<ActorRow> = {}): ActorRow {
  return {
    path,
    id: path.slice(path.lastIndexOf('/') + 1),
    logic: 'worker',
    status: 'active',
    durability: 'durable',
    isInMemory: true,
    isSupervisor: false,
    isPaused: false,
    state: 'idle',
    restarts: 0,
    mailbox: 0,
    stash: 0,
    effects: 0,
    seqNr: 1,
    order: 0,
    rate: 0,
    approvals: 0,
    ...more,
  }
}
