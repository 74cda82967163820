/** A brain with which things go wrong, by chance that repeats. */
import { fromPromise } from 'xstate'
import type { Brain, BrainRequest, Decision, TokenEvent } from '../../../machines/brain.js'
import type { Random } from '../../core/random.js'
import { currentEffect } from '../../runtime/effect-run.js'
import { type CallFaults, callFaultsSchema, readRates } from './fault-rates.js'
import { type CallNote, callWithFaults } from './faulty-call.js'

/** What a brain's function is given besides the request. */
export interface AskContext {
  readonly signal: AbortSignal
  readonly emit: (event: TokenEvent) => void
  readonly effectId: string | undefined
}

/** A brain that can be asked without being an actor: what `defineBrain`, `fromRules`, `fromScript`, … give. */
export interface AskableBrain {
  readonly decide: (request: BrainRequest, context: AskContext) => Promise<Decision> | Decision
}

export type FaultyBrain = Brain & AskableBrain

export interface FaultyOptions extends CallFaults {
  /** Decides what strikes whom: `seededRandom(seed)`. */
  readonly random: Pick<Random, 'next'>
  /** Told of each call and what became of it. */
  readonly note?: (note: CallNote) => void
  /** How the notes call it. Default `brain`, or the tool's name. */
  readonly name?: string
}

/**
 * `brain`, but late, rate limited, answering nonsense or crashing, each with its probability. Waits go by the system's clock.
 * Throws `OPTIONS_INVALID` for what is no probability.
 *
 * @example
 * ```ts
 * import { defineAgent, fromRules } from 'roscius/actors'
 * import { faultyBrain, seededRandom } from 'roscius/testing'
 *
 * const rules = fromRules([{ decide: { event: { type: 'FINISH', output: 1 }, reason: 'easy' } }])
 * const brain = faultyBrain(rules, { random: seededRandom(1), rateLimited: 0.2, wrongShape: 0.1 })
 * export const agent = defineAgent({ goal: 'answer', brain })
 * ```
 */
export function faultyBrain(brain: AskableBrain, options: FaultyOptions): FaultyBrain {
  const { random, note = () => undefined, name = 'brain', ...given } = options
  const rates = readRates('faultyBrain', callFaultsSchema, given)
  const decide = (request: BrainRequest, context: AskContext): Promise<Decision> => {
    const { signal } = context
    const call = { kind: 'brain', name, input: request, signal, rates, random, note, nonsense } as const
    return callWithFaults(call, () => brain.decide(request, context))
  }
  const nonsense = (): unknown => NONSENSE[Math.floor(random.next() * NONSENSE.length)]
  const logic = fromPromise<Decision, BrainRequest, TokenEvent>(({ input, signal, emit }) =>
    decide(input, { signal, emit, effectId: currentEffect()?.effectId }),
  )
  return Object.assign(logic, { decide })
}

/** What models have answered instead of a decision. */
const NONSENSE: readonly unknown[] = [
  'I would finish now.',
  { event: 'FINISH', reason: 'a string' },
  { event: { type: 'NO_SUCH_EVENT' }, reason: 'it is not legal' },
  { event: { type: 'USE_TOOL' }, reason: 'the tool is missing' },
  { reason: 'no event' },
  [],
]
