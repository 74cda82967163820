import type { MemoryEmbedder } from '../../src/memory/index.js'

/** Counts of hashed character trigrams: texts that are spelled alike point the same way, also where no whole word is the same. */
export function trigrams({
  name = 'trigrams',
  dimensions = 256,
} = {}): MemoryEmbedder & { readonly embedded: string[] } {
  const embedded: string[] = []
  return {
    name,
    dimensions,
    minSimilarity: 0.2,
    embedded,
    embed: async (text) => {
      embedded.push(text)
      const vector = new Array<number>(dimensions).fill(0)
      const padded = ` ${text.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, ' ')} `
      for (let at = 0; at + 3 <= padded.length; at++) {
        const bucket = hashOf(padded.slice(at, at + 3)) % dimensions
        vector[bucket] = (vector[bucket] ?? 0) + 1
      }
      return vector
    },
  }
}

/** FNV-1a. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (const char of text) hash = Math.imul(hash ^ char.codePointAt(0)!, 0x01000193) >>> 0
  return hash
}
