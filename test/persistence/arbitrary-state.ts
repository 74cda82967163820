import fc from 'fast-check'

/** Keys that trip naive object handling, and ordinary ones. */
const key = fc.oneof(
  fc.constantFrom('a', 'b', 'c', 'constructor', 'toJSON', 'hasOwnProperty', 'length', '', '0', '7', 'then', 'é€😀'),
  fc.string({ maxLength: 6 }).filter((name) => name !== '__proto__'),
)

const leaf = fc.oneof(
  { weight: 6, arbitrary: fc.oneof(fc.integer(), fc.string({ unit: 'binary', maxLength: 60 }), fc.boolean()) },
  fc.double(),
  fc.constantFrom(undefined, null, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 0, 2 ** 53),
  fc.bigInt(),
  fc.bigInt({ min: -(2n ** 70_000n), max: 2n ** 70_000n }),
  fc.date({ noInvalidDate: true }),
  fc.uint8Array({ maxLength: 40 }),
  fc.float64Array({ maxLength: 5 }),
  fc.bigInt64Array({ maxLength: 3 }),
  fc.uint8Array({ maxLength: 9 }).map((bytes) => bytes.buffer as ArrayBuffer),
  fc.uint8Array({ maxLength: 9 }).map((bytes) => Buffer.from(bytes)),
  fc.string({ maxLength: 9 }).map((text) => `\ud800${text}`),
)

const anything = fc.letrec<{ value: unknown; plain: unknown }>((tie) => ({
  plain: fc.dictionary(key, tie('value'), { maxKeys: 5, noNullPrototype: true }),
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.array(tie('value'), { maxLength: 6 }),
    tie('plain'),
    fc.array(fc.tuple(leaf, tie('value')), { maxLength: 4 }).map((entries) => new Map(entries)),
    fc.array(leaf, { maxLength: 5 }).map((elements) => new Set(elements)),
    fc.array(tie('plain'), { maxLength: 3 }).map((elements) => new Set(elements)),
  ),
}))

/** Any value that may be stored, refs and errors aside. */
export const state: fc.Arbitrary<unknown> = anything.value

/** A state and one made from it the way reducers do: most parts shared, some rebuilt, some new. */
export const sharingPair: fc.Arbitrary<[unknown, unknown]> = fc
  .tuple(state, fc.infiniteStream(fc.nat(99)), fc.infiniteStream(state))
  .map(([value, chance, fresh]) => [value, mutated(value, chance, fresh)])

/** Rolls under 20 replace, under 40 rebuild (changing children), above share. */
function mutated(value: unknown, chance: Iterator<number>, fresh: Iterator<unknown>): unknown {
  const roll = chance.next().value as number
  if (roll < 20) return fresh.next().value
  if (roll > 85) return value
  if (Array.isArray(value)) return mutatedArray(value, chance, fresh)
  if (value instanceof Map) {
    return new Map([...value].filter(() => keeps(chance)).map(([k, v]) => [k, mutated(v, chance, fresh)]))
  }
  if (value instanceof Set) return new Set([...value].filter(() => keeps(chance)).concat(fresh.next().value))
  if (typeof value === 'string') return roll < 60 ? `${value}${value}` : value
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value
  const entries = Object.entries(value).filter(() => keeps(chance))
  if (roll > 70) entries.reverse()
  return Object.fromEntries(entries.map(([k, v]) => [k, mutated(v, chance, fresh)]))
}

function mutatedArray(array: unknown[], chance: Iterator<number>, fresh: Iterator<unknown>): unknown[] {
  const roll = chance.next().value as number
  if (roll < 20) return [...array, fresh.next().value]
  if (roll < 35) return [...array.slice(1), fresh.next().value]
  if (roll < 45) return [fresh.next().value, ...array, ...array]
  if (roll < 55) return array.toReversed()
  if (roll < 75) return array.filter(() => keeps(chance))
  return array.map((element) => mutated(element, chance, fresh))
}

function keeps(chance: Iterator<number>): boolean {
  return (chance.next().value as number) < 80
}
