/**
 * Short strings that come again and again: keys, types, paths. Made once, they are found by their bytes.
 *
 * 1. It answers a string only if every byte of it is the same.
 * 2. It holds at most `SLOTS` strings, whatever comes: a new one takes the place of another.
 */

const SLOTS = 1_024
/** Longer ones are left to the decoder. */
export const SHORT_TEXT_BYTES = 32

/** The string of `length` bytes of ASCII at `start`; undefined if they are not ASCII. */
export type ShortTexts = (bytes: Buffer, start: number, length: number) => string | undefined

export function createShortTexts(): ShortTexts {
  const slots = new Array<string>(SLOTS).fill('')
  // The bytes of each, side by side: comparing bytes with bytes is quicker than with the characters of a string.
  const lengths = new Uint8Array(SLOTS)
  const known = new Uint8Array(SLOTS * SHORT_TEXT_BYTES)

  function isKnown(slot: number, bytes: Buffer, start: number, length: number): boolean {
    if (lengths[slot] !== length) return false
    const first = slot * SHORT_TEXT_BYTES
    for (let i = 0; i < length; i++) if (known[first + i] !== bytes[start + i]) return false
    return true
  }

  function remember(slot: number, bytes: Buffer, start: number, length: number): string | undefined {
    const first = slot * SHORT_TEXT_BYTES
    for (let i = 0; i < length; i++) if (bytes[start + i]! > 0x7f) return undefined
    for (let i = 0; i < length; i++) known[first + i] = bytes[start + i]!
    lengths[slot] = length
    const text = bytes.toString('latin1', start, start + length)
    slots[slot] = text
    return text
  }

  return (bytes, start, length) => {
    const slot = slotOf(bytes, start, length)
    return isKnown(slot, bytes, start, length) ? slots[slot] : remember(slot, bytes, start, length)
  }
}

/** From its length and a few of its bytes: where they are the same, one takes the place of the other. */
function slotOf(bytes: Buffer, start: number, length: number): number {
  if (length === 0) return 0
  let hash = length
  const last = start + length - 1
  hash = (Math.imul(hash, 31) + bytes[start]!) | 0
  hash = (Math.imul(hash, 31) + bytes[start + (length >> 1)]!) | 0
  if (length > 2) hash = (Math.imul(hash, 31) + bytes[last - 1]!) | 0
  hash = (Math.imul(hash, 31) + bytes[last]!) | 0
  return (hash ^ (hash >>> 15)) & (SLOTS - 1)
}
