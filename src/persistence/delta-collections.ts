/**
 * The delta of a Map or a Set (see `delta.ts` for the format).
 *
 * Only primitive keys can be found again in a stored collection, and a change in place can't move an entry: a collection
 * with other keys, or whose entries changed places, is written whole, unless its content is the same.
 */
import { type Delta, type DiffValue, Op } from './delta-format.js'
import { type RefCodec, storable, within } from './storable.js'

export function diffMap(
  previous: ReadonlyMap<unknown, unknown>,
  next: ReadonlyMap<unknown, unknown>,
  refs: RefCodec,
  diffValue: DiffValue,
): Delta | undefined {
  if (!canPatch(previous, next)) {
    const isSame = isSameContent([...previous].flat(), [...next].flat(), refs, diffValue)
    return isSame ? undefined : [Op.replace, storable(next, refs)]
  }
  const sets: unknown[] = []
  const nested: unknown[] = []
  for (const [key, value] of next) {
    try {
      const delta = previous.has(key) ? diffValue(previous.get(key), value, refs) : [Op.replace, storable(value, refs)]
      if (delta === undefined) continue
      if (delta[0] === Op.replace) sets.push(storable(key, refs), delta[1])
      else nested.push(storable(key, refs), delta)
    } catch (error) {
      throw within(error, String(key))
    }
  }
  const deletes = missingIn(previous, next, refs)
  const isSame = sets.length === 0 && nested.length === 0 && deletes.length === 0
  return isSame ? undefined : [Op.map, sets, nested, deletes]
}

export function diffSet(
  previous: ReadonlySet<unknown>,
  next: ReadonlySet<unknown>,
  refs: RefCodec,
  diffValue: DiffValue,
): Delta | undefined {
  if (!canPatch(previous, next)) {
    const isSame = isSameContent([...previous], [...next], refs, diffValue)
    return isSame ? undefined : [Op.replace, storable(next, refs)]
  }
  const added = missingIn(next, previous, refs)
  const deleted = missingIn(previous, next, refs)
  return added.length === 0 && deleted.length === 0 ? undefined : [Op.set, added, deleted]
}

type Collection = ReadonlyMap<unknown, unknown> | ReadonlySet<unknown>

/** Whether all keys are primitive, and `next` is what deleting from `previous` and then adding gives, in that order. */
function canPatch(previous: Collection, next: Collection): boolean {
  for (const key of previous.keys()) if (isObject(key)) return false
  const kept = previous.keys()
  let isAdding = false
  for (const key of next.keys()) {
    if (isObject(key)) return false
    if (!previous.has(key)) isAdding = true
    else if (isAdding || !isNextKept(kept, key, next)) return false
  }
  return true
}

/** Advances over what was deleted; whether it then stands at `key`. */
function isNextKept(kept: Iterator<unknown>, key: unknown, next: Collection): boolean {
  for (;;) {
    const { done, value } = kept.next()
    if (done) return false
    if (next.has(value)) return Object.is(value, key)
  }
}

function missingIn(keys: Collection, others: Collection, refs: RefCodec): unknown[] {
  const missing: unknown[] = []
  for (const key of keys.keys()) if (!others.has(key)) missing.push(storable(key, refs))
  return missing
}

function isSameContent(previous: unknown[], next: unknown[], refs: RefCodec, diffValue: DiffValue): boolean {
  return previous.length === next.length && next.every((value, i) => diffValue(previous[i], value, refs) === undefined)
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null
}
