import { childRef, type RosciusRef, spawnActor, type TerminatedEvent, unwatch, watch } from 'roscius'
import { expectTypeOf } from 'vitest'
import { type AnyEventObject, assign, sendTo, setup } from 'xstate'
import { researcher } from './newsroom.js'

type Researcher = RosciusRef<typeof researcher>

// Watching fits into the actions of `setup` and of states; the target is typed by context and event.
setup({
  types: {
    context: {} as { readonly peer: Researcher; readonly lost: readonly string[] },
    events: {} as { type: 'MEET'; who: Researcher } | { type: 'LEAVE' } | TerminatedEvent<typeof researcher>,
    input: {} as { readonly peer: Researcher },
  },
  actions: {
    watchPeer: watch(({ context }) => context.peer),
    unwatchPeer: unwatch(({ context }) => context.peer),
  },
}).createMachine({
  context: ({ input }) => ({ peer: input.peer, lost: [] }),
  entry: [
    'watchPeer',
    watch(({ context }) => context.peer),
    spawnActor(researcher, { id: 'helper', input: { topic: 'bees' } }),
    watch(({ self }) => childRef(self, researcher, 'helper')),
    // @ts-expect-error the context has no such actor
    watch(({ context }) => context.pear),
  ],
  on: {
    MEET: { actions: watch(({ event }) => event.who) },
    LEAVE: { actions: ['unwatchPeer', unwatch(({ context }) => context.peer)] },
    terminated: {
      guard: ({ event }) => event.reason !== 'nodeDown',
      actions: [
        assign({ lost: ({ context, event }) => [...context.lost, event.address] }),
        unwatch(({ event }) => event.ref),
        sendTo(({ event }) => event.ref, { type: 'FINISH' }),
      ],
    },
  },
})

declare const peer: Researcher
declare const anybody: RosciusRef
setup({}).createMachine({ entry: [watch(peer), watch(anybody), unwatch(peer)] })
// @ts-expect-error a path is no ref
watch('somebody')
// @ts-expect-error a child inside an actor can't be watched
setup({ actors: { researcher } }).createMachine({ entry: watch(({ self }) => self) })

declare const terminated: TerminatedEvent
expectTypeOf(terminated.reason).toEqualTypeOf<'done' | 'stopped' | 'failed' | 'lost' | 'nodeDown'>()
expectTypeOf(terminated.ref).toEqualTypeOf<RosciusRef>()
expectTypeOf(terminated.output).toBeUnknown()
expectTypeOf(terminated).toExtend<AnyEventObject>()
