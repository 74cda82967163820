/**
 * What a model may choose from: the legal events of a request, each as a function that it can call.
 *
 * 1. Where tools can be used, each of the agent's tools is a choice of its own, with its own input.
 * 2. Names are such as every provider takes, and no two are the same; what they stand for is looked up, never guessed.
 * 3. Whatever the model answers becomes an event here, or a decision that says why it could not.
 */
import type { BrainRequest, Decision, JsonSchema, LegalEvent, ToolSummary } from '../../machines/brain.js'

export interface Choice {
  /** As the model calls it. */
  readonly name: string
  readonly description: string
  /** Of an object. */
  readonly parameters: JsonSchema
  /** Of the whole event. */
  readonly event: JsonSchema
  readonly toEvent: (args: unknown) => Decision['event']
}

/** The type of a decision that no machine takes: it is refused, and the model is asked again with the reason. */
const UNREADABLE = 'roscius.unreadable'

const USE_TOOL = 'USE_TOOL'

export function unreadable(problem: string, answer?: unknown): Decision['event'] {
  return { type: UNREADABLE, problem, ...(answer === undefined ? {} : { answer: shortened(answer) }) }
}

const MAX_ANSWER = 1_000

/** Enough for the model to know what it has said. */
function shortened(answer: unknown): string {
  const text = typeof answer === 'string' ? answer : (JSON.stringify(answer) ?? String(answer))
  return text.length <= MAX_ANSWER ? text : `${text.slice(0, MAX_ANSWER)}…`
}

export function choicesOf({ legal, tools }: Pick<BrainRequest, 'legal' | 'tools'>): Choice[] {
  const names = new Set<string>()
  const events = legal.filter(({ type }) => type !== USE_TOOL || tools.length === 0)
  const canUseTools = legal.some(({ type }) => type === USE_TOOL)
  const usable = canUseTools
    ? tools.filter(({ name }, index) => tools.findIndex((one) => one.name === name) === index)
    : []
  return [
    ...events.map((event) => ofEvent(event, nameFor(event.type, names))),
    ...usable.map((tool) => ofTool(tool, nameFor(tool.name, names))),
  ]
}

function ofEvent({ type, description = '', schema = {} }: LegalEvent, name: string): Choice {
  const { fields, wrapped } = parametersOf(withoutType(schema), 'event')
  return {
    name,
    description,
    parameters: fields,
    event: { description, ...wholeEvent(type, schema) },
    toEvent: (args) => ({ ...objectOf(wrapped ? Reflect.get(objectOf(args), 'event') : args), type }),
  }
}

function ofTool({ name: tool, description, input = {} }: ToolSummary, name: string): Choice {
  const { fields, wrapped } = parametersOf(input, 'input')
  return {
    name,
    description,
    parameters: fields,
    event: {
      type: 'object',
      description,
      properties: { type: { const: USE_TOOL }, tool: { const: tool }, input },
      required: ['type', 'tool', 'input'],
      additionalProperties: false,
    },
    toEvent: (args) => ({ type: USE_TOOL, tool, input: wrapped ? Reflect.get(objectOf(args), 'input') : args }),
  }
}

function wholeEvent(type: string, schema: JsonSchema): JsonSchema {
  if (Object.keys(schema).length > 0) return schema
  return { type: 'object', properties: { type: { const: type } }, required: ['type'], additionalProperties: true }
}

/** Providers take objects only; any other schema is put into a field. */
function parametersOf(schema: JsonSchema, field: string): { readonly fields: JsonSchema; readonly wrapped: boolean } {
  const { $schema: _, ...plain } = schema
  if (plain.type === 'object') return { fields: plain, wrapped: false }
  if (Object.keys(plain).length === 0)
    return { fields: { type: 'object', properties: {}, additionalProperties: true }, wrapped: false }
  const { $defs, definitions, ...inner } = plain
  const shared = { ...(definitions === undefined ? {} : { definitions }), ...($defs === undefined ? {} : { $defs }) }
  return { fields: { type: 'object', properties: { [field]: inner }, required: [field], ...shared }, wrapped: true }
}

/** The type is said by the choice itself. */
function withoutType(schema: JsonSchema): JsonSchema {
  const { properties, required, ...rest } = schema
  if (typeof properties !== 'object' || properties === null) return schema
  const fields = Object.entries(properties).filter(([key]) => key !== 'type')
  const needed = Array.isArray(required) ? required.filter((key) => key !== 'type') : []
  return { ...rest, properties: Object.fromEntries(fields), ...(needed.length === 0 ? {} : { required: needed }) }
}

function objectOf(value: unknown): object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}
}

const MAX_NAME = 64

/** As providers take it, and like none in `taken`, where it is put. */
export function nameFor(wanted: string, taken: Set<string>): string {
  const base = wanted.replace(/[^\w-]/g, '_')
  const numbered = (suffix: string): string => `${base.slice(0, MAX_NAME - suffix.length)}${suffix}`
  let name = numbered('')
  for (let count = 2; taken.has(name); count++) name = numbered(`_${count}`)
  taken.add(name)
  return name
}
