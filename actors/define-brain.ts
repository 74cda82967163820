/**
 * A brain out of a function: promise logic that is an effect in Roscius (aborted, fenced, asked again after a crash), and
 * that the combinators (`withFallback`, `withRetry`, …) can call.
 */
import { fromPromise } from 'xstate'
import type { Brain, BrainRequest, Decision, TokenEvent } from '../machines/brain.js'
import { currentEffect } from '../src/index.js'

export interface BrainContext {
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal
  /** Tells observers of the brain's ref a piece of the answer. */
  readonly emit: (event: TokenEvent) => void
  /** The same when it is asked again after a crash; `undefined` outside Roscius. */
  readonly effectId: string | undefined
}

export type Decide = (request: BrainRequest, context: BrainContext) => Promise<Decision> | Decision

/** A brain that can also be asked without being an actor. */
export type DefinedBrain = Brain & { readonly decide: Decide }

/**
 * The brain that decides as `decide` does. It may be asked the same again after a crash: give `effectId` to the outside if that
 * matters. What it throws is an error of the brain; the asking machine tries again, or not.
 *
 * @example
 * ```ts
 * import { defineBrain } from 'roscius/actors'
 *
 * const optimist = defineBrain(async (request, { signal }) => {
 *   signal.throwIfAborted()
 *   return { event: { type: 'FINISH', output: request.goal }, reason: 'it will be all right' }
 * })
 * console.log(typeof optimist.decide)
 * ```
 */
export function defineBrain(decide: Decide): DefinedBrain {
  const logic: Brain = fromPromise<Decision, BrainRequest, TokenEvent>(async ({ input, signal, emit }) =>
    decide(input, { signal, emit, effectId: currentEffect()?.effectId }),
  )
  return Object.assign(logic, { decide })
}
