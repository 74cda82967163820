/** What the agents can do: look at past prices, reserve a position, place an order. */
import { currentEffect, defineTool } from 'roscius'
import { z } from 'zod'
import { orderSchema } from './events.js'
import { pricesOf } from './figures.js'
import type { Reply } from './position.js'

const version = '1.0.0'

export const history = defineTool({
  name: 'history',
  version,
  description: 'The prices of an instrument on the three days before this one.',
  input: z.object({ instrument: z.string(), day: z.number() }),
  output: z.array(z.number()),
  scopes: ['prices'],
  risk: 'read',
  execute: ({ input: { instrument, day } }) => pricesOf(instrument, day - 1).slice(-3),
})

export const replySchema = z.object({ type: z.enum(['RESERVED', 'REFUSED']), reason: z.string().optional() })

export const reserve = defineTool({
  name: 'reserve',
  version,
  description: 'Asks the position of an instrument to take an order up.',
  input: z.object({ order: orderSchema }),
  output: replySchema,
  scopes: ['positions'],
  risk: 'write',
  idempotent: true,
  execute: async ({ input: { order }, effectId = '' }) => {
    const position = currentEffect()?.actor(`market/positions/${order.instrument}`)
    if (position === undefined) throw new Error('There are no positions outside a system.')
    return position.ask<Reply>((replyTo) => ({ type: 'RESERVE', order, replyTo }), { idempotencyKey: effectId })
  },
})

export const placeOrder = defineTool({
  name: 'place_order',
  version,
  description: 'Trades at the exchange, which knows a key that it has seen.',
  input: orderSchema.omit({ type: true }).extend({ sum: z.number() }),
  output: z.string(),
  scopes: ['exchange'],
  risk: 'write',
  idempotent: true,
  execute: ({ input: { side, pieces, instrument } }) => `${side} ${pieces} ${instrument}`,
})
