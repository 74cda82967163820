/** How long a question waits, and who is told of it meanwhile. */
import { z } from 'zod'
import { readWith, refusal } from '../../supervision/refusal.js'

const MINUTE = 60_000
const DEFAULT_MS = 15 * MINUTE
const YEAR = 366 * 86_400_000

export const waitSchema = z.number().positive().max(YEAR)

export const chainSchema = z
  .array(z.strictObject({ to: z.string().min(1).max(200), afterMs: waitSchema }))
  .max(20)
  .refine(
    (steps) => steps.every(({ afterMs }, at) => at === 0 || afterMs > steps[at - 1]!.afterMs),
    'must have rising afterMs: each counts from the question',
  )

const schema = z
  .strictObject({
    timeoutMs: waitSchema.optional(),
    chain: chainSchema.optional(),
    reason: z.string().min(1).max(1_000).default('nobody decided in time'),
  })
  .prefault({})

/**
 * `timeoutMs`: after so long without a decision a question counts as denied; default 15 min, or 15 min after the last step of
 * the chain. `chain`: to whom it is escalated and when, in ms from the question; steps after the timeout are left out.
 * `reason`: what the agent is told of a question that nobody decided.
 */
export type ApprovalSettings = z.input<typeof schema>
export type ReadSettings = z.output<typeof schema>

/** Throws `OPTIONS_INVALID` with the path of the field. */
export function readSettings(settings: unknown): ReadSettings {
  const read = readWith(schema, settings, 'approvals')
  const last = read.chain?.at(-1)?.afterMs
  if (last !== undefined && read.timeoutMs !== undefined && last >= read.timeoutMs)
    throw refusal('approvals.timeoutMs', 'must be later than the last step of the chain')
  return read
}

/** One step of an escalation, by the clock. */
export interface Step {
  readonly to: string
  readonly atMs: number
}

export interface Plan {
  readonly steps: readonly Step[]
  readonly expiresMs: number
}

type Waits = Pick<ReadSettings, 'timeoutMs' | 'chain'>

/** When what happens to a question that is asked at `nowMs`. What it says itself comes before the settings. */
export function planOf(question: Waits, settings: Waits, nowMs: number): Plan {
  const chain = question.chain ?? settings.chain ?? []
  const own = question.timeoutMs ?? (question.chain === undefined ? settings.timeoutMs : undefined)
  const afterMs = own ?? (chain.at(-1)?.afterMs ?? 0) + DEFAULT_MS
  const steps = chain.filter((step) => step.afterMs < afterMs)
  return { steps: steps.map((step) => ({ to: step.to, atMs: nowMs + step.afterMs })), expiresMs: nowMs + afterMs }
}
