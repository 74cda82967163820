/** Starting an actor at the top, for `system.spawn` and for peers. */
import { type ActorPath, childPath } from '../core/address.js'
import { RosciusError } from '../core/errors.js'
import { extrasOf } from '../core/extras.js'
import type { Random } from '../core/random.js'
import type { JournalReader } from '../persistence/journal.js'
import type { Cell } from './cell.js'
import type { Children } from './children.js'
import type { Commits } from './commits.js'
import type { Durability, LogicRow } from './logic-table.js'
import type { Planting } from './planting.js'

export interface SpawnPort {
  readonly options: { readonly random: Random }
  readonly commits: Commits
  readonly planting: Planting
  readonly children: Children & { readonly starts: { whenStarted(path: ActorPath): Promise<unknown> } }
  readonly journalReader: JournalReader
  rowOf(logic: string): LogicRow | undefined
  cellAt(path: ActorPath): Cell | undefined
  refAt(path: ActorPath): object
}

export interface SpawnRequest {
  readonly id?: string
  readonly input?: unknown
  readonly durability?: Durability
  readonly systemId?: string
  readonly ifExists?: 'throw' | 'use'
}

/** Resolves with its path when the start is durable. Rejects as `system.spawn` does. */
export function spawnAtTop(node: SpawnPort, logic: string, options: SpawnRequest): Promise<ActorPath> {
  return new Promise((resolve, reject) => {
    const row = node.rowOf(logic)
    if (row === undefined) throw logicNotFound(logic)
    const path = childPath(undefined, options.id ?? node.options.random.id())
    const existing = options.ifExists === 'use' ? logicAt(node, path) : undefined
    if (existing !== undefined && existing !== logic) throw otherLogic(path, existing, logic)
    if (existing !== undefined) return void node.commits.written().then(() => resolve(path), reject)
    const { input, durability = row.durability, systemId } = options
    const started = (): void => void node.children.starts.whenStarted(path).then(() => resolve(path), reject)
    const extras = extrasOf(options)
    node.planting.start({ row, path, input, durability, systemId, extras }, { resolve: started, reject })
  })
}

function logicAt(node: SpawnPort, path: ActorPath): string | undefined {
  return node.cellAt(path)?.row.name ?? node.journalReader.head(path)?.logic
}

function otherLogic(path: ActorPath, existing: string, wanted: string): RosciusError {
  const message = `${path} exists with the logic "${existing}", not "${wanted}"; choose another id.`
  return new RosciusError('ACTOR_EXISTS', message, { address: path, details: { existing, wanted } })
}

function logicNotFound(logic: string): RosciusError {
  const message = `spawn: "${logic}" is not in the system's logic table; add it to createSystem({ logic }).`
  return new RosciusError('LOGIC_NOT_FOUND', message, { details: { logic } })
}
