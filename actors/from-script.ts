/** A brain that says what it was told to say, and remembers what it was asked: for tests. */
import type { BrainRequest, Decision } from '../machines/brain.js'
import { brainError } from './brain-error.js'
import { type DefinedBrain, defineBrain } from './define-brain.js'

/** What it says to one question: a decision, one that is made from the request, or an error that it fails with. */
export type ScriptStep = Decision | ((request: BrainRequest) => Decision | Promise<Decision>) | Error

export interface Asked {
  readonly request: BrainRequest
  readonly effectId: string | undefined
  /** Which step answered; counts from 0. */
  readonly step: number
}

export type ScriptedBrain = DefinedBrain & {
  /** What it was asked, in order; grows. */
  readonly asked: readonly Asked[]
}

/**
 * A brain that plays one step for each question, and rejects with `NO_DECISION` when there are no more. A question that is
 * asked again after a crash (by the same effect) gets the same step, as long as the script lives.
 *
 * @example
 * ```ts
 * import { fromScript } from 'roscius/actors'
 *
 * const script = fromScript([
 *   { event: { type: 'USE_TOOL', tool: 'search', input: { q: 'bees' } }, reason: 'to know' },
 *   new Error('the model is down'),
 *   { event: { type: 'FINISH', output: 'honey' }, reason: 'known' },
 * ])
 * console.log(script.asked.length)
 * ```
 */
export function fromScript(steps: readonly ScriptStep[]): ScriptedBrain {
  const asked: Asked[] = []
  const known = new Map<string, number>()
  let next = 0
  const stepFor = (effectId: string | undefined): number => {
    const step = (effectId === undefined ? undefined : known.get(effectId)) ?? next++
    if (effectId !== undefined) known.set(effectId, step)
    return step
  }
  const brain = defineBrain(async (request, { effectId }) => {
    const step = stepFor(effectId)
    asked.push({ request, effectId, step })
    const said = steps[step]
    if (said === undefined)
      throw brainError('NO_DECISION', `The script has ${steps.length} steps, and is asked once more.`, { step })
    if (said instanceof Error) throw said
    return typeof said === 'function' ? said(request) : said
  })
  return Object.assign(brain, { asked })
}
