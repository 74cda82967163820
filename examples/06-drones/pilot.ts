/** What decides and what calculates: a brain by rules, and a tool that finds ways. */
import { defineTool } from 'roscius'
import { fromRules } from 'roscius/actors'
import type { BrainRequest, EventSchemas } from 'roscius/machines'
import { z } from 'zod'
import { findPath } from './a-star.js'

/** What a drone may decide where its way is closed, if its statechart takes it there. */
export const decisions: EventSchemas = {
  REPLAN: { schema: z.strictObject({ type: z.literal('REPLAN') }), description: 'looks for another way' },
  WAIT: { schema: z.strictObject({ type: z.literal('WAIT') }), description: 'hovers for three seconds' },
  RETURN: { schema: z.strictObject({ type: z.literal('RETURN') }), description: 'flies home' },
}

/** So many cells more than the straight way should be in the battery. */
const DETOUR = 6

const factsSchema = z.object({ battery: z.number(), toGoal: z.number() })

export const pilot = fromRules([
  {
    when: (request) => isLegal(request, 'REPLAN') && sparesIn(request) >= DETOUR,
    decide: (request) => ({
      event: { type: 'REPLAN' },
      reason: `${sparesIn(request)} cells to spare for a detour`,
    }),
  },
  { decide: { event: { type: 'WAIT' }, reason: 'it may open again' } },
  { decide: { event: { type: 'RETURN' }, reason: 'it has waited long enough' } },
])

function isLegal({ legal }: BrainRequest, type: string): boolean {
  return legal.some((event) => event.type === type)
}

function sparesIn({ observations }: BrainRequest): number {
  const { battery, toGoal } = factsSchema.parse(observations.at(-1)?.data)
  return battery - toGoal
}

const cell = z.string().regex(/^[A-Z]\d+$/)

export const pathTool = defineTool({
  name: 'find_path',
  version: '1.0.0',
  description: 'The shortest way from one cell to another that passes no building and no closed cell.',
  input: z.object({ from: cell, to: cell, closed: z.array(cell) }),
  output: z.object({ route: z.array(cell).optional() }),
  scopes: ['map'],
  risk: 'read',
  execute: ({ input: { from, to, closed } }) => ({ route: findPath(from, to, closed) }),
})
