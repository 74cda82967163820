/** Analysis, risk and execution. Each is asked with one event, and ends with the event that it answers. */
import { defineAgent, fromRules } from 'roscius/actors'
import type { BrainRequest, Decision } from 'roscius/machines'
import { z } from 'zod'
import {
  type Decided,
  droppedSchema,
  filledSchema,
  holdSchema,
  type Order,
  orderSchema,
  type Signal,
  signalSchema,
  vetoSchema,
} from './events.js'
import { quoteSchema } from './figures.js'
import { history, placeOrder, replySchema, reserve } from './tools.js'

const PIECES = 60
/** So far from the average is worth a trade. */
const WORTH = 0.05
/** So far from the average is no trend any more. */
const JUMP = 0.15

export const analyst = defineAgent({
  tools: [history],
  output: z.discriminatedUnion('type', [signalSchema, holdSchema]),
  brain: fromRules([
    {
      when: { observed: 'note' },
      decide: (request) => use('history', eventIn(request, quoteSchema), 'What was before?'),
    },
    { decide: (request) => end(signalOrHold(request)) },
  ]),
})

function signalOrHold(request: BrainRequest): Decided {
  const { instrument, price } = eventIn(request, quoteSchema)
  const prices = answerIn(request, z.array(z.number()))
  const change = price / (prices.reduce((sum, one) => sum + one, 0) / prices.length) - 1
  if (Math.abs(change) < WORTH) return { type: 'HOLD', instrument, reason: `${percent(change)} is no reason to trade` }
  return { type: 'SIGNAL', instrument, side: change > 0 ? 'buy' : 'sell', pieces: PIECES, price, change }
}

export const riskManager = defineAgent({
  tools: [reserve],
  output: z.discriminatedUnion('type', [orderSchema, vetoSchema]),
  brain: fromRules([
    {
      when: (request) => Math.abs(signalIn(request).change) > JUMP,
      decide: (request) => veto(request, `${percent(signalIn(request).change)} is a jump, and no trend`),
    },
    {
      when: { observed: 'note' },
      decide: (request) => use('reserve', { order: orderOf(signalIn(request)) }, 'Is there room for it?'),
    },
    {
      when: (request) => answerIn(request, replySchema).type === 'REFUSED',
      decide: (request) => veto(request, answerIn(request, replySchema).reason ?? ''),
    },
    { decide: (request) => end(orderOf(signalIn(request))) },
  ]),
})

export const trader = defineAgent({
  tools: [placeOrder],
  output: z.discriminatedUnion('type', [filledSchema, droppedSchema]),
  brain: fromRules([
    {
      when: { observed: 'note' },
      decide: (request) => {
        const { instrument, side, pieces, price } = orderIn(request)
        return use('place_order', { instrument, side, pieces, price, sum: pieces * price }, 'Risk has agreed.')
      },
    },
    { when: { says: 'place_order answered' }, decide: (request) => end({ ...orderIn(request), type: 'FILLED' }) },
    {
      decide: (request) => {
        const reason = request.observations.at(-1)?.text.replace('place_order failed: ', '') ?? ''
        return end({ type: 'DROPPED', instrument: orderIn(request).instrument, reason })
      },
    },
  ]),
})

const signalIn = (request: BrainRequest): Signal => eventIn(request, signalSchema)
const orderIn = (request: BrainRequest): Order => eventIn(request, orderSchema)

function orderOf({ instrument, side, pieces, price }: Signal): Order {
  return { type: 'ORDER', instrument, side, pieces, price }
}

function veto(request: BrainRequest, reason: string): Decision {
  return end({ type: 'VETO', instrument: signalIn(request).instrument, reason })
}

function use(tool: string, input: object, reason: string): Decision {
  return { event: { type: 'USE_TOOL', tool, input }, reason }
}

function end(event: Decided): Decision {
  return { event: { type: 'FINISH', output: event }, reason: 'reason' in event ? event.reason : event.type }
}

/** The event that it was asked with: the first thing it was told. */
function eventIn<T>({ observations }: BrainRequest, schema: z.ZodType<T>): T {
  return schema.parse(JSON.parse(observations[0]?.text ?? 'null'))
}

/** What its tool has answered. */
function answerIn<T>({ observations }: BrainRequest, schema: z.ZodType<T>): T {
  return z.object({ ok: z.literal(true), output: schema }).parse(observations.at(-1)?.data).output
}

export function percent(change: number): string {
  return `${change > 0 ? '+' : ''}${(change * 100).toFixed(1)} %`
}
