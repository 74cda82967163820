import { createSystem, type Delivery, memoryStore, type RosciusRef } from 'roscius'
import { expectTypeOf } from 'vitest'
import { type ActorRef, type Snapshot, sendTo, setup } from 'xstate'
import { type Answer, clerk, researcher, summary } from './newsroom.js'

const system = await createSystem({ name: 'newsroom', store: memoryStore(), logic: { researcher, clerk, summary } })
const ref = await system.spawn('researcher', { id: 'r1', input: { topic: 'bees' } })

// A ref knows its machine.
expectTypeOf(ref).toEqualTypeOf<RosciusRef<typeof researcher>>()
expectTypeOf(system.actor('researcher', 'r1')).toEqualTypeOf(ref)
expectTypeOf(ref.address).toEqualTypeOf<string>()

// Events: what the machine takes, and nothing else.
ref.send({ type: 'ASSIGN', question: 'why?' })
// @ts-expect-error the machine has no such event
ref.send({ type: 'WRONG' })
// @ts-expect-error the event needs its question
ref.send({ type: 'ASSIGN' })
// @ts-expect-error the same at the durable door
await ref.deliver({ type: 'WRONG' })
expectTypeOf(await ref.deliver({ type: 'FINISH' }, { idempotencyKey: 'k1' })).toEqualTypeOf<Delivery>()
expectTypeOf<Delivery['outcome']>().toEqualTypeOf<'handled' | 'ignored' | 'deferred'>()

// A question: the reply has the type of the event's `replyTo`.
const answer = await ref.ask((replyTo) => ({ type: 'ASK', replyTo }), { timeoutMs: 5_000 })
expectTypeOf(answer).toEqualTypeOf<Answer>()
// @ts-expect-error the machine has no such question
await ref.ask((replyTo) => ({ type: 'WRONG', replyTo }))

// Context, output and emitted events.
expectTypeOf(ref.getSnapshot().context).toEqualTypeOf<{ readonly topic: string; readonly notes: readonly string[] }>()
expectTypeOf(ref.getSnapshot().output).toEqualTypeOf<{ readonly words: number } | undefined>()
expectTypeOf(await ref.result()).toEqualTypeOf<{ readonly words: number }>()
ref.subscribe((snapshot) => expectTypeOf(snapshot.context.topic).toEqualTypeOf<string>())
ref.on('progress', (event) => expectTypeOf(event.percent).toEqualTypeOf<number>())
// @ts-expect-error the machine emits no such event
ref.on('regress', () => {})

// Input: required where the machine requires it, of its type, and absent where it needs none.
// @ts-expect-error the machine needs a topic
await system.spawn('researcher', { id: 'r2' })
// @ts-expect-error a topic is text
await system.spawn('researcher', { id: 'r2', input: { topic: 1 } })
await system.spawn('clerk', { id: 'c1' })
await system.spawn('clerk', { id: 'c1', ifExists: 'use', durability: 'relaxed' })
// @ts-expect-error no such durability
await system.spawn('clerk', { id: 'c1', durability: 'eternal' })
// @ts-expect-error no such logic
await system.spawn('writer', { id: 'w1' })
// @ts-expect-error no such logic
system.actor('writer', 'w1')

// Logic of any kind.
const job = await system.spawn('summary', { id: 's1', input: { text: 'bees' } })
expectTypeOf(await job.result()).toEqualTypeOf<number>()

// A ref is an XState ref: XState's own actions take it, and a context may hold it.
expectTypeOf(ref).toExtend<ActorRef<Snapshot<unknown>, { readonly type: 'FINISH' }>>()
setup({ types: { context: {} as { readonly helper: RosciusRef<typeof researcher> } } }).createMachine({
  context: { helper: ref },
  entry: sendTo(({ context }) => context.helper, { type: 'FINISH' }),
})

// What has to be declared keeps its type: an options table entry is as good as the logic alone.
const tuned = await createSystem({
  name: 'tuned',
  store: memoryStore(),
  logic: { researcher: { logic: researcher, durability: 'relaxed', mailbox: { capacity: 10, overflow: 'reject' } } },
})
expectTypeOf(tuned.actor('researcher', 'r1')).toEqualTypeOf<RosciusRef<typeof researcher>>()
await createSystem({
  name: 'tuned-wrong',
  store: memoryStore(),
  // @ts-expect-error no such policy
  logic: { clerk: { logic: clerk, mailbox: { overflow: 'burst' } } },
})

await tuned.stop()
await system.stop()
