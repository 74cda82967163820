/**
 * A request as a model gets it: the prompt's text, and what can be answered, as tools or as one JSON object.
 *
 * 1. All text in it has been redacted; nothing else of the request leaves the process.
 * 2. What the model may choose is looked up here by the name it was sent under.
 */
import type { BrainRequest, JsonSchema } from '../../machines/brain.js'
import { type Choice, choicesOf, nameFor } from './choices.js'
import type { ModelSettings, RenderedRequest } from './model-options.js'
import { answerSchema, instruction } from './object-mode.js'

export interface Question {
  readonly system: string | undefined
  readonly user: string
  /** As they are sent, in the order of `choices`. */
  readonly tools: readonly QuestionTool[]
  /** What the answer has to be, in the mode `object`. */
  readonly schema: JsonSchema | undefined
  readonly choices: readonly Choice[]
}

export interface QuestionTool {
  readonly name: string
  readonly description: string
  readonly parameters: JsonSchema
}

export function questionOf(request: BrainRequest, { prompt, mode, redact }: ModelSettings): Question {
  const text = prompt.render(request)
  const { system, user } = typeof text === 'string' ? { system: undefined, user: text } : text
  const choices = choicesOf(request)
  if (mode === 'tools')
    return redacted({ system, user, tools: choices.map(toolOf), schema: undefined, choices }, redact)
  const schema = answerSchema(choices)
  return redacted({ system, user: `${user}\n\n${instruction(schema)}`, tools: [], schema, choices }, redact)
}

function toolOf({ name, description, parameters }: Choice): QuestionTool {
  return { name, description, parameters }
}

export function renderedOf({ system = '', user, tools, schema }: Question): RenderedRequest {
  const sent = [...(tools.length === 0 ? [] : [tools]), ...(schema === undefined ? [] : [schema])]
  const text = [system, user, ...sent.map((part) => JSON.stringify(part))].join('\n')
  return { text, bytes: Buffer.byteLength(text) }
}

function redacted(question: Question, redact: ModelSettings['redact']): Question {
  if (redact === undefined) return question
  const { choices, ...sent } = question
  const { tools, ...rest } = everyText(sent, redact) as typeof sent
  // What made two names different may have been taken out.
  const taken = new Set<string>()
  return { ...rest, tools: tools.map((tool) => ({ ...tool, name: nameFor(tool.name, taken) })), choices }
}

/** Keys of schemas are names of fields: they are sent, too. */
function everyText(value: unknown, redact: (text: string) => string): unknown {
  if (typeof value === 'string') return redact(value)
  if (Array.isArray(value)) return value.map((item) => everyText(item, redact))
  if (typeof value !== 'object' || value === null) return value
  const own = ['system', 'user', 'tools', 'schema', 'name', 'description', 'parameters']
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [own.includes(key) ? key : redact(key), everyText(item, redact)]),
  )
}
