/**
 * The AI SDK: the only file that knows the package `ai`, which is loaded when the first question is asked.
 *
 * 1. One question is one request: the SDK tries nothing again, and carries out no tools.
 * 2. Whatever way it ends, nothing of the request goes on: the connection is cut.
 * 3. An answer counts only when it has come to its end. What an error leaves behind is no answer.
 */
import type { LanguageModel, TextStreamPart, ToolSet } from 'ai'
import type { JsonSchema } from '../../machines/brain.js'
import { optionalPackage } from '../optional-package.js'
import type { ModelSettings } from './model-options.js'
import type { Question } from './question.js'
import { type CountedTokens, countedTokens } from './spending.js'

export type { LanguageModel } from 'ai'

/** What a model has said. */
export interface ModelAnswer {
  readonly text: string
  readonly reasoning: string
  readonly calls: readonly AnsweredCall[]
  /** `stop`, `tool-calls`, `length`, `content-filter`, … */
  readonly finishReason: string
  /** Undefined if the provider doesn't tell. */
  readonly tokens: CountedTokens | undefined
  /** Which model has answered, as the provider says. */
  readonly model: string | undefined
}

export interface AnsweredCall {
  readonly name: string
  readonly input: unknown
  /** Why it can't be read as a call; its input is then what was sent, as text. */
  readonly problem?: string
}

export interface Listener {
  readonly signal: AbortSignal
  readonly onText: (text: string, soFar: string) => void | Promise<void>
}

export type AskModel = (
  model: LanguageModel,
  question: Question,
  settings: ModelSettings,
  listener: Listener,
) => Promise<ModelAnswer>

type Sdk = typeof import('ai')

/** Loads the SDK. Rejects with `OPTIONS_INVALID` if it isn't installed. */
export async function loadAiSdk(): Promise<{ readonly ask: AskModel; readonly partialJson: PartialJson }> {
  const sdk = await optionalPackage('roscius/model', 'ai@6', () => import('ai'))
  return {
    ask: (...args) => ask(sdk, ...args),
    partialJson: async (text) => (await sdk.parsePartialJson(text)).value,
  }
}

/** What can be read of JSON whose end is still to come. */
export type PartialJson = (text: string) => Promise<unknown>

async function ask(sdk: Sdk, ...[model, question, settings, listener]: Parameters<AskModel>): Promise<ModelAnswer> {
  const over = new AbortController()
  const { fullStream } = sdk.streamText({
    model,
    system: question.system,
    prompt: question.user,
    maxOutputTokens: settings.maxOutputTokens,
    temperature: settings.temperature,
    providerOptions: settings.providerOptions as Parameters<Sdk['streamText']>[0]['providerOptions'],
    ...answeredBy(sdk, model, question),
    maxRetries: 0,
    abortSignal: AbortSignal.any([listener.signal, over.signal]),
    // Errors are parts of the stream, and thrown below; the SDK would print them.
    onError: () => undefined,
    experimental_include: { requestBody: false },
  })
  try {
    return await heard(fullStream, listener)
  } finally {
    over.abort()
  }
}

/** In which form the model is to answer. */
function answeredBy({ tool, jsonSchema, Output }: Sdk, model: LanguageModel, { tools, schema }: Question) {
  const schemaOf = (json: JsonSchema) => jsonSchema<unknown>(json)
  if (schema !== undefined)
    return { output: takesSchemas(model) ? Output.object({ schema: schemaOf(schema) }) : Output.json() }
  const offered = tools.map(({ name, description, parameters }) => [
    name,
    tool({ description, inputSchema: schemaOf(parameters) }),
  ])
  return { tools: Object.fromEntries(offered) as ToolSet, toolChoice: 'required' as const }
}

/** Some models say that they don't; the schema is in the prompt in any case. */
function takesSchemas(model: LanguageModel): boolean {
  return typeof model === 'string' || Reflect.get(model, 'supportsStructuredOutputs') !== false
}

async function heard(
  stream: AsyncIterable<TextStreamPart<ToolSet>>,
  { signal, onText }: Listener,
): Promise<ModelAnswer> {
  const calls: AnsweredCall[] = []
  let text = ''
  let reasoning = ''
  let model: string | undefined
  for await (const part of stream) {
    signal.throwIfAborted()
    if (part.type === 'error') throw part.error
    else if (part.type === 'tool-call') calls.push(calledBy(part))
    else if (part.type === 'reasoning-delta') reasoning += part.text
    else if (part.type === 'finish-step') model = part.response.modelId
    else if (part.type === 'text-delta') {
      text += part.text
      await onText(part.text, text)
    } else if (part.type === 'finish')
      return { text, reasoning, calls, finishReason: part.finishReason, tokens: tokensOf(part), model }
  }
  signal.throwIfAborted()
  throw Object.assign(new Error('its answer has no end'), { isRetryable: true })
}

function calledBy(part: Extract<TextStreamPart<ToolSet>, { type: 'tool-call' }>): AnsweredCall {
  const { toolName: name, input } = part
  if (part.invalid !== true) return { name, input }
  return { name, input, problem: part.error instanceof Error ? part.error.message : String(part.error) }
}

function tokensOf({ totalUsage }: Extract<TextStreamPart<ToolSet>, { type: 'finish' }>): CountedTokens | undefined {
  const { inputTokens, outputTokens, inputTokenDetails } = totalUsage
  return countedTokens(
    inputTokens,
    outputTokens,
    inputTokenDetails?.cacheReadTokens,
    inputTokenDetails?.cacheWriteTokens,
  )
}
