/** Those who take: numbered messages, tokens, the news of an end; and those who end. */
import { type RosciusRef, type TerminatedEvent, watch } from 'roscius'
import { assign, enqueueActions, sendTo, setup } from 'xstate'
import type { Got, Message } from '../ledger.js'
import type { Scribe } from '../scribe.js'
import type { Answer, Numbered } from './messages.js'

export interface ReceiverContext {
  readonly got: Readonly<Record<string, readonly Got[]>>
}

export const receiverMachine = (scribe: Scribe) =>
  setup({
    types: { context: {} as ReceiverContext, events: {} as Numbered },
    actions: {
      applied: (_, params: Message & { readonly nth: number; readonly dueMs?: number }) =>
        scribe.note({ t: 'applied', ...params }),
    },
  }).createMachine({
    context: { got: {} },
    on: {
      NUMBERED: {
        actions: [
          assign({
            got: ({ context: { got }, event: { route, sentIn, n } }) => ({
              ...got,
              [route]: [...(got[route] ?? []), [sentIn, n] as const],
            }),
          }),
          {
            type: 'applied',
            params: ({ context: { got }, event: { route, sentIn, n, dueMs } }) => ({
              route,
              sentIn,
              n,
              nth: got[route]?.length ?? 0,
              ...(dueMs !== undefined && { dueMs }),
            }),
          },
          enqueueActions(({ event, enqueue }) => {
            const { replyTo, n } = event
            if (replyTo !== undefined) enqueue(sendTo(replyTo, { type: 'ANSWER', n } satisfies Answer))
          }),
        ],
      },
    },
  })

export interface Token {
  readonly type: 'TOKEN'
  readonly walk: string
  readonly station: number
  readonly rest: readonly RosciusRef[]
}

interface Passing {
  readonly walk: string
  readonly station: number
  readonly nth: number
}

const stationOf = ({ walk, station }: Token): string => `${walk} ${station}`

/** Passes tokens on, and counts how often each comes to each of its stations here. */
export const relayMachine = (scribe: Scribe) =>
  setup({
    types: { context: {} as { readonly passed: Readonly<Record<string, number>> }, events: {} as Token },
    actions: { passed: (_, params: Passing) => scribe.note({ t: 'passed', ...params }) },
  }).createMachine({
    context: { passed: {} },
    on: {
      TOKEN: {
        actions: [
          assign({
            passed: ({ context: { passed }, event }) => ({
              ...passed,
              [stationOf(event)]: (passed[stationOf(event)] ?? 0) + 1,
            }),
          }),
          {
            type: 'passed',
            params: ({ context, event }): Passing => ({
              walk: event.walk,
              station: event.station,
              nth: context.passed[stationOf(event)] ?? 0,
            }),
          },
          enqueueActions(({ event: { rest, walk, station }, enqueue }) => {
            const [to, ...further] = rest
            if (to !== undefined)
              enqueue(sendTo(to, { type: 'TOKEN', walk, station: station + 1, rest: further } as never))
          }),
        ],
      },
    },
  })

export const mortalMachine = setup({
  types: { context: {} as { readonly lifeMs: number }, input: {} as { readonly lifeMs: number } },
  delays: { life: ({ context }) => context.lifeMs },
}).createMachine({
  context: ({ input }) => input,
  initial: 'living',
  states: { living: { after: { life: 'dead' } }, dead: { type: 'final' } },
})

interface WatcherInput {
  readonly vigil: string
  readonly mortal: RosciusRef
}

export const watcherMachine = (scribe: Scribe) =>
  setup({
    types: {
      context: {} as WatcherInput & { readonly times: number },
      input: {} as WatcherInput,
      events: {} as TerminatedEvent,
    },
    actions: {
      told: (_, params: { readonly vigil: string; readonly reason: string; readonly nth: number }) =>
        scribe.note({ t: 'terminated', ...params }),
    },
  }).createMachine({
    context: ({ input }) => ({ ...input, times: 0 }),
    entry: watch(({ context }) => context.mortal),
    on: {
      terminated: {
        actions: [
          assign({ times: ({ context }) => context.times + 1 }),
          {
            type: 'told',
            params: ({ context: { vigil, times }, event }) => ({ vigil, reason: event.reason, nth: times }),
          },
        ],
      },
    },
  })
