import type { ReplyRef } from 'roscius'
import { assign, emit, fromPromise, setup } from 'xstate'

export interface Answer {
  readonly type: 'ANSWER'
  readonly text: string
}

/** A machine with everything that types are inferred from: context, events, input, output, emitted events. */
export const researcher = setup({
  types: {
    context: {} as { readonly topic: string; readonly notes: readonly string[] },
    events: {} as
      | { readonly type: 'ASSIGN'; readonly question: string }
      | { readonly type: 'ASK'; readonly replyTo: ReplyRef<Answer> }
      | { readonly type: 'FINISH' },
    input: {} as { readonly topic: string },
    output: {} as { readonly words: number },
    emitted: {} as { readonly type: 'progress'; readonly percent: number },
  },
}).createMachine({
  context: ({ input }) => ({ topic: input.topic, notes: [] }),
  initial: 'reading',
  states: {
    reading: {
      on: {
        ASSIGN: {
          actions: [
            assign({ notes: ({ context, event }) => [...context.notes, event.question] }),
            emit({ type: 'progress', percent: 50 }),
          ],
        },
        ASK: { actions: ({ context, event }) => event.replyTo.send({ type: 'ANSWER', text: context.topic }) },
        FINISH: 'finished',
      },
    },
    finished: { type: 'final' },
  },
  output: ({ context }) => ({ words: context.notes.length }),
})

/** A machine that needs no input. */
export const clerk = setup({ types: { events: {} as { readonly type: 'FILE' } } }).createMachine({})

/** Logic that is no machine. */
export const summary = fromPromise(async ({ input }: { input: { readonly text: string } }) => input.text.length)
