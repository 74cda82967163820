/** A shop whose actors send each other events: what the tests of the history look at. */
import { type AnyActorRef, assign, fromPromise, sendTo, setup } from 'xstate'

export type ShopEvent =
  | { readonly type: 'ORDER'; readonly item: string; readonly token?: string }
  | { readonly type: 'SHIPPED' }
  | { readonly type: 'BREAK' }
  | { readonly type: 'NOTE'; readonly text: string }

const price = fromPromise(async ({ input }: { input: string }) => ({ item: input, cents: input.length * 100 }))

/** Takes an order, asks for its price, gives it to the store, waits for the shipment. */
const shop = setup({
  types: {} as {
    context: { orders: number; cents: number; store: AnyActorRef; notes: string[]; password: string }
    input: { store: AnyActorRef }
    events: ShopEvent
  },
  actors: { price },
}).createMachine({
  id: 'shop',
  context: ({ input }) => ({ orders: 0, cents: 0, store: input.store, notes: [], password: 'hunter2' }),
  initial: 'idle',
  on: { NOTE: { actions: assign({ notes: ({ context, event }) => [...context.notes, event.text] }) } },
  states: {
    idle: {
      on: {
        ORDER: { target: 'pricing', actions: assign({ orders: ({ context }) => context.orders + 1 }) },
        BREAK: {
          actions: assign(() => {
            throw new Error('the shop burns')
          }),
        },
      },
    },
    pricing: {
      invoke: {
        id: 'price',
        src: 'price',
        input: ({ event }) => (event as { item: string }).item,
        onDone: {
          target: 'waiting',
          actions: [
            assign({ cents: ({ event }) => event.output.cents }),
            sendTo(
              ({ context }) => context.store,
              ({ event, self }) => ({ type: 'PICK', item: event.output.item, replyTo: self }),
            ),
          ],
        },
      },
    },
    waiting: {
      on: { SHIPPED: 'shipped' },
      after: { 5000: 'late' },
    },
    shipped: { after: { 1000: 'idle' } },
    late: { always: { target: 'idle', guard: ({ context }) => context.cents > 100_000 }, on: { SHIPPED: 'shipped' } },
  },
})

/** Picks an item, tells its clerk, and answers when the clerk has packed. */
const store = setup({
  types: {} as {
    context: { shop: AnyActorRef | undefined; clerk: AnyActorRef }
    input: { clerk: AnyActorRef }
    events: { type: 'PICK'; item: string; replyTo: AnyActorRef } | { type: 'PACKED' }
  },
}).createMachine({
  id: 'store',
  context: ({ input }) => ({ shop: undefined, clerk: input.clerk }),
  on: {
    PICK: {
      actions: [
        assign({ shop: ({ event }) => event.replyTo }),
        sendTo(
          ({ context }) => context.clerk,
          ({ event, self }) => ({ type: 'PACK', item: event.item, replyTo: self }),
        ),
      ],
    },
    PACKED: { actions: sendTo(({ context }) => context.shop as AnyActorRef, { type: 'SHIPPED' }) },
  },
})

const clerk = setup({
  types: {} as { events: { type: 'PACK'; item: string; replyTo: AnyActorRef }; context: { packed: string[] } },
}).createMachine({
  id: 'clerk',
  context: { packed: [] },
  on: {
    PACK: {
      actions: [
        assign({ packed: ({ context, event }) => [...context.packed, event.item] }),
        sendTo(({ event }) => event.replyTo, { type: 'PACKED' }),
      ],
    },
  },
})

export const logic = { shop, store, clerk }
