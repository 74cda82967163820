import { spawnActor } from 'roscius'
import { expect, test } from 'vitest'
import { sendTo, setup } from 'xstate'
import { createHistory } from '../../../src/inspect/history/history.js'
import { World } from '../../support/world.js'

const worker = setup({}).createMachine({
  id: 'worker',
  initial: 'here',
  states: { here: { on: { GO: 'gone' } }, gone: {} },
})
const boss = setup({}).createMachine({
  id: 'boss',
  on: {
    HIRE: { actions: spawnActor('worker', { id: 'w' }) },
  },
})

test('a conversation goes on through the start of an actor to what that does', async () => {
  const world = new World({ worker, boss })
  const system = await world.open()
  const ref = await system.spawn('boss', { id: 'boss' })
  await ref.deliver({ type: 'HIRE' })
  await system.settled()
  const { messages, isWhole } = await createHistory(system).conversation('boss@2')
  expect(isWhole).toBe(true)
  expect(messages.map(({ from, record, event }) => [from, record?.path, record?.seqNr, event.type])).toEqual([
    [undefined, 'boss', 2, 'HIRE'],
    ['boss', 'boss/w', 1, 'xstate.init'],
  ])
  await world.stop()
})

const hub = setup({}).createMachine({
  id: 'hub',
  initial: 'open',
  states: {
    open: {
      on: {
        HIRE: {
          actions: [spawnActor('worker', { id: 'w1' }), spawnActor('worker', { id: 'w2' })],
        },
        ASK: {
          actions: Array.from({ length: 7 }, () => sendTo(({ event }) => Reflect.get(event, 'to'), { type: 'DO' })),
        },
      },
    },
  },
})
const answerer = setup({}).createMachine({
  id: 'answerer',
  on: { DO: {}, NOTE: {} },
})

test('a list of conversations says of each how many messages are drawn when it is opened', async () => {
  const world = new World({ worker, hub, answerer })
  const system = await world.open()
  const ref = await system.spawn('hub', { id: 'hub' })
  const to = await system.spawn('answerer', { id: 'answerer' })
  await ref.deliver({ type: 'HIRE' })
  for (let n = 0; n < 40; n++) {
    await ref.deliver({ type: 'ASK', to } as never)
    await world.advance(1)
  }
  // More than is looked at of one actor at first sight.
  for (let n = 0; n < 700; n++) to.send({ type: 'NOTE' })
  await system.settled()
  const history = createHistory(system)
  const rows = await history.recentConversations()
  expect(rows).toHaveLength(41)
  for (const { id, messages, isWhole } of rows) {
    const drawn = await history.conversation(id)
    expect([id, messages, isWhole]).toEqual([id, drawn.messages.length, drawn.isWhole])
  }
  expect(rows.find(({ event }) => event === 'HIRE')).toMatchObject({ messages: 3, actors: ['hub', 'hub/w1', 'hub/w2'] })
  await world.stop()
})
