import { setImmediate as eventLoopRound } from 'node:timers/promises'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { assign, createMachine, fromPromise, setup } from 'xstate'
import { World } from '../support/world.js'

let answer: (() => void) | undefined
const call = fromPromise(
  () =>
    new Promise<void>((resolve) => {
      answer = resolve
    }),
)
const caller = setup({ actors: { call } }).createMachine({
  initial: 'calling',
  states: { calling: { invoke: { src: 'call', onDone: 'answered' } }, answered: {} },
})
const counter = createMachine({
  context: { count: 0 },
  on: { INC: { actions: assign({ count: ({ context }) => context.count + 1 }) } },
})
const clock = createMachine({
  initial: 'tick',
  states: { tick: { after: { 3000: 'tock' } }, tock: { after: { 3000: 'tick' } } },
})

afterEach(() => vi.restoreAllMocks())

/** Whether it has come to its end after some rounds of the event loop. */
async function isOverSoon(promise: Promise<unknown>): Promise<boolean> {
  let isOver = false
  void promise.then(() => {
    isOver = true
  })
  for (let round = 0; round < 50; round++) await eventLoopRound()
  return isOver
}

describe('system.settled()', () => {
  it('leaves the thread alone while it waits for a promise', async () => {
    const world = new World({ caller })
    const system = await world.open()
    const ref = await system.spawn('caller', { id: 'c' })
    const rounds = vi.spyOn(globalThis, 'setImmediate')
    const settled = system.settled()
    expect(await isOverSoon(settled)).toBe(false)
    expect(rounds.mock.calls.length).toBeLessThan(10)
    answer?.()
    await settled
    expect(ref.getSnapshot().value).toBe('answered')
    await world.stop()
  })

  it('does not wait for the mail of a paused actor, while another one has timers for ever', async () => {
    const world = new World({ counter, clock })
    const system = await world.open()
    await system.spawn('clock', { id: 'clock' })
    const ref = await system.spawn('counter', { id: 'c' })
    await ref.pause()
    for (let n = 0; n < 3; n++) ref.send({ type: 'INC' })
    expect(await isOverSoon(system.settled())).toBe(true)
    await world.advance(10_000)
    expect(ref.getSnapshot().context.count).toBe(0)
    await world.stop()
  })

  it('waits for a promise of a paused actor until that has answered', async () => {
    const world = new World({ caller })
    const system = await world.open()
    const ref = await system.spawn('caller', { id: 'c' })
    await ref.pause()
    const settled = system.settled()
    expect(await isOverSoon(settled)).toBe(false)
    answer?.()
    await settled
    expect(ref.getSnapshot().value).toBe('calling')
    await world.stop()
  })

  it('ends with the system, and with the actor whose promise it waits for', async () => {
    const world = new World({ caller })
    const system = await world.open()
    const ref = await system.spawn('caller', { id: 'c' })
    const first = system.settled()
    expect(await isOverSoon(first)).toBe(false)
    await ref.stop()
    await first
    await system.spawn('caller', { id: 'd' })
    const second = system.settled()
    expect(await isOverSoon(second)).toBe(false)
    await world.crash()
    await second
  })
})
