import { describe, expect, it } from 'vitest'
import { createActor, setup } from 'xstate'
import { z } from 'zod'
import { judgeDecision } from '../../machines/judge-decision.js'
import { legalEvents } from '../../machines/legal-events.js'

const light = setup({
  types: { context: {} as { key: boolean }, events: {} as { type: string; pin?: number } },
  guards: { hasKey: ({ context }) => context.key, isRight: ({ event }) => event.pin === 7 },
}).createMachine({
  context: { key: false },
  type: 'parallel',
  states: {
    door: {
      initial: 'shut',
      on: { KNOCK: { actions: () => {}, description: 'knocks' } },
      states: {
        shut: { on: { OPEN: { guard: 'hasKey', target: 'open' }, DIAL: { guard: 'isRight', target: 'open' } } },
        open: { on: { SHUT: 'shut', '*': 'shut' } },
      },
    },
    lamp: { initial: 'off', states: { off: { on: { LIGHT: 'on' } }, on: {} } },
  },
})

const just = (type: string) => ({ schema: z.object({ type: z.literal(type) }) })
const schemas = { SHUT: just('SHUT'), OPEN: just('OPEN'), LIGHT: just('LIGHT'), KNOCK: {} }
const told = (value: Parameters<typeof light.resolveState>[0]['value'], key = false) =>
  legalEvents(light.resolveState({ value, context: { key } }), schemas)
const types = (...args: Parameters<typeof told>) => told(...args).map(({ type }) => type)

describe('the legal events', () => {
  it('are those that the active states take, of every region and depth, in the order of the schemas', () => {
    expect(types({ door: 'open', lamp: 'off' })).toEqual(['SHUT', 'LIGHT', 'KNOCK'])
    expect(types({ door: 'shut', lamp: 'on' })).toEqual(['KNOCK'])
  })

  it('are those whose guard lets them', () => {
    expect(types({ door: 'shut', lamp: 'on' }, true)).toEqual(['OPEN', 'KNOCK'])
  })

  it('are none that only a wildcard would take, or that have no schema', () => {
    expect(types({ door: 'open', lamp: 'on' })).toEqual(['SHUT', 'KNOCK'])
  })

  it('are asked about with an example, where a guard needs one', () => {
    const snapshot = light.resolveState({ value: { door: 'shut', lamp: 'on' }, context: { key: false } })
    expect(legalEvents(snapshot, { DIAL: {} })).toEqual([])
    expect(legalEvents(snapshot, { DIAL: { example: { type: 'DIAL', pin: 7 } as never } })).toHaveLength(1)
  })

  it('are told with their JSON Schema and a description: its own, or that of the transition', () => {
    const [light_] = told({ door: 'shut', lamp: 'off' })
    expect(light_).toEqual({
      type: 'LIGHT',
      schema: expect.objectContaining({ type: 'object', properties: { type: { type: 'string', const: 'LIGHT' } } }),
    })
    expect(told({ door: 'shut', lamp: 'on' })).toEqual([{ type: 'KNOCK', description: 'knocks' }])
  })

  it('are those of a running actor, too, and of a machine that is its only state', () => {
    const actor = createActor(setup({}).createMachine({ on: { PING: { actions: () => {} } } })).start()
    expect(legalEvents(actor.getSnapshot(), { PING: {}, PONG: {} })).toEqual([{ type: 'PING' }])
  })
})

describe('a decision', () => {
  const OPEN = { schema: z.strictObject({ type: z.literal('OPEN'), wide: z.boolean().default(true) }) }
  const judge = (answer: unknown) => judgeDecision(answer, { legal: [{ type: 'OPEN' }], schemas: { OPEN } })

  it('is legal if it names a legal event as its schema wants it, whose defaults it gets', () => {
    expect(judge({ event: { type: 'OPEN' }, reason: 'hot' })).toEqual({
      isLegal: true,
      decision: { event: { type: 'OPEN', wide: true }, reason: 'hot' },
    })
  })

  it.each([
    [undefined, 'That is not a decision'],
    [{ event: {}, reason: '' }, 'That is not a decision: event.type'],
    [{ event: { type: 'OPEN' } }, 'That is not a decision: reason'],
    [{ event: { type: 'SHUT' }, reason: '' }, 'SHUT is not legal now. Legal are OPEN.'],
    [{ event: { type: 'OPEN', wide: 'very' }, reason: '' }, 'OPEN is not written as it should be: wide'],
    [{ event: { type: 'OPEN', far: true }, reason: '' }, 'OPEN is not written as it should be: far is not a setting'],
  ])('is refused otherwise, with the field: %j', (answer, reason) => {
    expect(judge(answer)).toEqual({
      isLegal: false,
      reason: expect.stringContaining(reason.replace('far is', 'far: is')),
    })
  })
})
