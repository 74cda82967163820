/** What a person is asked: everything that is needed to decide, and nothing that has to be looked up. */
import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { readWith, refusal } from '../../supervision/refusal.js'
import { chainSchema, waitSchema } from './settings.js'

/** Longer texts are cut: a person reads them. Arguments are kept whole, for they are what is approved. */
const TEXT_CHARS = 4_000
const TRACE_STEPS = 50
const TRACE_CHARS = 2_000
const MAX_ID_CHARS = 1_000

const cut = (max: number) => (text: string) => (text.length <= max ? text : `${text.slice(0, max - 1).toWellFormed()}…`)

const name = z.string().min(1).max(1_000)
const text = z.string().transform(cut(TEXT_CHARS))

const schema = z.strictObject({
  id: z
    .string()
    .min(1)
    .max(MAX_ID_CHARS)
    .refine((id) => id.isWellFormed() && !/\p{Cc}/u.test(id), 'must have no control characters'),
  path: name,
  tool: name,
  toolVersion: name.optional(),
  input: z.unknown(),
  risk: z.enum(['read', 'write', 'danger']),
  what: text,
  why: text,
  rule: name.optional(),
  because: text.optional(),
  policy: z.strictObject({ name, version: name }).optional(),
  level: z.enum(['task', 'step', 'action']).default('action'),
  goal: text,
  trace: z
    .array(z.strictObject({ turn: z.number(), text: z.string().transform(cut(TRACE_CHARS)) }))
    .default([])
    .transform((steps) => steps.slice(-TRACE_STEPS)),
  taskId: name.optional(),
  timeoutMs: waitSchema.optional(),
  chain: chainSchema.optional(),
})

/**
 * A question to a person. `id`: the same question has the same id, so that asking twice is asking once. `path`: the actor that
 * asks. `input`: the arguments, whole. `what`: the call in a line. `why`: in the words of whoever wants it. `rule`, `policy`:
 * who says that a person must be asked, and why. `level`: how far a yes reaches (default `action`: this one call). `goal`, `trace`: what
 * the agent is for, and what it did so far. `timeoutMs`, `chain`: as in `ApprovalSettings`, for this question.
 */
export type ApprovalQuestion = z.input<typeof schema>
export type ReadQuestion = z.output<typeof schema>
export type ApprovalRisk = ReadQuestion['risk']

/** Throws `OPTIONS_INVALID` with the path of the field. */
export function readQuestion(question: unknown): ReadQuestion {
  return readWith(schema, question, 'question')
}

/**
 * Throws `OPTIONS_INVALID` unless `asked` is what is kept under its id: an answer to one question must never count for another.
 * An approval of a step or a task covers other calls than the one it was asked for.
 */
export function assertSame(kept: ReadQuestion, asked: ReadQuestion): void {
  for (const field of asked.level === 'action' ? ACTION : WIDER)
    if (!isDeepStrictEqual(kept[field], asked[field]))
      throw refusal('question.id', `${asked.id} is a question with another ${field}: each question needs its own id`)
}

const WIDER = ['level', 'path', 'rule', 'policy', 'taskId'] as const
const ACTION = [...WIDER, 'tool', 'toolVersion', 'input'] as const
