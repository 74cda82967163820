/**
 * What a request to a model may cost, and what it has cost.
 *
 * 1. What is reserved is an upper bound: tokenizers that work on bytes make at most one token of a byte.
 * 2. A usage that the provider doesn't tell, or that can't be one, is unknown: what was reserved counts as used.
 */
import { z } from 'zod'
import type { Usage as DecisionUsage } from '../../machines/brain.js'
import { readOptions } from '../../machines/options-invalid.js'
import type { Usage } from '../../src/index.js'
import type { ModelPrices, ModelSettings, RenderedRequest } from './model-options.js'

/** Tokens as a provider has counted them. `cachedTokens` and `cacheWriteTokens` are part of `inputTokens`. */
export interface CountedTokens {
  readonly inputTokens: number
  readonly outputTokens: number
  readonly cachedTokens: number
  readonly cacheWriteTokens: number
}

/** For the template of the chat, and for what a provider says to a model that has tools. */
const PROVIDER_TOKENS = 500

const reservedSchema = z.strictObject({
  inputTokens: z.number().nonnegative().optional(),
  outputTokens: z.number().nonnegative().optional(),
  costUsd: z.number().nonnegative().optional(),
})

/** Throws `OPTIONS_INVALID` if `reserve` answers nonsense. */
export function reservationOf(rendered: RenderedRequest, settings: ModelSettings): Usage & DecisionUsage {
  const { prices, maxOutputTokens, reserve } = settings
  const own = reserve === undefined ? {} : readOptions('reserve', reservedSchema, reserve(rendered))
  const inputTokens = Math.ceil(own.inputTokens ?? rendered.bytes + PROVIDER_TOKENS)
  const outputTokens = Math.ceil(own.outputTokens ?? maxOutputTokens)
  const costUsd = own.costUsd ?? (prices && highestCost(prices, inputTokens, outputTokens))
  return { modelCalls: 1, inputTokens, outputTokens, ...(costUsd === undefined ? {} : { costUsd }) }
}

function highestCost(prices: ModelPrices, inputTokens: number, outputTokens: number): number {
  const {
    inputUsdPerMillion: plain,
    cachedInputUsdPerMillion: cached = plain,
    cacheWriteUsdPerMillion: written = plain,
  } = prices
  return (Math.max(plain, cached, written) * inputTokens + prices.outputUsdPerMillion * outputTokens) / 1_000_000
}

/** As a decision tells it. */
export function usageOf(tokens: CountedTokens, prices: ModelPrices | undefined): DecisionUsage {
  const { inputTokens, outputTokens } = tokens
  return prices === undefined
    ? { inputTokens, outputTokens }
    : { inputTokens, outputTokens, costUsd: costOf(tokens, prices) }
}

function costOf(
  { inputTokens, outputTokens, cachedTokens, cacheWriteTokens }: CountedTokens,
  prices: ModelPrices,
): number {
  const {
    inputUsdPerMillion: plain,
    cachedInputUsdPerMillion: cached = plain,
    cacheWriteUsdPerMillion: written = plain,
  } = prices
  const otherTokens = Math.max(0, inputTokens - cachedTokens - cacheWriteTokens)
  const input = otherTokens * plain + cachedTokens * cached + cacheWriteTokens * written
  return (input + outputTokens * prices.outputUsdPerMillion) / 1_000_000
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0

/** `undefined` if that can't be what was used. */
export function countedTokens(
  input: unknown,
  output: unknown,
  cached: unknown = 0,
  written: unknown = 0,
): CountedTokens | undefined {
  if (!isCount(input) || !isCount(output)) return undefined
  const cachedTokens = isCount(cached) ? Math.min(cached, input) : 0
  const cacheWriteTokens = isCount(written) ? Math.min(written, input - cachedTokens) : 0
  return { inputTokens: input, outputTokens: output, cachedTokens, cacheWriteTokens }
}
