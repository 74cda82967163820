import type { ActorPath } from './address.js'

/** What the long-term memory of a node tells of itself. */
export type MemoryEvent =
  /** A namespace was full: these items, the least useful, were forgotten. */
  | { readonly type: 'memoryEvicted'; readonly namespace: string; readonly ids: readonly string[] }
  /** So many items have vectors of another embedder: until `reembed()` they are found by their words only. */
  | {
      readonly type: 'memoryEmbedderChanged'
      readonly from: string
      readonly to: string | undefined
      readonly items: number
    }
  /** The embedder failed; the item, or the question, does without a vector. `path`: whose effect it was. */
  | { readonly type: 'memoryEmbeddingFailed'; readonly path: ActorPath | undefined; readonly error: unknown }
