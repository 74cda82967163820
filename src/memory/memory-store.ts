/**
 * The port of long-term memory: what agents, and any other code, ask of it. `searchMemory` is the one that is built in; another
 * one (a vector database, a service) implements this and fits wherever it fits.
 *
 * 1. A namespace is a wall: nothing crosses it unless the caller names each namespace.
 * 2. What is remembered under an id that is there already changes nothing, so that an effect that runs again adds nothing.
 */
import type { ActorPath } from '../core/address.js'

/** Something that happened; a fact, which doesn't age; a thought of the agent's own. */
export type MemoryKind = 'episodic' | 'semantic' | 'note'

export interface MemoryItem {
  /** Unique within its namespace. */
  readonly id: string
  readonly namespace: string
  readonly kind: MemoryKind
  readonly text: string
  readonly data?: unknown
  /** When it was remembered, ms since the epoch. */
  readonly atMs: number
  /** 0 to 1. */
  readonly importance: number
  readonly tags: readonly string[]
  /** What the fact is about: a newer one replaces it. */
  readonly key?: string
  /** The actor whose effect remembered it. */
  readonly by?: ActorPath
}

export interface NewMemory {
  readonly namespace: string
  /** Default: within an effect its id and the number of the call in it, so that a re-run adds nothing; elsewhere a new one. */
  readonly id?: string
  /** Default `episodic`. */
  readonly kind?: MemoryKind
  /** 1 to 16 384 characters. */
  readonly text: string
  /** Whatever an actor's context may hold. */
  readonly data?: unknown
  /** 0 to 1; default 0.5. */
  readonly importance?: number
  readonly tags?: readonly string[]
  /** Of a `semantic` item only: it replaces the one with the same key. */
  readonly key?: string
}

export interface MemoryQuery {
  /** In the words of whoever asks. Empty: the newest and most important. Default empty. */
  readonly query?: string
  /** One, or exactly those to look into. */
  readonly namespace: string | readonly string[]
  /** Default: all. */
  readonly kinds?: readonly MemoryKind[]
  /** Only what has all of these. */
  readonly tags?: readonly string[]
  /** 1 to 1 000; default 10. */
  readonly limit?: number
  /** The least score, 0 to 1; default 0. */
  readonly minScore?: number
  /** Default: the signal of the effect that asks. */
  readonly signal?: AbortSignal
}

export interface Recalled {
  readonly item: MemoryItem
  /** 0 to 1: what the list is ordered by, best first. */
  readonly score: number
  /** 0 to 1: how well it answers the query. */
  readonly relevance: number
}

/** Conditions that all hold; the namespace is one of them. */
export interface MemoryFilter {
  readonly namespace: string
  readonly ids?: readonly string[]
  readonly kinds?: readonly MemoryKind[]
  readonly tags?: readonly string[]
  /** Remembered before this, ms since the epoch. */
  readonly beforeMs?: number
}

export interface MemoryListing extends MemoryFilter {
  /** 1 to 1 000; default 100. */
  readonly limit?: number
  /** `next` of the page before. */
  readonly after?: string
}

export interface MemoryPage {
  /** The newest first. */
  readonly items: readonly MemoryItem[]
  /** Absent on the last page. */
  readonly next?: string
}

/** Everything rejects with `OPTIONS_INVALID`, and the path of the field, where it is asked wrongly. */
export interface MemoryStore {
  /** Resolves when the item is durable, with what is stored under its id. */
  remember(memory: NewMemory): Promise<MemoryItem>
  recall(query: MemoryQuery): Promise<Recalled[]>
  /** Resolves with the number of forgotten items when they are durably gone. */
  forget(filter: MemoryFilter): Promise<number>
  list(listing: MemoryListing): Promise<MemoryPage>
}
