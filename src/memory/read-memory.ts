/** The door of memory: what a caller says, checked and with its defaults. Throws `OPTIONS_INVALID` with the path of the field. */
import { z } from 'zod'
import { RosciusError } from '../core/errors.js'

const kind = z.enum(['episodic', 'semantic', 'note'])
const name = z
  .string()
  .min(1)
  .max(512)
  .refine((text) => text.isWellFormed(), 'has an unpaired surrogate')
const tags = z.array(z.string().min(1).max(128)).max(64)
const share = z.number().min(0).max(1)
const signal = z.instanceof(AbortSignal).optional()

const newMemory = z
  .strictObject({
    namespace: name,
    id: name.optional(),
    kind: kind.default('episodic'),
    text: z.string().min(1).max(16_384),
    data: z.unknown().optional(),
    importance: share.default(0.5),
    tags: tags.default([]),
    key: name.optional(),
  })
  .refine(({ kind, key }) => key === undefined || kind === 'semantic', {
    path: ['key'],
    message: 'only a semantic item has one',
  })

const query = z.strictObject({
  query: z.string().max(16_384).default(''),
  namespace: z.union([name, z.array(name).min(1).max(100)]),
  kinds: z.array(kind).min(1).optional(),
  tags: tags.default([]),
  limit: z.number().int().min(1).max(1_000).default(10),
  minScore: share.default(0),
  signal,
})

const filter = z.strictObject({
  namespace: name,
  ids: z.array(name).optional(),
  kinds: z.array(kind).min(1).optional(),
  tags: tags.default([]),
  beforeMs: z.number().optional(),
})

const listing = filter.extend({
  limit: z.number().int().min(1).max(1_000).default(100),
  after: z.string().optional(),
})

const weight = z.number().nonnegative()

const settings = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z0-9-]+$/, 'must be letters, digits and -')
    .default('memory'),
  embedder: z
    .object({
      name,
      dimensions: z.number().int().min(1).max(16_384),
      minSimilarity: share.optional(),
      embed: z.custom((value) => typeof value === 'function', 'must be a function'),
    })
    .optional(),
  language: z.enum(['english', 'any']).default('english'),
  maxItems: z.number().int().min(1).default(5_000),
  decayPerHour: z.number().positive().max(1).default(0.995),
  weights: z
    .strictObject({ recency: weight.default(1), importance: weight.default(1), relevance: weight.default(1) })
    .refine((weights) => weights.importance + weights.relevance > 0, 'importance or relevance must weigh something')
    .prefault({}),
  deleteWithActor: z.boolean().default(true),
})

export type ReadNewMemory = z.output<typeof newMemory>
export type ReadQuery = z.output<typeof query>
export type ReadSettings = z.output<typeof settings>

const reader =
  <T extends z.ZodType>(who: string, schema: T) =>
  (value: unknown): z.output<T> => {
    const result = schema.safeParse(value)
    if (result.success) return result.data
    const [issue] = result.error.issues
    const field = [...(issue?.path ?? []), ...(issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [])].join(
      '.',
    )
    throw new RosciusError('OPTIONS_INVALID', `${who}: ${field}: ${issue?.message}`, { details: { field } })
  }

export const readNewMemory = reader('remember', newMemory)
export const readQuery = reader('recall', query)
export const readFilter = reader('forget', filter)
export const readListing = reader('list', listing)
export const readSettings = reader('searchMemory', settings)
