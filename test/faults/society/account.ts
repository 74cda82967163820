import type { ReplyRef } from 'roscius'
import { assign, sendTo, setup } from 'xstate'
import type { Outside } from './outside.js'

/** How often, and how much in all. */
export interface Flow {
  readonly count: number
  readonly amount: number
}

export interface AccountContext {
  readonly name: string
  readonly balance: number
  readonly sent: Readonly<Record<string, Flow>>
  readonly got: Readonly<Record<string, Flow>>
  /** What came out of order or twice. */
  readonly faults: readonly string[]
}

export type AccountEvent =
  | { readonly type: 'TRANSFER'; readonly to: ReplyRef<AccountEvent>; readonly amount: number }
  | { readonly type: 'CREDIT'; readonly from: string; readonly count: number; readonly amount: number }

const NONE: Flow = { count: 0, amount: 0 }

const plus = ({ count, amount }: Flow, more: number): Flow => ({ count: count + 1, amount: amount + more })

/**
 * Moves money. What it has sent to and got from each other is counted, so that any set of accounts that was cut at one
 * moment shows it: nobody has got more than was sent, and money is where it is or on its way.
 */
export function accountMachine(outside: Outside) {
  return setup({
    types: {
      context: {} as AccountContext,
      events: {} as AccountEvent,
      input: {} as { readonly name: string; readonly balance: number },
    },
    actions: {
      audited: (_, { label }: { label: string }) => outside.note('atMostOnce', label),
    },
  }).createMachine({
    context: ({ input }) => ({ ...input, sent: {}, got: {}, faults: [] }),
    on: {
      TRANSFER: {
        actions: [
          assign(({ context, event }) => ({
            balance: context.balance - event.amount,
            sent: { ...context.sent, [event.to.id]: plus(context.sent[event.to.id] ?? NONE, event.amount) },
          })),
          sendTo(
            ({ event }) => event.to,
            ({ context, event, self }) => ({
              type: 'CREDIT',
              from: self.id,
              count: context.sent[event.to.id]?.count ?? 0,
              amount: event.amount,
            }),
          ),
          {
            type: 'audited',
            params: ({ context, event }) => ({
              label: `audit ${context.name} to ${event.to.id} ${context.sent[event.to.id]?.count}`,
            }),
          },
        ],
      },
      CREDIT: {
        actions: assign(({ context, event }) => {
          const former = context.got[event.from] ?? NONE
          const isNext = event.count === former.count + 1
          return {
            balance: context.balance + event.amount,
            got: { ...context.got, [event.from]: plus(former, event.amount) },
            faults: isNext
              ? context.faults
              : [...context.faults, `${event.count} of ${event.from} came after ${former.count}`],
          }
        }),
      },
    },
  })
}
