/**
 * Which objects are written as records of a shared structure (their keys once per store) instead of as maps.
 *
 * Boundary: it decides and counts; msgpackr numbers the structures and writes them into the array given here.
 */

/** At most this many structures; the keys of further shapes are written with each object. */
const MAX_STRUCTURES = 512
/** Objects with more keys are taken for dictionaries. */
const MAX_KEYS = 32
/** How often a shape must be met before it gets a structure: one-off key sets never do. */
const SIGHTINGS = 3
/** Candidates remembered at a time. */
const MAX_CANDIDATES = 2_048
/** Keys of objects without structure after which msgpackr's index of key sequences is built anew without them. */
const MAX_MISSED_KEYS = 20_000
/** msgpackr's own limit is never reached, so that it always asks `shouldShareStructure`. */
const UNREACHED = 4 * MAX_STRUCTURES

/** The keys of a structure, with the marks that msgpackr puts on them. */
type Structure = string[] & { isShared?: boolean; highByte?: number }
type StructureList = Structure[] & { transitions?: object | null }

export interface Structures {
  /** What msgpackr is to be made with. */
  readonly options: {
    readonly structures: StructureList
    readonly maxSharedStructures: number
    readonly maxOwnStructures: number
    readonly shouldShareStructure: (keys: string[]) => boolean
  }
  /** All structures, if some are new since the last call. */
  takeChanged(): string[][] | undefined
  /** To be called after each encoding: keeps memory bounded whatever was encoded. */
  forgetMisses(): void
}

export function createStructures(saved: readonly string[][]): Structures {
  const structures: StructureList = saved.map(marked)
  const candidates = new Map<string, number>()
  let known = structures.length
  let missedKeys = 0

  const shouldShareStructure = (keys: string[]): boolean => {
    missedKeys += keys.length + 1
    if (keys.length > MAX_KEYS || structures.length >= MAX_STRUCTURES) return false
    const shape = keys.join('\0')
    const sightings = (candidates.get(shape) ?? 0) + 1
    if (candidates.size >= MAX_CANDIDATES) candidates.clear()
    if (sightings < SIGHTINGS) candidates.set(shape, sightings)
    else candidates.delete(shape)
    return sightings >= SIGHTINGS
  }

  return {
    options: { structures, maxSharedStructures: UNREACHED, maxOwnStructures: 0, shouldShareStructure },
    takeChanged() {
      if (structures.length === known) return undefined
      known = structures.length
      return structures.map((keys) => [...keys])
    },
    forgetMisses() {
      if (missedKeys < MAX_MISSED_KEYS) return
      missedKeys = 0
      structures.transitions = null
    },
  }
}

/** msgpackr marks the structures that it loads itself; ours are given to it, so they are marked here in the same way. */
function marked(keys: string[], index: number): Structure {
  return Object.assign([...keys], { isShared: true, highByte: index >= 32 ? (index - 32) >> 5 : -1 })
}
