/**
 * What the desk holds of one instrument. The limits are guards: no event leads past them, whoever sends it.
 *
 *     settled { flat | long } ──RESERVE [withinLimit]──> pending
 *     pending ──FILLED | DROPPED──> settled
 */
import type { ReplyRef } from 'roscius'
import { assign, sendTo, setup } from 'xstate'
import type { Order } from './events.js'

/** At most so many pieces, and never less than none. */
const LIMIT = 100

export type Reply = { readonly type: 'RESERVED' } | { readonly type: 'REFUSED'; readonly reason: string }

export type PositionEvent =
  | { readonly type: 'RESERVE'; readonly order: Order; readonly replyTo: ReplyRef<Reply> }
  | { readonly type: 'FILLED' }
  | { readonly type: 'DROPPED' }

export interface PositionContext {
  readonly held: number
  /** What the open order would change. */
  readonly pending: number
}

export interface Answer {
  readonly replyTo: ReplyRef<Reply>
  readonly reply: Reply
}

export const positionMachine = setup({
  types: { context: {} as PositionContext, events: {} as PositionEvent },
  guards: {
    withinLimit: ({ context }, order: Order) => {
      const after = context.held + change(order)
      return after >= 0 && after <= LIMIT
    },
    isHeld: ({ context }) => context.held > 0,
  },
  actions: {
    reserve: assign((_, order: Order) => ({ pending: change(order) })),
    settle: assign(({ context }) => ({ held: context.held + context.pending, pending: 0 })),
    release: assign({ pending: 0 }),
    reply: sendTo(
      (_, { replyTo }: Answer) => replyTo,
      (_, { reply }) => reply,
    ),
  },
}).createMachine({
  id: 'position',
  version: '1',
  context: { held: 0, pending: 0 },
  initial: 'settled',
  states: {
    settled: {
      tags: ['idle'],
      initial: 'looking',
      states: {
        looking: { always: [{ guard: 'isHeld', target: 'long' }, { target: 'flat' }] },
        flat: { tags: ['idle'] },
        long: { tags: ['idle'] },
      },
      on: {
        RESERVE: [
          {
            guard: { type: 'withinLimit', params: ({ event }) => event.order },
            target: 'pending',
            actions: [
              { type: 'reserve', params: ({ event }) => event.order },
              { type: 'reply', params: ({ event }) => ({ replyTo: event.replyTo, reply: { type: 'RESERVED' } }) },
            ],
          },
          {
            actions: {
              type: 'reply',
              params: ({ context, event }) => ({ replyTo: event.replyTo, reply: overLimit(context, event.order) }),
            },
          },
        ],
      },
    },
    pending: {
      meta: { roscius: { waits: 'forever', reason: 'the station of execution answers every order' } },
      on: {
        FILLED: { target: 'settled', actions: 'settle' },
        DROPPED: { target: 'settled', actions: 'release' },
        RESERVE: {
          actions: {
            type: 'reply',
            params: ({ event }) => ({ replyTo: event.replyTo, reply: refusal('an order is open') }),
          },
        },
      },
    },
  },
})

function change({ side, pieces }: Order): number {
  return side === 'buy' ? pieces : -pieces
}

function overLimit({ held }: PositionContext, { side, pieces }: Order): Reply {
  return refusal(side === 'buy' ? `${held} held, ${pieces} more pass the limit of ${LIMIT}` : `only ${held} held`)
}

function refusal(reason: string): Reply {
  return { type: 'REFUSED', reason }
}
