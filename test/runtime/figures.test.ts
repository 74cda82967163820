import { describe, expect, it } from 'vitest'
import { createMachine, fromCallback, fromPromise, raise, setup } from 'xstate'
import { TurnTimes } from '../../src/runtime/turn-times.js'
import { World } from '../support/world.js'

const rounds = async (count = 8): Promise<void> => {
  for (let round = 0; round < count; round++) await new Promise((resolve) => setImmediate(resolve))
}

const quiet = createMachine({ on: { POKE: {} } })

const busy = setup({
  actors: { wait: fromPromise(() => new Promise(() => undefined)), ticks: fromCallback(() => () => undefined) },
}).createMachine({
  initial: 'working',
  states: {
    working: {
      entry: raise({ type: 'LATE' }, { delay: 30_000 }),
      invoke: [{ src: 'wait' }, { src: 'ticks' }],
      on: { REST: 'resting' },
    },
    resting: {},
  },
})

describe('the figures of a system', () => {
  it('count turns, events and commits since the node was opened, and what is in memory', async () => {
    const world = new World({ quiet, busy })
    await using system = await world.open()
    const before = system.figures()
    expect(before).toMatchObject({ units: 0, actorsInMemory: 0, timersArmed: 0, effectsRunning: 0, mailWaiting: 0 })
    const ref = await system.spawn('busy', { id: 'b' })
    expect(system.figures()).toMatchObject({
      units: 1,
      commits: 1,
      actorsInMemory: 1,
      timersArmed: 1,
      effectsRunning: 2,
    })
    await ref.deliver({ type: 'REST' })
    expect(system.figures()).toMatchObject({
      units: 2,
      commits: 2,
      effectsRunning: 0,
      timersArmed: 1,
      halted: undefined,
    })
    expect(system.figures().turns).toBeGreaterThanOrEqual(2)
  })

  it('tell how long commits take: the last, the mean and the longest of a minute, and the one in flight', async () => {
    const world = new World({ quiet })
    await using system = await world.open()
    const ref = await system.spawn('quiet', { id: 'q' })
    expect(system.figures()).toMatchObject({ commitMs: { last: 0, mean: 0, max: 0 }, inFlightMs: 0 })
    for (const ms of [40, 20]) {
      const release = world.store.hold()
      ref.send({ type: 'POKE' })
      await rounds()
      await world.clock.advance(ms)
      expect(system.figures().inFlightMs).toBe(ms)
      release()
      await rounds()
    }
    expect(system.figures()).toMatchObject({ commitMs: { last: 20, mean: 20, max: 40 }, inFlightMs: 0 })
    await world.advance(70_000)
    expect(system.figures().commitMs).toEqual({ last: 20, mean: 0, max: 0 })
  })

  it('tell how old the oldest mail is that an actor could handle', async () => {
    const world = new World({ quiet }, { turn: { maxEvents: 1 } })
    await using system = await world.open()
    const ref = await system.spawn('quiet', { id: 'q' })
    const other = await system.spawn('quiet', { id: 'other' })
    await ref.pause()
    ref.send({ type: 'POKE' })
    await rounds()
    await world.clock.advance(5_000)
    expect(system.figures()).toMatchObject({ oldestMailMs: 0, mailWaiting: 1 })
    const release = world.store.hold()
    let ages: number[] = []
    system.inspect(() => undefined)
    for (let n = 0; n < 3; n++) other.send({ type: 'POKE' })
    await new Promise((resolve) => setImmediate(resolve))
    await world.clock.advance(50)
    ages = [system.figures().oldestMailMs]
    await rounds()
    ages.push(system.figures().oldestMailMs)
    release()
    expect(ages[0]).toBeGreaterThanOrEqual(50)
    expect(ages[1]).toBe(0)
  })

  it('say why the system has stopped by itself, also afterwards', async () => {
    const world = new World({ quiet })
    const system = await world.open()
    const ref = await system.spawn('quiet', { id: 'q' })
    world.store.failBatch(world.store.written.batches + 1, 'before')
    await expect(ref.deliver({ type: 'POKE' })).rejects.toMatchObject({ code: 'COMMIT_FAILED' })
    expect(system.figures()).toMatchObject({ halted: { code: 'COMMIT_FAILED' }, inFlightMs: 0 })
    await world.crash()
    const again = await world.open()
    await world.stop()
    expect(again.figures().halted).toBeUndefined()
  })
})

describe('the times of turns', () => {
  it('are right to 10 ms, or to an eighth of the age', () => {
    const times = new TurnTimes()
    for (let turn = 1; turn <= 100_000; turn++) times.note(turn, turn)
    const age = (turn: number): number => 100_000 - (times.startOf(turn) ?? Number.NaN)
    for (const turn of [1, 100, 10_000, 50_000, 90_000, 99_000, 99_900, 99_999]) {
      expect(age(turn)).toBeGreaterThanOrEqual(100_000 - turn)
      expect(age(turn)).toBeLessThanOrEqual((9 / 8) * (100_000 - turn) + 10)
    }
  })

  it('know the turn that follows a long rest', () => {
    const times = new TurnTimes()
    expect(times.startOf(1)).toBeUndefined()
    times.note(1, 0)
    times.note(2, 3_600_000)
    expect([times.startOf(1), times.startOf(2)]).toEqual([0, 3_600_000])
  })
})
