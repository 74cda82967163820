/**
 * What the service is about, whatever serves it: orders under a supervisor, on a node that others reach by the transport that
 * it is given.
 */
import { createSystem, isRosciusError, type ReplyRef, startChild, supervisor, type WebSocketTransport } from 'roscius'
import { assign, sendTo, setup } from 'xstate'
import { auth } from './auth.js'

export interface Receipt {
  readonly type: 'RECEIPT'
  readonly order: string
  readonly cents: number
}

export const order = setup({
  types: {
    context: {} as { readonly paid: number },
    events: {} as { readonly type: 'PAY'; readonly cents: number; readonly replyTo: ReplyRef<Receipt> },
  },
}).createMachine({
  id: 'order',
  version: '1',
  context: { paid: 0 },
  initial: 'open',
  states: {
    open: {
      on: {
        PAY: {
          target: 'paid',
          actions: [
            assign({ paid: ({ event }) => event.cents }),
            sendTo(
              ({ event }) => event.replyTo,
              ({ event, self }) => ({ type: 'RECEIPT', order: self.id, cents: event.cents }),
            ),
          ],
        },
      },
    },
    paid: {},
  },
})

const orders = supervisor({ template: { logic: 'order' } })

/** As the routes of the service answer. */
export interface Answer {
  readonly status: 200 | 201 | 404 | 409
  readonly body: { readonly order?: string; readonly state?: unknown; readonly paid?: number }
}

export interface Orders {
  place(id: string): Promise<Answer>
  find(id: string): Answer
  /** Ends the links as well: nobody is reached through the server any more. */
  stop(): Promise<void>
}

export async function openOrders(store: string, transport: WebSocketTransport): Promise<Orders> {
  const system = await createSystem({
    name: 'orders',
    store,
    logic: { order, orders },
    transport,
    peers: { till: { allow: { send: [{ paths: ['desk/*'], events: ['PAY'] }] } } },
    auth,
  })
  const desk = await system.spawn('orders', { id: 'desk', ifExists: 'use' })
  const find = (id: string): Answer => {
    try {
      const { value, context } = system.actor('order', `desk/${id}`).getSnapshot()
      return { status: 200, body: { order: id, state: value, paid: context.paid } }
    } catch (error) {
      if (isRosciusError(error, 'ACTOR_NOT_FOUND')) return { status: 404, body: { order: id } }
      throw error
    }
  }
  const place = async (id: string): Promise<Answer> => {
    try {
      await startChild(desk, { id, logic: order })
      return { status: 201, body: find(id).body }
    } catch (error) {
      if (isRosciusError(error, 'ACTOR_EXISTS')) return { status: 409, body: { order: id } }
      throw error
    }
  }
  return { place, find, stop: () => system.stop() }
}
