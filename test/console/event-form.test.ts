import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { complaintsOf, emptyDraft, fieldIn, readJson, sentOf, withField } from '../../src/console/actor/send/draft.js'
import { refusalOf } from '../../src/console/actor/send/refusal.js'
import { type Draft, eventFields, type Field } from '../../src/console/actor/send/schema.js'

const formOf = (schema: z.ZodType): Field =>
  eventFields(z.toJSONSchema(schema, { io: 'input' }) as Record<string, unknown>)

const PAY = formOf(
  z.object({
    type: z.literal('PAY'),
    amount: z.number().positive().max(100),
    count: z.int().optional(),
    express: z.boolean(),
    colour: z.enum(['red', 'green']),
    tags: z.array(z.string().min(2)),
    to: z.object({ street: z.string().min(1), city: z.string().optional() }).optional(),
    by: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('card'), number: z.string() }),
      z.object({ kind: z.literal('cash') }),
    ]),
  }),
)

function kinds(field: Field): unknown {
  if (field.kind === 'object')
    return Object.fromEntries(field.fields.map(({ name, field: inner }) => [name, kinds(inner)]))
  if (field.kind === 'list') return [kinds(field.item)]
  return field.kind === 'variant' ? field.variants.map((variant) => [variant.name, kinds(variant.field)]) : field.kind
}

describe('the form of an event', () => {
  test('has a field for everything in its schema but the type', () => {
    expect(kinds(PAY)).toEqual({
      amount: 'number',
      count: 'number',
      express: 'boolean',
      colour: 'choice',
      tags: ['text'],
      to: { street: 'text', city: 'text' },
      by: [
        ['kind: card', { kind: 'choice', number: 'text' }],
        ['kind: cash', { kind: 'choice' }],
      ],
    })
  })

  test('begins with what can be known, and sends nothing that was left out', () => {
    expect(sentOf(emptyDraft(PAY))).toEqual({ amount: '', express: false, tags: [], by: { kind: 'card', number: '' } })
  })

  test('says at each field what is missing or wrong, before anything is sent', () => {
    const draft = {
      ...(emptyDraft(PAY) as object),
      amount: 400,
      tags: ['ok', 'x'],
      to: { street: '' },
      count: 1.5,
    } as Draft
    expect(complaintsOf(PAY, draft)).toEqual([
      { at: 'amount', message: 'has to be 100 at most' },
      { at: 'count', message: 'has to be a whole number' },
      { at: 'colour', message: 'is needed' },
      { at: 'tags.1', message: 'needs 2 characters at least' },
      { at: 'to.street', message: 'is needed' },
    ])
    const good = { amount: 4, express: true, colour: 'red', tags: [], by: { kind: 'cash' } }
    expect(complaintsOf(PAY, good)).toEqual([])
    expect(sentOf(good)).toEqual(good)
  })

  test('what is no number yet is still what was written', () => {
    expect(complaintsOf(PAY, withField({ amount: 3 }, 'amount', '1,5'))[0]).toEqual({
      at: 'amount',
      message: 'is no number',
    })
  })

  test('follows references, and becomes JSON where they lead round in a circle', () => {
    const tree: Record<string, unknown> = {
      type: 'object',
      properties: { next: { $ref: '#' }, leaf: { $ref: '#/$defs/leaf' } },
      $defs: { leaf: { type: 'string' } },
    }
    const field = eventFields(tree)
    expect(kinds(field)).toMatchObject({ leaf: 'text' })
    expect(JSON.stringify(kinds(field))).toContain('json')
    expect(eventFields({ $ref: '#/$defs/none' }).kind).toBe('json')
    expect(eventFields(undefined).kind).toBe('json')
  })

  test('a field may have any name', () => {
    const schema = JSON.parse(
      '{"type":"object","properties":{"__proto__":{"type":"string"},"constructor":{"type":"number"}},"required":["constructor"]}',
    )
    const field = eventFields(schema)
    const draft = withField(emptyDraft(field), '__proto__', 'mine')
    expect(fieldIn(draft, '__proto__')).toBe('mine')
    expect(fieldIn({}, 'constructor')).toBeUndefined()
    expect(JSON.stringify(sentOf(draft))).toBe('{"constructor":"","__proto__":"mine"}')
    expect(({} as { mine?: unknown }).mine).toBeUndefined()
  })

  test('JSON that can’t be read says where it goes wrong', () => {
    expect(readJson('{"a":1}')).toEqual({ value: { a: 1 } })
    expect(readJson('{"a":')).toMatchObject({ message: expect.stringContaining('is no JSON') })
  })
})

describe('a refusal of the node', () => {
  test('is said at the field that it is about', () => {
    const details = { field: 'event.items.0.count' }
    expect(refusalOf({ message: 'event.items.0.count: too small', details })).toEqual({
      at: 'items.0.count',
      message: 'too small',
    })
  })

  test('that is about the whole is said of the whole', () => {
    expect(refusalOf({ message: 'it has ended', details: {} })).toEqual({ at: '', message: 'it has ended' })
    expect(refusalOf({ message: 'event: no', details: { field: 'event' } })).toEqual({ at: '', message: 'no' })
  })
})
