/**
 * A brain over a server that speaks the chat-completions protocol: local ones, gateways, most providers. The only file that
 * knows the package `@ai-sdk/openai-compatible`.
 *
 * 1. The key is read from the environment for each request and kept nowhere: not in options, states, records or errors.
 */
import { z } from 'zod'
import { brainError } from '../brain-error.js'
import type { DefinedBrain } from '../define-brain.js'
import { optionalPackage } from '../optional-package.js'
import { type Connection, modelBrain } from './from-model.js'
import type { Scrub } from './model-failure.js'
import { type ModelBrainOptions, readModelOptions } from './model-options.js'

export interface FromOpenAICompatibleOptions extends ModelBrainOptions {
  /** Without `/chat/completions`: `http://127.0.0.1:11434/v1`. No credentials and no query in it. */
  readonly baseURL: string
  /** The model's name on that server. */
  readonly model: string
  /** The environment variable that holds the key. It is read for each request. Default: none, and no key is sent. */
  readonly apiKeyEnv?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Whether the server can keep its model to a JSON Schema, in the mode `object`. Default false. */
  readonly structuredOutputs?: boolean
}

const serverShape = {
  baseURL: z
    .url({ protocol: /^https?$/, error: 'must be a URL of http or https' })
    .refine(isPlain, 'must have no credentials, query or fragment'),
  model: z.string().min(1),
  apiKeyEnv: z.string().min(1).optional(),
  headers: z.record(z.string(), z.string()).optional(),
  structuredOutputs: z.boolean().optional(),
}

function isPlain(text: string): boolean {
  if (!URL.canParse(text)) return true
  const { username, password, search, hash } = new URL(text)
  return `${username}${password}${search}${hash}` === ''
}

const WHO = 'fromOpenAICompatible'

/**
 * `fromModel` over a server of the chat-completions protocol (packages `ai` and `@ai-sdk/openai-compatible`, loaded when it
 * is first asked). Everything else is as with `fromModel`; it rejects with `OPTIONS_INVALID` too if the key isn't there.
 *
 * @example
 * ```ts
 * import { fromRules, withFallback, withRetry } from 'roscius/actors'
 * import { fromOpenAICompatible } from 'roscius/model'
 *
 * const local = fromOpenAICompatible({ baseURL: 'http://127.0.0.1:11434/v1', model: 'qwen3:8b' })
 * const rules = fromRules([{ decide: { event: { type: 'GIVE_UP', reason: 'no model' }, reason: 'no model' } }])
 * export const brain = withFallback([withRetry(local), rules])
 * ```
 */
export function fromOpenAICompatible(options: FromOpenAICompatibleOptions): DefinedBrain {
  const read = readModelOptions(WHO, options, serverShape)
  const { baseURL, model, apiKeyEnv, headers = {}, structuredOutputs = false, ...settings } = read
  return modelBrain(
    { ...settings, providerOptions: withOpenSchemas(settings.providerOptions) },
    async (): Promise<Connection> => {
      const sdk = await optionalPackage(
        'roscius/model',
        '@ai-sdk/openai-compatible@2',
        () => import('@ai-sdk/openai-compatible'),
      )
      const apiKey = apiKeyEnv === undefined ? undefined : keyIn(apiKeyEnv)
      const provider = sdk.createOpenAICompatible({
        name: 'openaiCompatible',
        baseURL,
        headers,
        includeUsage: true,
        supportsStructuredOutputs: structuredOutputs,
        ...(apiKey === undefined ? {} : { apiKey }),
      })
      return { model: provider.chatModel(model), scrub: without([apiKey, ...Object.values(headers)]) }
    },
  )
}

/** The schemas of events may leave fields open, which a server that is strict refuses. */
function withOpenSchemas(given: ModelBrainOptions['providerOptions'] = {}): ModelBrainOptions['providerOptions'] {
  return { ...given, openaiCompatible: { strictJsonSchema: false, ...given.openaiCompatible } }
}

/** What may stand in a header. A key that may not would be quoted in the error that says so. */
const KEY = /^[\x21-\x7e]+$/

function keyIn(name: string): string {
  const key = process.env[name]?.trim() ?? ''
  if (KEY.test(key)) return key
  const what = key === '' ? 'is not set' : 'has a character in it that no key has'
  const error = brainError(
    'OPTIONS_INVALID',
    `${WHO}: apiKeyEnv: the environment variable ${name} ${what}. Nothing was sent.`,
    {
      field: 'apiKeyEnv',
    },
  )
  throw Object.assign(error, { failureClass: 'permanent' })
}

const MIN_SECRET = 4

function without(secrets: readonly (string | undefined)[]): Scrub {
  const known = secrets.filter((one): one is string => one !== undefined && one.length >= MIN_SECRET)
  return (text) => known.reduce((rest, secret) => rest.replaceAll(secret, '[secret]'), text)
}
