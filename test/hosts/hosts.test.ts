import { expect, test } from 'vitest'
import { createMachine } from 'xstate'
import { rosciusHost } from './roscius-host.js'

test('an idle actor of the host that passivates has left memory when time has passed', async () => {
  const stage = await rosciusHost({ name: 'passivates', idleMs: 1 }).open({ main: createMachine({}) })
  await stage.spawn('main')
  expect(await stage.namesInMemory()).toEqual(['main'])
  await stage.advance(50)
  expect(await stage.namesInMemory()).toEqual([])
  await stage.close()
})

test('no actor of the host that restarts is in memory before its next event', async () => {
  const stage = await rosciusHost({ name: 'restarts', restarts: true }).open({ main: createMachine({}) })
  await stage.spawn('main')
  expect(await stage.namesInMemory()).toEqual([])
  await stage.close()
})
