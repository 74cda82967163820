/** How often what goes wrong: probabilities, checked at the door, and the draw. */
import { z } from 'zod'
import { RosciusError } from '../../core/errors.js'
import type { Random } from '../../core/random.js'

const share = z.number().min(0).max(1).default(0)
const ms = z.number().nonnegative().max(86_400_000)

const callFaults = {
  /** The answer comes `lateMs` later: after the work was done. */
  late: share,
  /** Error 429 with a `retry-after` of 1 to 30 s; nothing was done. */
  rateLimited: share,
  /** The work was done, and the answer is nonsense. */
  wrongShape: share,
  /** It throws; a tool before or after it did its work. */
  crash: share,
  /** It never answers. */
  hang: share,
}

const KINDS = Object.keys(callFaults) as readonly (keyof typeof callFaults)[]
/** 0.1 ten times is a little more than 1. */
const ROUNDING = 1e-9

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}

export const callFaultsSchema = z
  .strictObject({
    ...callFaults,
    /** How long every answer takes, in ms: from, to. Default 1 to 50. */
    latencyMs: z.tuple([ms, ms]).default([1, 50]),
    /** How much later `late` is: from, to. Default 1 s to 10 min. */
    lateMs: z.tuple([ms, ms]).default([1_000, 600_000]),
  })
  .refine(
    (rates) => sum(KINDS.map((kind) => rates[kind])) <= 1 + ROUNDING,
    'one fault at most strikes a call: 1 in all',
  )

export const faultRatesSchema = z.strictObject({
  brain: callFaultsSchema.prefault({}),
  tool: callFaultsSchema.prefault({}),
  /** For each batch that is written: the process is killed right before or right after it takes effect. */
  kill: share,
  /** The share of kills that are losses of power: what was not synced may be gone. */
  powerLoss: share,
})

/** Probabilities from 0 (the default) to 1. */
export type CallFaults = z.input<typeof callFaultsSchema>
export type FaultRates = z.input<typeof faultRatesSchema>
export type ReadCallFaults = z.output<typeof callFaultsSchema>
export type ReadFaultRates = z.output<typeof faultRatesSchema>

export type CallFault = keyof typeof callFaults

/** The fault that strikes a call, if one does: at most one, the rarer the later in the list. */
export function drawFault(rates: ReadCallFaults, random: Pick<Random, 'next'>): CallFault | undefined {
  let left = random.next()
  return KINDS.find((kind) => {
    left -= rates[kind]
    return left < 0
  })
}

/** A whole number between the two, both included. */
export function drawMs([from, to]: readonly [number, number], random: Pick<Random, 'next'>): number {
  return Math.floor(from + random.next() * (to - from + 1))
}

/** Throws `OPTIONS_INVALID` with the path of the field. */
export function readRates<T>(who: string, schema: z.ZodType<T>, rates: unknown): T {
  const result = schema.safeParse(rates ?? {})
  if (result.success) return result.data
  const issue = result.error.issues[0]
  const field = issue?.path.join('.') ?? ''
  const where = field === '' ? who : `${who}: ${field}`
  throw new RosciusError('OPTIONS_INVALID', `${where}: ${issue?.message}`, { details: { field } })
}
