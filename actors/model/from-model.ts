/**
 * A brain that asks a language model.
 *
 * 1. The model only answers: what it may do is a choice among the legal events, and what it says is judged by who asks. An
 *    answer that can't be read is a decision, too: it is refused, and asked again with the reason in the prompt.
 * 2. Every request goes through the ledger: what doesn't fit the budget is not sent.
 * 3. One decision is one request. Trying again is for `withRetry`, and for the agent.
 * 4. It keeps nothing between two questions.
 */
import { z } from 'zod'
import type { BrainRequest, Decision } from '../../machines/brain.js'
import { metered } from '../../src/index.js'
import { brainError } from '../brain-error.js'
import { type BrainContext, type DefinedBrain, defineBrain } from '../define-brain.js'
import { type LanguageModel, loadAiSdk, type ModelAnswer } from './ai-sdk.js'
import { decided } from './decided.js'
import { modelFailure, type Scrub } from './model-failure.js'
import { type ModelBrainOptions, type ModelSettings, readModelOptions } from './model-options.js'
import { type Question, questionOf, renderedOf } from './question.js'
import { reservationOf, usageOf } from './spending.js'
import { hearing } from './tokens.js'

export interface FromModelOptions extends ModelBrainOptions {
  /** A model of the AI SDK, of specification v2 or v3; or the id of one, for the SDK's default provider. */
  readonly model: LanguageModel
}

/** A model that can be asked, and what takes secrets out of what it says when it fails. */
export interface Connection {
  readonly model: LanguageModel
  readonly scrub: Scrub
}

const modelSchema = z.union(
  [z.string().min(1), z.looseObject({ specificationVersion: z.enum(['v2', 'v3']), modelId: z.string() })],
  'must be a language model of the AI SDK, of specification v2 or v3',
)

/**
 * A brain over any language model of the AI SDK (package `ai`, version 6, which is loaded when it is first asked).
 *
 * Each legal event is offered as a tool call, for `USE_TOOL` each of the agent's tools; the text that the model says is the
 * reason, and streams as `{ type: 'token', text }`. Only its first call counts. The decision has the usage, the model, and
 * the prompt's name and version. Without a budget nothing limits what it spends but the agent's own limits.
 *
 * Throws `OPTIONS_INVALID`. Rejects with `MODEL_FAILED`, `BUDGET_EXHAUSTED`, `NO_DECISION` if nothing is legal, and
 * `OPTIONS_INVALID` if the SDK isn't installed.
 *
 * @example
 * ```ts
 * import type { LanguageModel } from 'ai'
 * import { withRetry } from 'roscius/actors'
 * import { fromModel } from 'roscius/model'
 *
 * declare const model: LanguageModel
 *
 * export const brain = withRetry(
 *   fromModel({ model, maxOutputTokens: 500, prices: { inputUsdPerMillion: 0.5, outputUsdPerMillion: 1.5 } }),
 * )
 * ```
 */
export function fromModel(options: FromModelOptions): DefinedBrain {
  const { model, ...settings } = readModelOptions('fromModel', options, { model: modelSchema })
  return modelBrain(settings, async () => ({ model, scrub: (text) => text }))
}

/** `connect` is asked for each decision anew. */
export function modelBrain(settings: ModelSettings, connect: () => Promise<Connection>): DefinedBrain {
  return defineBrain(async (request, context) => {
    assertLegal(request)
    const question = questionOf(request, settings)
    const reservation = reservationOf(renderedOf(question), settings)
    const asking = { question, settings, context, sdk: await loadAiSdk(), connection: await connect() }
    const answer = await metered(reservation, async () => {
      const value = await answerTo(asking)
      const usage = value.tokens && { modelCalls: 1, ...usageOf(value.tokens, settings.prices) }
      return usage === undefined ? { value } : { value, usage }
    })
    const { inputTokens, outputTokens, costUsd } = reservation
    const asReserved = { inputTokens, outputTokens, ...(costUsd === undefined ? {} : { costUsd }) }
    return {
      ...decided(answer, question, settings.mode),
      usage: answer.tokens === undefined ? asReserved : usageOf(answer.tokens, settings.prices),
      prompt: { name: settings.prompt.name, version: settings.prompt.version },
      model: answer.model ?? nameOf(asking.connection.model),
      ...(settings.pure === undefined ? {} : { pure: settings.pure }),
    } satisfies Decision
  })
}

interface Asking {
  readonly question: Question
  readonly settings: ModelSettings
  readonly context: BrainContext
  readonly sdk: Awaited<ReturnType<typeof loadAiSdk>>
  readonly connection: Connection
}

async function answerTo({ question, settings, context, sdk, connection }: Asking): Promise<ModelAnswer> {
  const { signal, emit } = context
  const { model, scrub } = connection
  try {
    return await sdk.ask(model, question, settings, { signal, onText: hearing(settings.mode, emit, sdk.partialJson) })
  } catch (error) {
    if (signal.aborted) throw signal.reason
    throw modelFailure(nameOf(model), error, scrub)
  }
}

function nameOf(model: LanguageModel): string {
  return typeof model === 'string' ? model : model.modelId
}

function assertLegal({ legal, state, turn }: BrainRequest): void {
  if (legal.length > 0) return
  throw brainError('NO_DECISION', `Nothing can be decided in ${state}: no event is legal. The model was not asked.`, {
    state,
    turn,
  })
}
