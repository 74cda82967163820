import { type CurrentEffect, childRef, currentEffect, fromAsk, type RosciusRef, spawnActor } from 'roscius'
import { expectTypeOf } from 'vitest'
import { assign, type InputFrom, type OutputFrom, setup } from 'xstate'
import { type Answer, researcher } from './newsroom.js'

type Researcher = RosciusRef<typeof researcher>

// A question as invokable logic: its input finds the actor, its output is the answer.
const askResearcher = fromAsk(
  ({ researcher }: { readonly researcher: Researcher }) => researcher,
  (replyTo) => ({ type: 'ASK', replyTo }),
  { timeoutMs: 2_000 },
)
expectTypeOf<InputFrom<typeof askResearcher>>().toEqualTypeOf<{ readonly researcher: Researcher }>()
expectTypeOf<OutputFrom<typeof askResearcher>>().toEqualTypeOf<Answer>()
fromAsk(
  ({ researcher }: { readonly researcher: Researcher }) => researcher,
  // @ts-expect-error the machine has no such question
  (replyTo) => ({ type: 'WRONG', replyTo }),
)

// Spawning fits into the actions of `setup`, and the child's ref is typed by its logic.
setup({
  types: { context: {} as { readonly topic: string; readonly helper: Researcher | undefined; readonly text: string } },
  actors: { askResearcher },
}).createMachine({
  context: { topic: 'bees', helper: undefined, text: '' },
  entry: [
    spawnActor(researcher, { id: 'helper', input: { topic: 'bees' } }),
    spawnActor(researcher, { id: 'other', input: ({ context }) => ({ topic: context.topic }) }),
    assign({ helper: ({ self }) => childRef(self, researcher, 'helper') }),
  ],
  invoke: {
    src: 'askResearcher',
    input: ({ context, self }) => ({ researcher: context.helper ?? childRef(self, researcher, 'helper') }),
    onDone: { actions: assign({ text: ({ event }) => event.output.text }) },
  },
})
// @ts-expect-error the input of the spawned logic is a topic
spawnActor(researcher, { id: 'helper', input: { topic: 1 } })

expectTypeOf(currentEffect()).toEqualTypeOf<CurrentEffect | undefined>()
expectTypeOf<CurrentEffect['signal']>().toEqualTypeOf<AbortSignal>()
