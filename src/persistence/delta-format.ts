import type { RefCodec } from './storable.js'

/** A change in the shape that `delta.ts` lists: plain arrays, so that msgpack writes them small. */
export type Delta = readonly [op: number, ...parts: unknown[]]

/** First elements of deltas. Part of the record format: never renumber. */
export const Op = {
  replace: 0,
  object: 1,
  append: 2,
  elements: 3,
  runs: 4,
  appendText: 5,
  map: 6,
  set: 7,
} as const

/** In `runs`, where an index of the old array could stand: a changed element follows. */
export const CHANGED = -1

/** How the parts of a delta compare what they hold: `diffValue`. */
export type DiffValue = (previous: unknown, next: unknown, refs: RefCodec) => Delta | undefined
