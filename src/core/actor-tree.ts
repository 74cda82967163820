/** What `system.tree()` answers: every actor of a node under its parent. Plain data; `String(tree)` draws it. */
import type { ActorPath } from './address.js'
import type { Pause } from './operator-orders.js'

export interface ActorTree {
  /** Name of the node; for a store that no system has open, its folder. */
  readonly name: string
  /** How many actors there are, by status. */
  readonly counts: ActorCounts
  /** The actors at the top, in the order of their start. */
  readonly children: readonly ActorNode[]
  /**
   * The tree as text: one line an actor, with box-drawing characters, in columns. Of more than twelve siblings ten are
   * shown, those with something to tell first; the rest is counted.
   */
  toString(): string
}

export type ActorCounts = Readonly<Partial<Record<ActorNode['status'], number>>>

export interface ActorNode {
  /** The last segment of its path, decoded. */
  readonly id: string
  readonly path: ActorPath
  /** Its logic's name in the logic table. */
  readonly logic: string
  /**
   * `quarantined`: it can't be restored (`error` says why). `missing`: nothing is known of it but that there are actors
   * below it.
   */
  readonly status: 'starting' | 'active' | 'restarting' | 'done' | 'failed' | 'stopped' | 'quarantined' | 'missing'
  readonly durability: 'durable' | 'relaxed' | 'volatile'
  readonly isInMemory: boolean
  readonly isSupervisor: boolean
  /** Of a supervisor; undefined where its logic is not at hand, as in a store that no system has open. */
  readonly strategy: 'oneForOne' | 'oneForAll' | 'restForOne' | undefined
  /** XState's state value; undefined for logic that is no machine. */
  readonly value: unknown
  /** How often it has been restarted in all, by supervision and by operators. */
  readonly restarts: number
  /** How many events wait in its mailbox. */
  readonly mailbox: number
  /** How many events it defers. */
  readonly stash: number
  /** How many promises, callbacks and observables run for it, or are to be started again. */
  readonly effects: number
  /** Whether it handles nothing until an operator resumes it. */
  readonly isPaused: boolean
  /** Who has paused it, and why; undefined if nobody has. */
  readonly pause: Pause | undefined
  /** Why it is quarantined, what it failed with, or what it is being restarted for. */
  readonly error: string | undefined
  /** How many actors are below it, at any depth. */
  readonly below: number
  /** In the order of their start. */
  readonly children: readonly ActorNode[]
}
