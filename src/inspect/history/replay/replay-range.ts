/** Which records are replayed, and how the test is to find the machine. */
import { z } from 'zod'
import type { ReplayRange } from './replay-writer.js'

const MAX_RECORDS = 1_000

const identifier = /^[A-Za-z_$][\w$]*$/

export const replayOptions = z.strictObject({
  from: z.number().int().min(1).optional(),
  to: z.number().int().min(1).optional(),
  module: z.string().min(1).max(1_000).optional(),
  name: z.string().max(200).regex(identifier, 'must be the name of an export').default('machine'),
})

type Kept = { readonly first: number; readonly last: number }

/** Within what is kept; of too many records the newest. */
export function replayedRange({ from, to, module, name }: z.output<typeof replayOptions>, kept: Kept): ReplayRange {
  const end = Math.min(to ?? kept.last, kept.last)
  const begin = Math.max(from ?? kept.first, kept.first, end - MAX_RECORDS + 1)
  return { from: Math.min(begin, end), to: end, module, name }
}
