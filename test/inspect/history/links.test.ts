import { withDelivery } from 'roscius'
import { afterAll, expect, test } from 'vitest'
import { type AnyActorRef, assign, createMachine, sendTo, setup } from 'xstate'
import { conversation } from '../../../src/control/protocol/lists.js'
import { createHistory } from '../../../src/inspect/history/history.js'
import { Nodes } from '../../support/nodes.js'

const desk = setup({ types: {} as { context: { clerk: AnyActorRef }; input: { clerk: AnyActorRef } } }).createMachine({
  context: ({ input }) => input,
  on: {
    JOB: {
      actions: sendTo(
        ({ context }) => context.clerk,
        ({ event }) => ({ ...event, type: 'WORK', by: 'desk' }),
      ),
    },
  },
})

const clerk = createMachine({
  context: { done: 0 },
  on: {
    WORK: {
      actions: [
        assign({ done: ({ context }) => (context as { done: number }).done + 1 }),
        sendTo(({ event }) => Reflect.get(event, 'to') as AnyActorRef, { type: 'DONE' }),
      ],
    },
  },
})

const caller = createMachine({
  context: { got: 0 },
  on: {
    DONE: { actions: assign({ got: ({ context }) => (context as { got: number }).got + 1 }) },
    CALL: {
      actions: sendTo(
        ({ event }) => Reflect.get(event, 'desk') as AnyActorRef,
        ({ self }) => ({ type: 'JOB', to: self }),
      ),
    },
  },
})

const nodes = new Nodes({ desk, clerk, caller })
afterAll(() => nodes.close())

test('a conversation over links is shown with what followed from it inside of the node', async () => {
  const { a, b } = await nodes.pair()
  const clerkRef = await nodes.run(b.spawn('clerk', { id: 'clerk' }))
  await nodes.run(b.spawn('desk', { id: 'desk', input: { clerk: clerkRef } }))
  const ref = await nodes.run(a.spawn('caller', { id: 'caller' }))
  const far = withDelivery(a.actor('desk', 'roscius://b/desk'), { conversation: 'job-1' })
  await nodes.run(ref.deliver({ type: 'CALL', desk: far }))
  await nodes.until(() => (ref.getSnapshot().context as { got: number }).got === 1)
  const [there, here] = await Promise.all(
    [b, a].map(async (system) => conversation.parse(await createHistory(system).conversation('job-1'))),
  )
  expect(there?.messages.map(({ from, to, event }) => [from, to, event.type])).toEqual([
    ['roscius://a/caller', 'desk', 'JOB'],
    ['desk', 'clerk', 'WORK'],
    ['roscius://b/clerk', 'roscius://a/caller', 'DONE'],
  ])
  expect(there?.messages[0]).toMatchObject({ record: { path: 'desk', seqNr: 2 }, outcome: 'handled' })
  expect(here?.messages.map(({ to, event }) => [to, event.type])).toEqual([
    ['roscius://b/desk', 'JOB'],
    ['caller', 'DONE'],
  ])
  expect(here?.messages[1]).toMatchObject({ record: { path: 'caller', seqNr: 3 } })
  await expect(createHistory(a).conversation('nothing')).rejects.toMatchObject({ code: 'ACTOR_NOT_FOUND' })
})
