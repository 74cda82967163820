/**
 * A brain that is told no more than it can read: short-term memory as a window over what the agent has seen.
 *
 * 1. What it is told of observations and memory is never above `maxTokens`; see `window.ts` for what stays.
 * 2. Without `summarise` it is a function of the request. With it a summary is written once for what it covers: it is kept, and
 *    the next one is made from it and what has fallen out since. The window is then cut with room to spare, so that not every
 *    turn needs a new one.
 * 3. A kept summary is only used for the same actor and goal, and for the same observations.
 */
import { fingerprint } from '../machines/agent/repetition.js'
import type { BrainRequest, Observation } from '../machines/brain.js'
import { currentEffect } from '../src/index.js'
import { assertCount, brainError } from './brain-error.js'
import { type BrainContext, type DefinedBrain, defineBrain } from './define-brain.js'
import { cutWindow, hasRoom, summaryNote, summaryRoom, type Window, type WindowRules, windowFrom } from './window.js'

export interface SummaryRequest {
  readonly goal: string
  /** The summary so far, of all that came before `observations`; absent for the first. */
  readonly summary: string | undefined
  /** What is to be added to it, the newest last. */
  readonly observations: readonly Observation[]
  /** What is longer is cut. */
  readonly maxTokens: number
  readonly signal: AbortSignal
}

export type Summarise = (request: SummaryRequest) => Promise<string> | string

export interface WindowOptions {
  /** Most tokens of observations and memory together, the summary included. The goal, tools and rules of the request are not counted. */
  readonly maxTokens: number
  /** Tokens of a text, in the model's own count. Longer texts must not count less. Default `estimateTokens`. */
  readonly countTokens?: (text: string) => number
  /** Writes the summary of what is left out. If it fails, the default is used. Default: how much it is, and the first sentence of each. */
  readonly summarise?: Summarise
  /** The newest observations that are never left out, only cut. Default 1. */
  readonly keepLast?: number
}

/** UTF-8 bytes that are counted as one token. */
const BYTES_PER_TOKEN = 3

/**
 * Tokens of a text, on the high side: one for every 3 bytes of its UTF-8. OpenAI's rule of thumb is 4 characters of English for
 * a token, and fewer in other languages (https://help.openai.com/en/articles/4936856-what-are-tokens-and-how-to-count-them).
 * It stays an estimate: each model has its own tokens, and text of rare characters or random digits may need up to one for
 * each byte. Where the limit is hard, give `countTokens` the model's own tokenizer.
 */
export function estimateTokens(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / BYTES_PER_TOKEN)
}

/**
 * Asks `brain` with only as much of observations and memory as fits: the newest stay, and one `note` in front says what is left
 * out. Throws `OPTIONS_INVALID`, also if `maxTokens` has no room for that note and `keepLast` observations.
 *
 * @example
 * ```ts
 * import { fromRules, withWindow } from 'roscius/actors'
 *
 * const rules = fromRules([{ decide: { event: { type: 'FINISH', output: 1 }, reason: 'enough' } }])
 * export const brain = withWindow(rules, { maxTokens: 4_000, keepLast: 3 })
 * ```
 */
export function withWindow(brain: DefinedBrain, options: WindowOptions): DefinedBrain {
  const rules = readRules(options)
  const summaries = options.summarise && new Summaries(options.summarise)
  return defineBrain(async (request, context) => {
    const shorter = await shorten(request, rules, summaries, context)
    return brain.decide(shorter, context)
  })
}

function readRules({ maxTokens, keepLast = 1, countTokens = estimateTokens, summarise }: WindowOptions): WindowRules {
  assertCount('withWindow', 'maxTokens', maxTokens)
  assertCount('withWindow', 'keepLast', keepLast)
  const rules = { maxTokens, keepLast, countTokens, fill: summarise === undefined ? 1 : ROOM_TO_SPARE }
  if (hasRoom(rules)) return rules
  const message = `withWindow: maxTokens: ${maxTokens} has no room for a summary and ${keepLast} observations; raise it.`
  throw brainError('OPTIONS_INVALID', message, { field: 'maxTokens' })
}

/** With a summariser this much of the room for older observations is filled when the window is cut. */
const ROOM_TO_SPARE = 0.5

async function shorten(
  request: BrainRequest,
  rules: WindowRules,
  summaries: Summaries | undefined,
  { signal }: BrainContext,
): Promise<BrainRequest> {
  const own = cutWindow(request, rules)
  if (own.leftOut.length === 0 && own.memoryLeftOut === 0) return { ...request, ...seenIn(own) }
  const subject = { goal: request.goal, path: currentEffect()?.path, observations: request.observations }
  const window = summaries?.reuse(subject, request, rules) ?? own
  const text = await summaries?.textFor(subject, window, summaryRoom(rules), signal)
  const { observations, memory } = seenIn(window)
  return { ...request, observations: [summaryNote(window, rules, text), ...observations], memory }
}

function seenIn({ observations, memory }: Window): Pick<BrainRequest, 'observations' | 'memory'> {
  return { observations: [...observations], memory: [...memory] }
}

/** Whose summary of what. */
interface Subject {
  readonly goal: string
  readonly path: string | undefined
  readonly observations: readonly Observation[]
}

interface Kept {
  /** Fingerprints of what it covers, the newest last. */
  readonly covered: readonly string[]
  readonly text: string
}

/** Conversations of which a summary is kept, and the observations of each by which it is known again. */
const MAX_KEPT = 1_000
const MAX_COVERED = 1_000

class Summaries {
  /** The newest summary of each actor and goal. */
  readonly #kept = new Map<string, Kept>()

  constructor(private readonly summarise: Summarise) {}

  /** The window that needs no new summary, if there is still room for it. */
  reuse(subject: Subject, request: BrainRequest, rules: WindowRules): Window | undefined {
    const { count } = this.#find(subject)
    return count === 0 ? undefined : windowFrom(request, count, rules)
  }

  /** Undefined if nothing is to be summarised, or the summariser failed. */
  async textFor(subject: Subject, { leftOut }: Window, maxTokens: number, signal: AbortSignal) {
    const { kept, count } = this.#find(subject)
    const observations = leftOut.slice(count)
    if (leftOut.length === 0) return undefined
    if (observations.length === 0 && count === leftOut.length) return kept?.text
    try {
      const summary = count > leftOut.length ? undefined : kept?.text
      const added = summary === undefined ? leftOut : observations
      const text = await this.summarise({ goal: subject.goal, summary, observations: added, maxTokens, signal })
      const covered = [...(summary === undefined ? [] : (kept?.covered ?? [])), ...added.map(fingerprint)]
      this.#keep(keyOf(subject), { covered: covered.slice(-MAX_COVERED), text })
      return text
    } catch (error) {
      if (signal.aborted) throw error
      return undefined
    }
  }

  /** How many of the oldest observations the kept summary covers. An agent forgets its oldest by itself: they may be gone. */
  #find(subject: Subject): { readonly kept: Kept | undefined; readonly count: number } {
    const kept = this.#kept.get(keyOf(subject))
    if (kept === undefined) return { kept, count: 0 }
    const ids = subject.observations.slice(0, kept.covered.length).map(fingerprint)
    // Without a path two agents may look like one: then nothing that is gone may be in it.
    const least = subject.path === undefined ? kept.covered.length : 1
    for (let count = ids.length; count >= least; count--)
      if (kept.covered.slice(-count).every((id, index) => id === ids[index])) return { kept, count }
    return { kept: undefined, count: 0 }
  }

  #keep(key: string, kept: Kept): void {
    this.#kept.delete(key)
    this.#kept.set(key, kept)
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= MAX_KEPT) return
      this.#kept.delete(oldest)
    }
  }
}

function keyOf({ goal, path }: Subject): string {
  return fingerprint([path, goal])
}
