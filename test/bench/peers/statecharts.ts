/** The agents as statecharts: what Roscius runs, and XState alone. */
import { type AnyActorRef, assign, sendTo, setup } from 'xstate'
import { type AgentState, afterMessage } from './works/step.js'

export interface Message {
  readonly type: 'MESSAGE'
  readonly message: string
}

export interface Question {
  readonly type: 'QUESTION'
  readonly message: string
  readonly replyTo: AnyActorRef
}

export interface Count {
  readonly type: 'COUNT'
  readonly count: number
}

const keeping = setup({
  types: {} as { context: AgentState; events: Message | Question },
  actions: {
    keep: assign(({ context, event }) => afterMessage(context, event.message)),
    answer: sendTo(
      ({ event }) => (event as Question).replyTo,
      ({ context }): Count => ({ type: 'COUNT', count: context.count }),
    ),
    // Provided by whoever runs it.
    effect: () => undefined,
  },
})

/** Counts its messages and keeps the last ten; tells the count to whoever asks. */
export const agent = keepingAnd([])

/** The same, but that each message has an effect on the outside. */
export const effective = keepingAnd(['effect'])

function keepingAnd(more: readonly 'effect'[]) {
  return keeping.createMachine({
    id: 'agent',
    context: { count: 0, last: [] },
    on: { MESSAGE: { actions: ['keep', ...more] }, QUESTION: { actions: ['keep', ...more, 'answer'] } },
  })
}

/** Keeps every message. */
export const historian = setup({
  types: {} as { context: { readonly history: readonly string[] }; events: Message | Question },
  actions: {
    keep: assign({ history: ({ context, event }) => [...context.history, event.message] }),
    answer: sendTo(
      ({ event }) => (event as Question).replyTo,
      ({ context }): Count => ({ type: 'COUNT', count: context.history.length }),
    ),
  },
}).createMachine({
  id: 'historian',
  context: { history: [] },
  on: {
    MESSAGE: { actions: 'keep' },
    QUESTION: { actions: ['keep', 'answer'] },
  },
})

/** Sleeps until it is due, or until it is told to wake. */
export const sleeper = setup({
  types: {} as {
    context: { readonly dueAt: number }
    input: { readonly dueAt: number }
    events: { type: 'WAKE' }
  },
  actions: { woken: () => undefined },
  delays: { untilDue: ({ context }) => Math.max(0, context.dueAt - Date.now()) },
}).createMachine({
  id: 'sleeper',
  context: ({ input }) => ({ dueAt: input.dueAt }),
  initial: 'asleep',
  states: {
    asleep: { after: { untilDue: 'awake' }, on: { WAKE: 'awake' } },
    awake: { entry: 'woken' },
  },
})
