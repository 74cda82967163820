import { type Clock, createSystem, memoryStore, type SystemEvent } from 'roscius'
import { beforeEach, describe, expect, it } from 'vitest'
import { createMachine, fromCallback, fromPromise, raise, setup } from 'xstate'

/** Stands still but for what `block` adds: what a busy loop does to the real one. */
let monotonicMs = 0
const clock: Clock = {
  now: () => 1_000_000 + monotonicMs,
  monotonic: () => monotonicMs,
  schedule: () => () => undefined,
}
const block = (ms: number): boolean => {
  monotonicMs += ms
  return true
}
beforeEach(() => {
  monotonicMs = 0
})

const worker = createMachine({
  initial: 'idle',
  states: {
    idle: {
      on: {
        QUICK: { guard: () => block(1) },
        SLOW: { guard: () => block(80) },
        MANY: { actions: [raise({ type: 'STEP' }), raise({ type: 'STEP' }), raise({ type: 'STEP' })] },
        STEP: { guard: () => block(30) },
        ACT: { actions: () => block(90) },
      },
    },
  },
})

async function blocks(
  drive: (system: Awaited<ReturnType<typeof open>>) => Promise<unknown>,
  options: { readonly blockedMs?: number } = {},
): Promise<SystemEvent[]> {
  await using system = await open(options)
  const events: SystemEvent[] = []
  system.on((event) => event.type === 'threadBlocked' && events.push(event))
  await drive(system)
  await system.settled()
  return events
}

const open = (options: { readonly blockedMs?: number }) =>
  createSystem({
    name: 'node',
    store: memoryStore(),
    clock,
    logic: {
      worker,
      caller: setup({ actors: { call: fromPromise(async () => block(60)) } }).createMachine({
        invoke: { src: 'call' },
      }),
      listener: setup({
        actors: {
          listen: fromCallback(({ receive }) => {
            receive(() => block(70))
            return () => block(55)
          }),
        },
      }).createMachine({
        initial: 'on',
        states: {
          on: {
            invoke: { src: 'listen', id: 'ear' },
            on: {
              SAY: { actions: ({ self }) => self.getSnapshot().children.ear?.send({ type: 'WORD' } as never) },
              OFF: 'off',
            },
          },
          off: {},
        },
      }),
      late: createMachine({ entry: () => block(50) }),
    },
    ...options,
  })

describe('what holds the thread for blockedMs', () => {
  it('is reported with its actor and event: the one event among many, of the one actor among many', async () => {
    const found = await blocks(async (system) => {
      const refs = await Promise.all(['a', 'b', 'c'].map((id) => system.spawn('worker', { id })))
      for (let round = 0; round < 20; round++) for (const ref of refs) ref.send({ type: 'QUICK' })
      refs[1]?.send({ type: 'SLOW' })
      for (let round = 0; round < 20; round++) for (const ref of refs) ref.send({ type: 'QUICK' })
    })
    expect(found).toEqual([{ type: 'threadBlocked', path: 'b', ms: 80, during: 'transition', event: 'SLOW' }])
  })

  it('is not what many events take together', async () => {
    expect(
      await blocks(async (system) => {
        const ref = await system.spawn('worker', { id: 'w' })
        for (let n = 0; n < 200; n++) ref.send({ type: 'QUICK' })
      }),
    ).toEqual([])
  })

  it('is one event with all that its actor raises for it', async () => {
    expect(
      await blocks(async (system) => (await system.spawn('worker', { id: 'w' })).deliver({ type: 'MANY' })),
    ).toEqual([{ type: 'threadBlocked', path: 'w', ms: 90, during: 'transition', event: 'MANY' }])
  })

  it('may be an action, named by its id', async () => {
    expect(
      await blocks(async (system) => (await system.spawn('worker', { id: 'w' })).deliver({ type: 'ACT' })),
    ).toEqual([{ type: 'threadBlocked', path: 'w', ms: 90, during: 'action', effectId: 'w@1-1.2.0' }])
  })

  it('may be the synchronous part of an effect: its start, what it does with an event, its clean-up', async () => {
    const found = await blocks(async (system) => {
      await system.spawn('caller', { id: 'c' })
      const listener = await system.spawn('listener', { id: 'l' })
      await listener.deliver({ type: 'SAY' })
      await system.settled()
      await listener.deliver({ type: 'OFF' })
    })
    expect(found).toEqual([
      { type: 'threadBlocked', path: 'c', ms: 60, during: 'effect', effectId: 'c#1-1.1' },
      { type: 'threadBlocked', path: 'l', ms: 70, during: 'effect', effectId: 'l#1-2.1' },
      { type: 'threadBlocked', path: 'l', ms: 55, during: 'effect', effectId: 'l#1-2.1' },
    ])
  })

  it('is 50 ms by default, or what the system was given', async () => {
    const start = (system: Awaited<ReturnType<typeof open>>) => system.spawn('late', { id: 'l' })
    expect(await blocks(start)).toMatchObject([{ path: 'l', ms: 50 }])
    expect(await blocks(start, { blockedMs: 51 })).toEqual([])
    await expect(open({ blockedMs: 0 })).rejects.toMatchObject({
      code: 'OPTIONS_INVALID',
      details: { field: 'blockedMs' },
    })
  })
})
