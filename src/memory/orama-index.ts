/**
 * The index of one namespace, on Orama: full text (BM25) and vectors. The only file that knows Orama.
 *
 * Boundary: in memory, synchronous, no filters, no ranking: it says what matches, and how well.
 *
 * 1. One index for each namespace: word statistics of one never colour the scores of another, and a namespace is dropped whole.
 * 2. Words are split here and only reduced to their stems by Orama, whose own splitter takes every letter that its language
 *    lacks for a space ("Über" becomes "ber", Japanese becomes nothing). A word of the query also finds longer words that
 *    begin with it.
 * 3. Text and vectors are searched apart: Orama's hybrid scores are relative to the best of one index.
 */
import { type AnyOrama, components, create, insert, remove, search } from '@orama/orama'
import type { Match } from './score.js'
import { queryWordsOf, wordsOf } from './words.js'

export interface OramaIndexOptions {
  readonly language: 'english' | 'any'
  readonly dimensions: number | undefined
  readonly minSimilarity: number
}

export interface IndexedText {
  readonly id: string
  readonly text: string
  readonly vector: Float32Array | undefined
}

export class OramaIndex {
  readonly #orama: AnyOrama
  /** Ids, and whether they have a vector. */
  readonly #ids = new Map<string, boolean>()
  /** Orama keeps a little of what is removed: the number tells when to begin anew. */
  removed = 0

  constructor(private readonly options: OramaIndexOptions) {
    const { dimensions } = options
    this.#orama = create({
      schema: { text: 'string', ...(dimensions === undefined ? {} : { vector: `vector[${dimensions}]` }) } as const,
      components: { tokenizer: tokenizerOf(options) },
      sort: { enabled: false },
    })
  }

  has(id: string): boolean {
    return this.#ids.has(id)
  }

  add({ id, text, vector }: IndexedText): void {
    const document = { id, text, ...(vector && { vector: Array.from(vector) }) }
    insert(this.#orama, document)
    // Orama has copied it, and would keep this one too.
    if (vector !== undefined) Object.assign(document, { vector: null })
    this.#ids.set(id, vector !== undefined)
  }

  remove(id: string): void {
    if (!this.#ids.delete(id)) return
    remove(this.#orama, id)
    this.removed++
  }

  /** All that has to do with the query, by id. */
  async matches(query: string, vector: Float32Array | undefined): Promise<ReadonlyMap<string, Match>> {
    const found = new Map<string, Match>()
    for (const [id, score] of await this.#byText(query)) {
      const isCompared = vector !== undefined && this.#ids.get(id) === true
      found.set(id, { text: score, similarity: isCompared ? 0 : undefined })
    }
    if (vector === undefined) return found
    for (const [id, similarity] of await this.#byVector(vector))
      found.set(id, { text: found.get(id)?.text ?? 0, similarity })
    return found
  }

  async #byText(query: string): Promise<readonly (readonly [string, number])[]> {
    const words = queryWordsOf(query, this.options.language === 'english')
    if (words.length === 0) return []
    const { hits } = await search(this.#orama, { term: words.join(' '), limit: this.#ids.size })
    return hits.map(({ id, score }) => [id, score])
  }

  async #byVector(vector: Float32Array): Promise<readonly (readonly [string, number])[]> {
    const { hits } = await search(this.#orama, {
      mode: 'vector',
      vector: { value: Array.from(vector), property: 'vector' },
      similarity: this.options.minSimilarity,
      limit: this.#ids.size,
    })
    return hits.map(({ id, score }) => [id, score])
  }
}

function tokenizerOf({ language }: OramaIndexOptions) {
  const tokenizer = components.tokenizer.createTokenizer({ language: 'english', stemming: language === 'english' })
  // Without its cache of all words ever seen, which only grows.
  const normalized = (word: string): string => tokenizer.normalizeToken('text', word, false)
  return {
    language: 'english',
    normalizationCache: new Map<string, string>(),
    tokenize: (text: string): string[] => [...new Set(wordsOf(text).map(normalized))].filter((word) => word !== ''),
  }
}
