/**
 * The best answers to a question, out of the namespaces that it names.
 *
 * 1. Everything that matches is ranked, not only the best by the text: an item that is newer or matters more may come first.
 * 2. Between two namespaces others have their turn.
 */
import { setImmediate as eventLoopRound } from 'node:timers/promises'
import type { Recalled } from './memory-store.js'
import type { ReadQuery } from './read-memory.js'
import { type Match, relevanceOf, type ScoreRules, scoreOf } from './score.js'
import { byTime, type Entry } from './shelf.js'
import type { Shelves } from './shelves.js'

interface Candidate {
  readonly namespace: string
  readonly entry: Entry
  readonly match: Match
}

interface Ranked {
  readonly namespace: string
  readonly entry: Entry
  readonly score: number
  readonly relevance: number
}

export async function best(
  shelves: Shelves,
  query: ReadQuery,
  vector: Float32Array | undefined,
  rules: ScoreRules,
): Promise<Recalled[]> {
  const found: Candidate[] = []
  for (const namespace of namespacesOf(query)) {
    if (found.length > 0) await eventLoopRound()
    for (const candidate of await candidatesIn(shelves, namespace, query, vector)) found.push(candidate)
  }
  return ranked(found, shelves.host.now(), rules)
    .filter(({ score }) => score >= query.minScore)
    .sort((one, other) => other.score - one.score || byTime(one.entry, other.entry))
    .slice(0, query.limit)
    .flatMap(({ namespace, entry, score, relevance }) => {
      const item = shelves.read(namespace, entry.id)?.item
      return item === undefined ? [] : [{ item, score, relevance }]
    })
}

function ranked(found: readonly Candidate[], nowMs: number, rules: ScoreRules): readonly Ranked[] {
  const bestText = found.reduce((highest, { match }) => Math.max(highest, match.text), 0)
  return found.map(({ namespace, entry, match }) => {
    const relevance = relevanceOf(match, bestText)
    return { namespace, entry, relevance, score: scoreOf(entry, relevance, nowMs, rules) }
  })
}

async function candidatesIn(
  shelves: Shelves,
  namespace: string,
  { query, kinds, tags }: ReadQuery,
  vector: Float32Array | undefined,
): Promise<readonly Candidate[]> {
  const shelf = shelves.get(namespace)
  if (shelf === undefined) return []
  const matches = query === '' ? undefined : await shelf.matches(query, vector)
  return shelf.select({ kinds, tags }).flatMap((entry) => {
    const match = matches === undefined ? NO_QUESTION : matches.get(entry.id)
    return match === undefined ? [] : [{ namespace, entry, match }]
  })
}

const NO_QUESTION: Match = { text: 0, similarity: undefined }

function namespacesOf({ namespace }: ReadQuery): readonly string[] {
  return typeof namespace === 'string' ? [namespace] : [...new Set(namespace)]
}
