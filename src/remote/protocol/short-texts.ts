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
  return (bytes, start, length) => {
    let hash = length
    for (let i = start; i < start + length; i++) {
      const byte = bytes[i]!
      if (byte > 0x7f) return undefined
      hash = (Math.imul(hash, 31) + byte) | 0
    }
    const slot = (hash ^ (hash >>> 15)) & (SLOTS - 1)
    const known = slots[slot]!
    if (isSame(known, bytes, start, length)) return known
    const text = bytes.toString('latin1', start, start + length)
    slots[slot] = text
    return text
  }
}

function isSame(text: string, bytes: Buffer, start: number, length: number): boolean {
  if (text.length !== length) return false
  for (let i = 0; i < length; i++) if (text.charCodeAt(i) !== bytes[start + i]) return false
  return true
}
