/** The door for tools: everything that can be wrong with one is said here, with the path of the field. */
import { z } from 'zod'
import { RosciusError } from '../../core/errors.js'
import { RISKS } from '../policy/policy.js'
import { firstProblem } from '../policy/problem.js'
import { isScope } from '../policy/scopes.js'
import { isToolModule } from './isolated/tool-module.js'
import { isVersion } from './semantic-version.js'
import type { Tool, ToolJsonSchema, ToolSpec } from './tool.js'

const ms = z.number().positive().max(86_400_000)

const isSchema = (value: unknown): value is z.ZodType =>
  typeof value === 'object' && value !== null && '_zod' in value && 'safeParse' in value

const schema = z.custom<z.ZodType>(isSchema, 'must be a zod schema')

const toolSchema = z
  .strictObject({
    name: z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/, 'must be 1 to 64 letters, digits, "_" or "-"'),
    version: z.string().refine(isVersion, 'must be a version such as 1.0.0'),
    description: z.string().trim().min(1).max(4_000),
    input: schema,
    output: schema,
    scopes: z.array(z.custom<string>(isScope, 'must be a scope such as read:files')).default([]),
    risk: z.enum(RISKS),
    idempotent: z.boolean().optional(),
    timeoutMs: ms.default(30_000),
    retry: z
      .strictObject({
        maxAttempts: z.number().int().min(1).max(100).default(1),
        initialMs: z.number().min(0).max(86_400_000).optional(),
        factor: z.number().min(1).optional(),
        maxMs: z.number().min(0).max(86_400_000).optional(),
        jitter: z.number().min(0).max(1).optional(),
        isRetryable: z
          .custom<(error: unknown) => boolean>((value) => typeof value === 'function', 'must be a function')
          .optional(),
      })
      .prefault({}),
    isolation: z.enum(['inline', 'process']).default('inline'),
    execute: z.unknown(),
  })
  .transform((tool) => ({ ...tool, idempotent: tool.idempotent ?? tool.risk === 'read' }))
  .superRefine(({ idempotent, retry, isolation, execute }, context) => {
    const say = (path: string, message: string): void => context.addIssue({ code: 'custom', path: [path], message })
    if (!idempotent && retry.maxAttempts > 1) say('retry', 'must not be given: the tool is not idempotent')
    if (isolation === 'inline' && typeof execute !== 'function') say('execute', 'must be a function')
    if (isolation === 'process' && !isToolModule(execute))
      say('execute', 'must be a toolModule(…): a function can not cross to another process')
  })

/**
 * A tool, complete: with its defaults and with JSON Schemas of its input and output. Throws `OPTIONS_INVALID` with the path of
 * the field, also for an input that is no object or that JSON Schema can't say.
 *
 * A tool that is not idempotent is never run twice for one call: not after a crash, not after a timeout.
 *
 * @example
 * ```ts
 * import { readFile } from 'node:fs/promises'
 * import { defineTool } from 'roscius'
 * import { z } from 'zod'
 *
 * const readText = defineTool({
 *   name: 'read_text',
 *   version: '1.0.0',
 *   description: 'Reads a text file.',
 *   input: z.object({ path: z.string() }),
 *   output: z.string(),
 *   scopes: ['read:files'],
 *   risk: 'read',
 *   execute: ({ input, signal }) => readFile(input.path, { encoding: 'utf8', signal }),
 * })
 * ```
 */
export function defineTool<TInput extends z.ZodType, TOutput extends z.ZodType>(
  spec: ToolSpec<TInput, TOutput>,
): Tool<TInput, TOutput> {
  const result = toolSchema.safeParse(spec)
  if (!result.success) {
    const { field, problem } = firstProblem(result.error)
    throw refused(field, problem)
  }
  const inputSchema = jsonSchemaOf(spec.input, 'input')
  if (inputSchema.type !== 'object') throw refused('input', 'must be an object: models give arguments by name')
  const { execute, input, output } = spec
  const outputSchema = jsonSchemaOf(spec.output, 'output')
  return Object.freeze({ ...result.data, input, output, execute, inputSchema, outputSchema })
}

/** What goes in is described as the caller writes it, what comes out as the caller gets it. */
function jsonSchemaOf(schema: z.ZodType, io: 'input' | 'output'): ToolJsonSchema {
  try {
    return z.toJSONSchema(schema, { target: 'draft-7', io })
  } catch (error) {
    throw refused(io, (error as Error).message)
  }
}

function refused(field: string, problem: string): RosciusError {
  return new RosciusError('OPTIONS_INVALID', `defineTool: ${field}: ${problem}`, { details: { field } })
}
