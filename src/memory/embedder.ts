/** The port to whatever turns text into vectors. */
import { RosciusError } from '../core/errors.js'

export interface MemoryEmbedder {
  /** Names the model: vectors of another name, or of other dimensions, are not compared. */
  readonly name: string
  /** Length of each vector. */
  readonly dimensions: number
  /** The least cosine of a query and an item that has to do with it, 0 to 1. Depends on the model. Default 0.3. */
  readonly minSimilarity?: number
  /** A vector of finite numbers. `signal` is aborted when nobody waits for it any more. */
  embed(text: string, options: { readonly signal: AbortSignal }): Promise<readonly number[]>
}

/** Under which vectors of this embedder are stored. */
export function signatureOf({ name, dimensions }: MemoryEmbedder): string {
  return `${name}/${dimensions}`
}

/** Throws what the embedder throws, and `OPTIONS_INVALID` if what it gives is no vector of its dimensions. */
export async function vectorOf(embedder: MemoryEmbedder, text: string, signal: AbortSignal): Promise<Float32Array> {
  const numbers = await embedder.embed(text, { signal })
  const isVector = numbers.length === embedder.dimensions && numbers.every((number) => Number.isFinite(number))
  if (isVector) return Float32Array.from(numbers)
  const message = `The embedder ${embedder.name} gave ${numbers.length} numbers; ${embedder.dimensions} finite ones are its dimensions.`
  throw new RosciusError('OPTIONS_INVALID', message, { details: { field: 'embedder.dimensions' } })
}
