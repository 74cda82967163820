import { z } from 'zod'

export const MAX_SUMMARY_CHARS = 2_000

/** The findings in words, and who wrote them. */
export const summarySchema = z.object({
  by: z.enum(['rules', 'model']),
  /** The name of the model. */
  model: z.string().optional(),
  text: z.string().min(1).max(MAX_SUMMARY_CHARS),
})

/** A summary with why the rules have written it, where a model should have. */
export const noted = summarySchema.extend({ note: z.string().optional() })

export type Summary = z.infer<typeof summarySchema>
export type NotedSummary = z.infer<typeof noted>
