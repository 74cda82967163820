import { describe, expect, it } from 'vitest'
import { assign, createMachine, fromPromise, setup } from 'xstate'
import { all, World } from '../support/world.js'

const fatal = createMachine({
  on: {
    BREAK: {
      actions: assign(() => {
        throw Object.assign(new Error('gone'), { failureClass: 'permanent' })
      }),
    },
  },
})
const calling = setup({ actors: { call: fromPromise(async () => 'called') } }).createMachine({
  initial: 'idle',
  states: { idle: { on: { GO: 'calling' } }, calling: { invoke: { src: 'call', onDone: 'called' } }, called: {} },
})

describe('the failure of the root', () => {
  it('is told to the function that was given, and the others go on', async () => {
    const errors: unknown[] = []
    const world = new World({ fatal, calling }, { onRootFailure: (error) => void errors.push(error) })
    const system = await world.open()
    const ref = await system.spawn('fatal', { id: 'f' })
    const other = await system.spawn('calling', { id: 'c' })
    ref.send({ type: 'BREAK' })
    await other.deliver({ type: 'GO' })
    await system.settled()
    expect(errors).toMatchObject([{ code: 'ROOT_FAILED', address: 'f' }])
    expect(other.getSnapshot().value).toBe('called')
    await world.stop()
  })

  for (const [how, fail] of [
    [
      'throws',
      () => {
        throw new Error('no idea')
      },
    ],
    [
      'rejects',
      async () => {
        throw new Error('no idea')
      },
    ],
  ] as const) {
    it(`stops the system in good order if that function ${how}: what was in the same commit is released`, async () => {
      const world = new World({ fatal, calling }, { onRootFailure: fail })
      const system = await world.open()
      const ref = await system.spawn('fatal', { id: 'f' })
      const other = await system.spawn('calling', { id: 'c' })
      ref.send({ type: 'BREAK' })
      expect(await other.deliver({ type: 'GO' })).toMatchObject({ outcome: 'handled' })
      await system.settled()
      await expect(other.deliver({ type: 'GO' })).rejects.toMatchObject({
        code: 'ROOT_FAILED',
        message: expect.stringContaining('onRootFailure failed itself: no idea'),
      })
      await world.stop()
      const again = await world.open()
      await again.settled()
      expect(again.actor('calling', 'c').getSnapshot().value).toBe('called')
      await world.stop()
    })
  }
})

describe('a stopped system', () => {
  it('answers what is read of it with the reason of its end', async () => {
    const world = new World({ fatal })
    const system = await world.open()
    await system.spawn('fatal', { id: 'f' })
    await system.stop()
    const reason = { code: 'SYSTEM_STOPPED' }
    expect(() => system.get('x')).toThrowError(expect.objectContaining(reason))
    expect(() => system.deadLetters.list()).toThrowError(expect.objectContaining(reason))
    await expect(all(system.actors())).rejects.toMatchObject(reason)
  })
})
