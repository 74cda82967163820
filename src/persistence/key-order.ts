/**
 * The order of store keys: that of their UTF-8 bytes, which every driver must agree on.
 *
 * JavaScript compares strings by UTF-16 code units, which differs from UTF-8 only where a surrogate pair (U+10000 and up)
 * meets U+E000 to U+FFFF.
 */

const FIRST_SURROGATE = 0xd800
const FIRST_ABOVE_SURROGATES = 0xe000

/** Negative when `a` sorts before `b`, positive when after, 0 when equal; by UTF-8 bytes. */
export function compareKeys(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const left = a.charCodeAt(i)
    const right = b.charCodeAt(i)
    if (left !== right) return rank(left) - rank(right)
  }
  return a.length - b.length
}

/** Moves the surrogates above the rest of the basic plane, where their UTF-8 bytes are. */
function rank(unit: number): number {
  if (unit < FIRST_SURROGATE) return unit
  return unit >= FIRST_ABOVE_SURROGATES ? unit - 0x800 : unit + 0x2000
}

/** The index of the first of the sorted `keys` that isn't before `key`; `keys.length` when all are. */
export function lowerBound(keys: readonly string[], key: string): number {
  let low = 0
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (compareKeys(keys[middle]!, key) < 0) low = middle + 1
    else high = middle
  }
  return low
}
