import { isRosciusError, startChild, supervisor, terminateChild } from 'roscius'
import { expect, it } from 'vitest'
import { createMachine, fromPromise } from 'xstate'
import { World } from '../support/world.js'

it('a system that stops while a supervisor carries out an order rejects the order, and nothing else', async () => {
  const unhandled: unknown[] = []
  const note = (reason: unknown): void => void unhandled.push(reason)
  process.on('unhandledRejection', note)
  // It does not end when it is told to, and the supervisor waits for it.
  const deaf = createMachine({ invoke: { src: fromPromise(() => new Promise<never>(() => undefined)) } })
  const workers = supervisor({ template: { logic: 'deaf', restart: 'temporary' } })
  const world = new World({ deaf, workers })
  const system = await world.open()
  const ref = await system.spawn('workers', { id: 'w' })
  await startChild(ref, { id: 'a' })
  const ended = terminateChild(ref, 'a').catch((error: unknown) => error)
  await world.clock.advance(1_000)
  await world.crash()
  expect(isRosciusError(await ended)).toBe(true)
  for (let round = 0; round < 5; round++) await new Promise((resolve) => setImmediate(resolve))
  process.off('unhandledRejection', note)
  expect(unhandled).toEqual([])
})
