/** What brains over models are made with, and how it is read. */
import { z } from 'zod'
import type { BrainRequest } from '../../machines/brain.js'
import { readOptions } from '../../machines/options-invalid.js'
import type { Usage } from '../../src/index.js'
import type { Prompt } from '../define-prompt.js'
import { agentPrompt } from './agent-prompt.js'

/** US dollars per million tokens. */
export interface ModelPrices {
  readonly inputUsdPerMillion: number
  readonly outputUsdPerMillion: number
  /** Input that the provider had in its cache. Default: as other input. */
  readonly cachedInputUsdPerMillion?: number
  /** Input that the provider has put into its cache. Default: as other input. */
  readonly cacheWriteUsdPerMillion?: number
}

/** A request as it is about to be sent. */
export interface RenderedRequest {
  /** Everything that the model will read, in one text: prompt, tools, schemas. */
  readonly text: string
  /** Its length in UTF-8. */
  readonly bytes: number
}

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

export interface ModelBrainOptions {
  /** Default `agentPrompt`. */
  readonly prompt?: Prompt<BrainRequest>
  /** `tools`: each legal event is a tool call (default). `object`: one JSON object, for models that can't call tools. */
  readonly mode?: 'tools' | 'object'
  /** Upper bound of an answer; what is reserved for it. Default 1 024. */
  readonly maxOutputTokens?: number
  /** Default: the provider's. */
  readonly temperature?: number
  /** Without them the cost is neither reserved nor counted. */
  readonly prices?: ModelPrices
  /**
   * What to reserve of the budget before a request is sent, where you know better. Default for `inputTokens`: one for each
   * byte and 500 for what the provider adds, which byte-level tokenizers can't exceed; English takes about a quarter.
   */
  readonly reserve?: (request: RenderedRequest) => Pick<Usage, 'inputTokens' | 'outputTokens' | 'costUsd'>
  /** Changes all text that is sent to the model: prompt, descriptions, schemas. Default: none. */
  readonly redact?: (text: string) => string
  /** For the provider, as the AI SDK takes them: `{ anthropic: { … } }`. */
  readonly providerOptions?: Readonly<Record<string, Readonly<Record<string, Json>>>>
  /** Whether its decisions depend on nothing but the request, so that `withCache` may keep them. Default false. */
  readonly pure?: boolean
}

/** Options as they are meant. */
export interface ModelSettings extends ModelBrainOptions {
  readonly prompt: Prompt<BrainRequest>
  readonly mode: 'tools' | 'object'
  readonly maxOutputTokens: number
}

const usdPerMillion = z.number().nonnegative()
const aFunction = z.custom((value) => typeof value === 'function', 'must be a function').optional()

const optionsShape = {
  prompt: z
    .object({ name: z.string(), version: z.string(), render: z.custom((value) => typeof value === 'function') })
    .optional(),
  mode: z.enum(['tools', 'object']).default('tools'),
  maxOutputTokens: z.number().int().positive().default(1_024),
  temperature: z.number().nonnegative().optional(),
  prices: z
    .strictObject({
      inputUsdPerMillion: usdPerMillion,
      outputUsdPerMillion: usdPerMillion,
      cachedInputUsdPerMillion: usdPerMillion.optional(),
      cacheWriteUsdPerMillion: usdPerMillion.optional(),
    })
    .optional(),
  reserve: aFunction,
  redact: aFunction,
  providerOptions: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
  pure: z.boolean().optional(),
}

/** Reads the options that all brains over models share, and those in `more`. Throws `OPTIONS_INVALID`. */
export function readModelOptions<TOptions extends ModelBrainOptions>(
  who: string,
  options: TOptions,
  more: z.ZodRawShape,
): TOptions & ModelSettings {
  const { mode, maxOutputTokens } = readOptions(who, z.strictObject({ ...optionsShape, ...more }), options)
  return {
    ...options,
    prompt: options.prompt ?? agentPrompt,
    mode: mode as ModelSettings['mode'],
    maxOutputTokens: maxOutputTokens as number,
  }
}
