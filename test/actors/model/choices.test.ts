import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { choicesOf } from '../../../actors/model/choices.js'
import type { JsonSchema, LegalEvent, ToolSummary } from '../../../machines/brain.js'
import { COUNT, LEGAL } from './model-stage.js'

const tool = (name: string, input?: JsonSchema): ToolSummary => ({
  name,
  description: name,
  risk: 'read',
  ...(input && { input }),
})
const schemaOf = (schema: z.ZodType): JsonSchema => z.toJSONSchema(schema) as JsonSchema
const only = (event: LegalEvent) => choicesOf({ legal: [event], tools: [] })[0]!

describe('what a model may choose', () => {
  it('is each legal event, with what it takes but its type', () => {
    const schema = schemaOf(z.strictObject({ type: z.literal('WAIT'), ms: z.number() }))
    const choice = only({ type: 'WAIT', description: 'waits', schema })
    expect(choice).toMatchObject({ name: 'WAIT', description: 'waits' })
    expect(choice.parameters).toEqual({
      type: 'object',
      properties: { ms: { type: 'number' } },
      required: ['ms'],
      additionalProperties: false,
    })
    expect(choice.toEvent({ ms: 5 })).toEqual({ type: 'WAIT', ms: 5 })
  })

  it('is each tool of its own where tools can be used, and no tool where they can not', () => {
    expect(choicesOf({ legal: [...LEGAL], tools: [COUNT] }).map(({ name }) => name)).toEqual(['FINISH', 'count'])
    expect(choicesOf({ legal: [LEGAL[1]!], tools: [COUNT] }).map(({ name }) => name)).toEqual(['FINISH'])
  })

  it('takes anything where an event has no schema', () => {
    const choice = only({ type: 'GO' })
    expect(choice.parameters).toEqual({ type: 'object', properties: {}, additionalProperties: true })
    expect(choice.toEvent({ far: true })).toEqual({ type: 'GO', far: true })
  })

  it.each([[null], ['text'], [[1]], [3]])('makes an event of arguments that are no object: %j', (args) => {
    expect(only({ type: 'GO' }).toEvent(args)).toEqual({ type: 'GO' })
  })

  it('puts what is no object into a field of one, as providers take objects only', () => {
    const schema = schemaOf(
      z.union([z.object({ type: z.literal('GO') }), z.object({ type: z.literal('GO'), far: z.boolean() })]),
    )
    const choice = only({ type: 'GO', schema })
    expect(choice.parameters).toMatchObject({
      type: 'object',
      properties: { event: { anyOf: [{}, {}] } },
      required: ['event'],
    })
    expect(choice.toEvent({ event: { far: true } })).toEqual({ type: 'GO', far: true })
    const [say] = choicesOf({ legal: [LEGAL[0]!], tools: [tool('say', { type: 'string' })] })
    expect(say?.parameters).toMatchObject({ properties: { input: { type: 'string' } } })
    expect(say?.toEvent({ input: 'hello' })).toEqual({ type: 'USE_TOOL', tool: 'say', input: 'hello' })
  })

  it('has names that every provider takes, no two the same, and each leads back to its own', () => {
    const names = fc.uniqueArray(
      fc.oneof(
        fc.string({ minLength: 1, maxLength: 90 }),
        fc.constantFrom('FINISH', 'a.b', 'a_b', 'a b', 'x'.repeat(80), 'x'.repeat(81)),
      ),
      { minLength: 1, maxLength: 8 },
    )
    fc.assert(
      fc.property(names, (tools) => {
        const choices = choicesOf({ legal: [...LEGAL], tools: tools.map((name) => tool(name)) })
        expect(new Set(choices.map(({ name }) => name)).size).toBe(tools.length + 1)
        for (const { name } of choices) expect(name).toMatch(/^[\w-]{1,64}$/)
        expect(choices.slice(1).map(({ toEvent }) => toEvent({}).tool)).toEqual(tools)
      }),
    )
  })
})
