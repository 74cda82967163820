import { spawnActor } from 'roscius'
import { expect, test } from 'vitest'
import { setup } from 'xstate'
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
