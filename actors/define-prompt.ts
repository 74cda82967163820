/**
 * A prompt as a versioned artefact: what it needs is a schema, what it says is a pure function of that, and its name and
 * version go on record with each decision that was made by it.
 *
 * 1. Input is checked at the door: a prompt with a hole in it is never sent.
 * 2. A placeholder is replaced once: what is put in can't bring placeholders of its own.
 */
import { z } from 'zod'
import { readOptions } from '../machines/options-invalid.js'
import { brainError } from './brain-error.js'

/** A prompt in two parts: the standing orders, and what is asked now. */
export interface PromptText {
  readonly system?: string
  readonly user: string
}

export interface PromptSpec<TSchema extends z.ZodType, TText extends string | PromptText> {
  readonly name: string
  /** Raise it with every change of the text: decisions are compared by it. */
  readonly version: string
  readonly input: TSchema
  /** A function of what the schema has read, or a text with `{{field}}` and `{{field.inner}}`. */
  readonly template: string | ((input: z.output<TSchema>) => TText)
}

export interface Prompt<TInput = unknown, TText extends string | PromptText = string | PromptText> {
  readonly name: string
  readonly version: string
  /** Throws `OPTIONS_INVALID`, with the path of the field, if `input` is not as its schema wants it. */
  render(input: TInput): TText
}

const PLACEHOLDER = /\{\{(.*?)\}\}/gs
const PATH = /^[\p{L}_$][\p{L}\p{N}_$]*(\.[\p{L}\p{N}_$]+)*$/u

const specSchema = z.object({
  name: z.string().min(1).max(100),
  version: z.string().min(1).max(100),
  input: z.custom<z.ZodType>((value) => value instanceof z.ZodType, 'must be a zod schema'),
  template: z.union(
    [z.string().min(1), z.custom((value) => typeof value === 'function')],
    'must be a text or a function',
  ),
})

/**
 * Makes a prompt. In a text, a value that is no string is written as JSON, and one that is absent as nothing. Throws
 * `OPTIONS_INVALID`, also for a placeholder that the schema has no field for.
 *
 * @example
 * ```ts
 * import { definePrompt } from 'roscius/actors'
 * import { z } from 'zod'
 *
 * const summary = definePrompt({
 *   name: 'summary',
 *   version: '1.2.0',
 *   input: z.object({ findings: z.array(z.string()), words: z.number().default(100) }),
 *   template: 'Sum up in at most {{words}} words: {{findings}}',
 * })
 * console.log(summary.render({ findings: ['a door is open'] }))
 * ```
 */
export function definePrompt<const TSchema extends z.ZodType, TText extends string | PromptText = string>(
  spec: PromptSpec<TSchema, TText>,
): Prompt<z.input<TSchema>, TText> {
  readOptions('definePrompt', specSchema, spec)
  const { name, version, input, template } = spec
  const write = typeof template === 'function' ? template : filling<TText>(name, template, input)
  return { name, version, render: (given) => write(readOptions(`prompt ${name}`, input, given)) }
}

function filling<TText>(name: string, template: string, input: z.ZodType): (input: unknown) => TText {
  for (const [, inner = ''] of template.matchAll(PLACEHOLDER)) assertField(name, inner.trim(), input)
  return (given) =>
    template.replace(PLACEHOLDER, (_, inner: string) => written(valueAt(given, inner.trim().split('.')))) as TText
}

function assertField(name: string, path: string, input: z.ZodType): void {
  const [field = ''] = path.split('.')
  if (PATH.test(path) && (!(input instanceof z.ZodObject) || Object.hasOwn(input.shape, field))) return
  throw brainError('OPTIONS_INVALID', `definePrompt: template: ${name} has no field {{${path}}} in its input.`, {
    field: 'template',
  })
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null && Object.hasOwn(at, key) ? Reflect.get(at, key) : undefined),
    value,
  )
}

function written(value: unknown): string {
  if (typeof value === 'string') return value
  return value === undefined || value === null ? '' : (JSON.stringify(value) ?? String(value))
}
