/**
 * The port to whatever keeps bytes: ordered keys, one atomic batch at a time, one sync.
 *
 * Boundary: a store knows nothing of actors. Keys are non-empty strings compared by their UTF-8 bytes; values are bytes.
 *
 * 1. `batch` is atomic: after a crash either all of its operations are there or none.
 * 2. A batch with `sync: true` whose promise resolved survives the loss of power, and so does every batch before it.
 * 3. Batches take effect in the order in which they were called (the runtime has one in flight at a time).
 * 4. `get` is synchronous: a state is read inside a turn. A driver that can't is no store for Roscius.
 * 5. Every method of a closed store throws or rejects with `STORE_CLOSED`.
 *
 * Drivers: `memory-store.ts`, `level-store.ts`; the contract suite in `roscius/testing` runs against each.
 */
export interface Store {
  get(key: string): Uint8Array | undefined
  /** Entries with `gte <= key < lt`, in key order (or the reverse), as of the call. Closing the iterator early frees it. */
  range(range: KeyRange): AsyncIterable<Entry>
  batch(operations: readonly Operation[], options: { readonly sync: boolean }): Promise<void>
  /** Deletes every key with `gte <= key < lt`; not atomic, and may be repeated after a crash. */
  deleteRange(range: { readonly gte: string; readonly lt: string }): Promise<void>
  close(): Promise<void>
}

export type Entry = readonly [key: string, value: Uint8Array]

export interface KeyRange {
  readonly gte: string
  readonly lt: string
  readonly reverse?: boolean
  /** At most this many entries; all when absent. */
  readonly limit?: number
}

export type Operation =
  | { readonly type: 'put'; readonly key: string; readonly value: Uint8Array }
  | { readonly type: 'del'; readonly key: string }
