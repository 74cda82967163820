/** What is needed of a system to look at it: every `System` has it, whatever its logic table. */
import type { JournalEntry, WaitingEvent } from '../../core/actor-ref.js'
import type { ActorTree } from '../../core/actor-tree.js'
import { type ActorPath, formatAddress } from '../../core/address.js'
import type { SystemEvent } from '../../core/events.js'
import type { Explanation } from '../../core/explanation.js'
import type { Inspected } from '../../core/inspection.js'
import type { SystemFigures } from '../../core/system-figures.js'
import type { BudgetView } from '../../governance/ledger/budget-view.js'
import type { PeerFigures } from '../../remote/peer-figures.js'
import type { ActorInfo } from '../../runtime/system.js'

export interface WatchedSystem {
  readonly name: string
  readonly storeId: string
  actor(logic: never, id: string): object
  actors(): AsyncIterable<ActorInfo>
  tree(): Promise<ActorTree>
  inspect(observer: (event: Inspected) => void): { unsubscribe(): void }
  on(listener: (event: SystemEvent) => void, options: { readonly opening: false }): { unsubscribe(): void }
  figures(): SystemFigures
  budget(address: string): BudgetView | undefined
  readonly approvals: { list(): readonly { readonly path: ActorPath }[] }
  readonly deadLetters: { list(): AsyncIterable<unknown> }
  peers(): readonly PeerFigures[]
}

/** The ref of any actor, as far as it is looked at. */
export interface WatchedActor {
  readonly path: ActorPath
  readonly address: string
  explain(): Explanation
  getSnapshot(): object | undefined
  journal(options?: { readonly from?: number; readonly to?: number }): AsyncIterable<JournalEntry>
  mailbox(limit: number): Promise<readonly WaitingEvent[]>
  stashed(limit: number): Promise<readonly WaitingEvent[]>
}

/** By its address: a path that is taken apart would be encoded once more. */
export function actorAt(system: Pick<WatchedSystem, 'name' | 'actor'>, path: ActorPath): WatchedActor {
  return system.actor(undefined as never, formatAddress(system.name, path)) as WatchedActor
}
