/** Answers as one JSON object, for models that can't call tools: which event, and why. */
import { z } from 'zod'
import type { Decision, JsonSchema } from '../../machines/brain.js'
import { firstProblem } from '../../machines/options-invalid.js'
import { type Choice, unreadable } from './choices.js'

/** The reason comes first: a model that has to say why before what decides better, and can be heard while it does. */
export function answerSchema(choices: readonly Choice[]): JsonSchema {
  return {
    type: 'object',
    properties: {
      reason: { type: 'string', description: 'why, in one sentence' },
      event: { anyOf: choices.map(({ event }) => event) },
    },
    required: ['reason', 'event'],
    additionalProperties: false,
  }
}

/** Said in the prompt as well: not every server makes its model keep to a schema. */
export function instruction(schema: JsonSchema): string {
  return `# Form\nAnswer with one JSON object and nothing else, as this JSON Schema says:\n${JSON.stringify(schema)}`
}

const answerSchemaRead = z.object({ reason: z.string().default(''), event: z.looseObject({ type: z.string().min(1) }) })

export interface ReadAnswer {
  readonly event: Decision['event']
  readonly reason: string
}

/** Some models put their JSON between marks of Markdown, or after a word of greeting. */
export function readAnswer(text: string): ReadAnswer {
  const from = text.indexOf('{')
  const json = from < 0 ? text : text.slice(from, text.lastIndexOf('}') + 1)
  const { value, problem } = parsed(json)
  if (problem !== undefined) return { event: unreadable(`the answer is no JSON: ${problem}`, text), reason: '' }
  const read = answerSchemaRead.safeParse(value)
  if (read.success) return read.data
  const { field, problem: wrong } = firstProblem(read.error)
  return { event: unreadable(`the answer is not in the form that was asked for: ${field}: ${wrong}`, text), reason: '' }
}

function parsed(json: string): { readonly value?: unknown; readonly problem?: string } {
  try {
    return { value: JSON.parse(json) }
  } catch (error) {
    return { problem: (error as Error).message }
  }
}
