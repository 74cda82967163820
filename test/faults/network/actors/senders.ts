/** Those who send numbered messages at their own pace: in transitions, by effects, as questions, by timers. */
import { fromAsk, type ReplyRef } from 'roscius'
import { assign, fromPromise, sendTo, setup } from 'xstate'
import type { Message } from '../ledger.js'
import type { Scribe } from '../scribe.js'
import {
  type Answer,
  begun,
  isThrough,
  message,
  type Numbered,
  next,
  pace,
  type SenderContext,
  type SenderInput,
} from './messages.js'

const types = { context: {} as SenderContext, input: {} as SenderInput }
/** A question waits for its answer however long the network is away. */
const PATIENCE_MS = 86_400_000
/** How far ahead a timer is set, in paces. */
const AHEAD = 3

export const tellerMachine = (scribe: Scribe) =>
  setup({ types, actions: { sent: scribe.sent }, guards: { isThrough }, delays: { pace } }).createMachine({
    context: begun,
    initial: 'resting',
    states: {
      resting: {
        always: { guard: 'isThrough', target: 'through' },
        after: {
          pace: {
            target: 'resting',
            reenter: true,
            actions: [
              assign(next),
              sendTo(
                ({ context }) => context.to,
                (args): Numbered => ({ type: 'NUMBERED', ...message(args) }),
              ),
              { type: 'sent', params: message },
            ],
          },
        },
      },
      through: {},
    },
  })

export const timerMachine = (scribe: Scribe) =>
  setup({
    types: { ...types, context: {} as SenderContext & { readonly dueMs: number } },
    actions: { sent: scribe.sent },
    guards: { isThrough },
    delays: { pace, ahead: ({ context }) => context.paceMs * AHEAD },
  }).createMachine({
    context: (args) => ({ ...begun(args), dueMs: 0 }),
    initial: 'resting',
    states: {
      resting: {
        always: { guard: 'isThrough', target: 'through' },
        after: {
          pace: {
            target: 'resting',
            reenter: true,
            actions: [
              assign(next),
              assign({ dueMs: ({ context }) => scribe.clock.now() + context.paceMs * AHEAD }),
              sendTo(
                ({ context }) => context.to,
                (args): Numbered => ({ type: 'NUMBERED', ...message(args), dueMs: args.context.dueMs }),
                { delay: 'ahead' },
              ),
              { type: 'sent', params: message },
            ],
          },
        },
      },
      through: {},
    },
  })

export const workerMachine = (scribe: Scribe) =>
  setup({
    types,
    actions: { sent: scribe.sent },
    guards: { isThrough },
    delays: { pace },
    actors: {
      work: fromPromise<void, SenderContext>(async ({ input }) => {
        input.to.send({ type: 'NUMBERED', ...message({ context: input }) })
      }),
    },
  }).createMachine({
    context: begun,
    initial: 'resting',
    states: {
      resting: {
        always: { guard: 'isThrough', target: 'through' },
        after: { pace: { target: 'working', actions: assign(next) } },
      },
      working: {
        invoke: {
          src: 'work',
          input: ({ context }) => context,
          onDone: { target: 'resting', actions: { type: 'sent', params: message } },
          onError: {
            target: 'resting',
            actions: ({ event }) => scribe.complain('effect', `a send failed: ${String(event.error)}`),
          },
        },
      },
      through: {},
    },
  })

export const askerMachine = (scribe: Scribe) =>
  setup({
    types,
    actions: {
      sent: scribe.sent,
      answered: (_, params: Message & { readonly answer: number }) => scribe.note({ t: 'answered', ...params }),
    },
    guards: { isThrough },
    delays: { pace },
    actors: {
      question: fromAsk<Numbered, SenderContext, Answer>(
        ({ to }) => to,
        (replyTo: ReplyRef<Answer>, context) => ({ type: 'NUMBERED', ...message({ context }), replyTo }),
        { timeoutMs: PATIENCE_MS },
      ),
    },
  }).createMachine({
    context: begun,
    initial: 'resting',
    states: {
      resting: {
        always: { guard: 'isThrough', target: 'through' },
        after: { pace: { target: 'asking', actions: [assign(next), { type: 'sent', params: message }] } },
      },
      asking: {
        invoke: {
          src: 'question',
          input: ({ context }) => context,
          onDone: {
            target: 'resting',
            actions: {
              type: 'answered',
              params: ({ context, event }) => ({ ...message({ context }), answer: event.output.n }),
            },
          },
          onError: {
            target: 'resting',
            actions: ({ event }) => scribe.complain('ask', `a question failed: ${String(event.error)}`),
          },
        },
      },
      through: {},
    },
  })
