/**
 * Whether a decision can be taken: it is one, it names an event that is legal now, the event is written as its schema says,
 * and the machine takes it.
 */
import { z } from 'zod'
import { type BrainRequest, type Decision, decisionSchema } from './brain.js'
import type { EventSchemas } from './legal-events.js'
import { firstProblem } from './options-invalid.js'

export type Judgement =
  | { readonly isLegal: true; readonly decision: Decision }
  | { readonly isLegal: false; readonly reason: string }

/**
 * Judges what a brain has answered. The reason is for the brain. The event of a legal decision is as its schema reads it, with
 * its defaults.
 *
 * @example
 * ```ts
 * import { judgeDecision } from 'roscius/machines'
 * import { z } from 'zod'
 *
 * const schemas = { OPEN: { schema: z.object({ type: z.literal('OPEN'), wide: z.boolean() }) } }
 * const judged = judgeDecision({ event: { type: 'OPEN' }, reason: 'it is hot' }, { legal: [{ type: 'OPEN' }], schemas })
 * console.log(judged.isLegal)
 * ```
 */
export function judgeDecision(
  answer: unknown,
  { legal, schemas }: { readonly legal: BrainRequest['legal']; readonly schemas: EventSchemas },
): Judgement {
  const read = decisionSchema.safeParse(answer)
  if (!read.success) return refused(`That is not a decision: ${problemOf(read.error)}`)
  const { type } = read.data.event
  if (!legal.some((event) => event.type === type)) return refused(`${type} is not legal now. ${toldLegal(legal)}`)
  const event = (schemas[type]?.schema ?? z.unknown()).safeParse(read.data.event)
  if (!event.success) return refused(`${type} is not written as it should be: ${problemOf(event.error)}`)
  return { isLegal: true, decision: { ...read.data, event: { ...(event.data as object), type } } }
}

function refused(reason: string): Judgement {
  return { isLegal: false, reason }
}

function problemOf(error: z.ZodError): string {
  const { field, problem } = firstProblem(error)
  return field === '' ? problem : `${field}: ${problem}`
}

function toldLegal(legal: BrainRequest['legal']): string {
  return legal.length === 0 ? 'Nothing is.' : `Legal are ${legal.map(({ type }) => type).join(', ')}.`
}
