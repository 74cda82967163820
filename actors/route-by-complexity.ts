/** Easy questions to a cheap brain, hard ones to a better one. */
import { canonical } from '../machines/agent/repetition.js'
import type { BrainRequest, Decision } from '../machines/brain.js'
import { brainError } from './brain-error.js'
import { type DefinedBrain, defineBrain } from './define-brain.js'
import { withEarlierUsage } from './with-earlier-usage.js'

export interface Route {
  readonly brain: DefinedBrain
  /** The highest complexity that it is asked about; the last route is asked about everything. */
  readonly upTo?: number
}

export interface RouteOptions {
  /** Default: the size of the request, in thousands of characters. */
  readonly complexityOf?: (request: BrainRequest) => number
  /** Whether a decision is taken; if not, the next route is asked too. Default: it is. */
  readonly isGoodEnough?: (decision: Decision, request: BrainRequest) => boolean
}

/**
 * A brain that asks the first of `routes` (the cheapest first) which is meant for a request as complex as this one. A question
 * whose answer was refused goes one route further for each refusal: the better brain may know. Throws `OPTIONS_INVALID`
 * without routes, and for one before the last that has no `upTo`.
 *
 * @example
 * ```ts
 * import { fromRules, routeByComplexity } from 'roscius/actors'
 *
 * const small = fromRules([{ decide: { event: { type: 'FINISH', output: 1 }, reason: 'easy' } }])
 * const large = fromRules([{ decide: { event: { type: 'FINISH', output: 2 }, reason: 'hard' } }])
 * export const brain = routeByComplexity([{ brain: small, upTo: 4 }, { brain: large }])
 * ```
 */
export function routeByComplexity(
  routes: readonly Route[],
  { complexityOf = sizeOf, isGoodEnough = () => true }: RouteOptions = {},
): DefinedBrain {
  assertRoutes(routes)
  return defineBrain(async (request, context) => {
    const complexity = complexityOf(request)
    const fitting = routes.findIndex(({ upTo }) => upTo === undefined || complexity <= upTo)
    const first = fitting === -1 ? routes.length - 1 : fitting
    const poor: Decision[] = []
    for (const { brain } of routes.slice(first + (request.refused?.length ?? 0), -1)) {
      const decision = await brain.decide(request, context)
      if (isGoodEnough(decision, request)) return withEarlierUsage(decision, poor)
      poor.push(decision)
    }
    return withEarlierUsage(await routes.at(-1)!.brain.decide(request, context), poor)
  })
}

function sizeOf(request: BrainRequest): number {
  return canonical([request.goal, request.constraints, request.observations, request.memory]).length / 1_000
}

function assertRoutes(routes: readonly Route[]): void {
  if (routes.length === 0) throw invalid('routes', 'must not be empty')
  const open = routes.slice(0, -1).findIndex(({ upTo }) => upTo === undefined)
  if (open !== -1) throw invalid(`routes.${open}.upTo`, 'is missing: the routes after it would never be asked')
}

function invalid(field: string, problem: string): Error {
  return brainError('OPTIONS_INVALID', `routeByComplexity: ${field} ${problem}.`, { field })
}
