import { createSystem, isRosciusError, memoryStore, type RosciusRef } from 'roscius'
import { checkMachine, faultStore, probe, simulatedClock } from 'roscius/testing'
import { describe, expect, test } from 'vitest'
import { type AnyActorRef, type AnyStateMachine, sendTo, setup } from 'xstate'
import { World } from '../support/world.js'

/** Tells its ref `RANG` after a minute, and has ended after two. */
const bell = setup({
  types: { context: {} as { ear: AnyActorRef }, input: {} as { ear: AnyActorRef } },
}).createMachine({
  context: ({ input }) => input,
  initial: 'quiet',
  states: {
    quiet: { after: { 60000: { target: 'rang', actions: sendTo(({ context }) => context.ear, { type: 'RANG' }) } } },
    rang: { after: { 60000: 'over' } },
    over: { type: 'final' },
  },
})

async function bellAndEar() {
  const ear = probe()
  const world = new World({ bell, ear })
  await world.open()
  const earRef = await world.system.spawn('ear', { id: 'ear' })
  await world.system.spawn('bell', { id: 'bell', input: { ear: earRef as unknown as AnyActorRef } })
  return { world, ear, earRef }
}

const codeOf = async (waiting: Promise<unknown>) => {
  const error = await waiting.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  return isRosciusError(error) ? error.code : error
}

describe('a probe', () => {
  test('hears what machines send to it, at the time of the system, and moves the simulated clock no further', async () => {
    const { world, ear } = await bellAndEar()
    const before = world.clock.now()
    expect(await ear.expectEvent('RANG', { withinMs: 3_600_000 })).toEqual({ type: 'RANG' })
    expect(world.clock.now() - before).toBe(60_000)
    await world.stop()
  })

  test('says what it got instead of what did not come', async () => {
    const { world, ear, earRef } = await bellAndEar()
    earRef.send({ type: 'OTHER' })
    const waiting = ear.expectEvent('RANG', { withinMs: 59_000 })
    await expect(waiting).rejects.toMatchObject({ code: 'EXPECTATION_FAILED', details: { received: ['OTHER'] } })
    await world.stop()
  })

  test('answers each event once, those that have come before too', async () => {
    const { world, ear, earRef } = await bellAndEar()
    earRef.send({ type: 'ONE', n: 1 })
    earRef.send({ type: 'ONE', n: 2 })
    await world.system.settled()
    expect([await ear.expectEvent('ONE'), await ear.expectEvent(({ n }) => n === 2)]).toMatchObject([
      { n: 1 },
      { n: 2 },
    ])
    expect(await codeOf(ear.expectEvent('ONE', { withinMs: 0 }))).toBe('EXPECTATION_FAILED')
    expect(ear.received.map(({ type }) => type)).toEqual(['ONE', 'ONE'])
    await world.stop()
  })

  test('finds that nothing came, or what did', async () => {
    const { world, ear } = await bellAndEar()
    await ear.expectNone('RANG', { withinMs: 59_999 })
    expect(await codeOf(ear.expectNone('RANG', { withinMs: 1 }))).toBe('EXPECTATION_FAILED')
    await ear.expectEvent('RANG')
    await ear.expectNone()
    await world.stop()
  })

  test('watches', async () => {
    const watcher = probe()
    const ear = probe()
    const world = new World({ bell, ear, watcher })
    await world.open()
    const earRef = await world.system.spawn('ear', { id: 'ear' })
    const ref = await world.system.spawn('bell', { id: 'bell', input: { ear: earRef as unknown as AnyActorRef } })
    await world.system.spawn('watcher', { id: 'watcher', input: { watch: [ref as RosciusRef] } })
    expect(await watcher.expectEvent('terminated', { withinMs: 120_000 })).toMatchObject({ reason: 'done' })
    await world.stop()
  })

  test('keeps over a crash what it was sent', async () => {
    const { world, ear, earRef } = await bellAndEar()
    await earRef.deliver({ type: 'BEFORE' })
    await world.crashAndOpen()
    await ear.expectEvent('RANG', { withinMs: 60_000 })
    expect(ear.received.map(({ type }) => type)).toEqual(['BEFORE', 'RANG'])
    await world.stop()
  })

  test('knows in another process what it was sent in the one before', async () => {
    const clock = simulatedClock()
    const store = faultStore()
    const first = await createSystem({ name: 'one', store, clock, logic: { ear: probe() } })
    await (await first.spawn('ear', { id: 'ear' })).deliver({ type: 'BEFORE' })
    store.crash()
    await first.stop().catch(() => undefined)
    const ear = probe()
    await using system = await createSystem({ name: 'one', store: store.reopen(), clock, logic: { ear } })
    await system.settled()
    expect(await ear.expectEvent('BEFORE', { withinMs: 0 })).toEqual({ type: 'BEFORE' })
  })

  test('that begins anew misses nothing, and knows nothing of its life before', async () => {
    const ear = probe()
    for (const types of [['OLD', 'OLD', 'OLD'], ['NEW']]) {
      await using system = await createSystem({ name: 'one', store: memoryStore(), logic: { ear } })
      const ref = await system.spawn('ear', { id: 'ear' })
      for (const type of types) await ref.deliver({ type })
      await system.settled()
      expect(ear.received.map(({ type }) => type)).toEqual(types)
      expect(await ear.expectEvent(types[0]!, { withinMs: 0 })).toEqual({ type: types[0] })
    }
  })

  test('waits by a real clock where the system has one', async () => {
    const ear = probe()
    await using system = await createSystem({ name: 'real', store: memoryStore(), logic: { ear } })
    const ref = await system.spawn('ear', { id: 'ear' })
    const waiting = ear.expectEvent('HELLO')
    ref.send({ type: 'HELLO' })
    expect(await waiting).toEqual({ type: 'HELLO' })
    expect(await codeOf(ear.expectEvent('NOBODY', { withinMs: 1 }))).toBe('EXPECTATION_FAILED')
  })

  test('is a machine in which the check finds nothing', () => {
    expect(checkMachine(probe() as unknown as AnyStateMachine)).toEqual([])
  })

  test('that was not spawned expects nothing', async () => {
    expect(await codeOf(probe().expectEvent('X'))).toBe('EXPECTATION_FAILED')
  })
})
