/** A store that takes no more: the disk is full, or somebody closed it under the system. Nothing is lost in silence. */
import { createSystem, isRosciusError, type ReplyRef, type SystemEvent } from 'roscius'
import { type FaultStore, faultStore } from 'roscius/testing'
import { describe, expect, test } from 'vitest'
import { assign, sendTo, setup } from 'xstate'

type CounterEvent = { type: 'INC' } | { type: 'GET'; replyTo: ReplyRef<{ type: 'COUNT'; count: number }> }

const counter = setup({ types: { context: {} as { count: number }, events: {} as CounterEvent } }).createMachine({
  context: { count: 0 },
  on: {
    INC: { actions: assign({ count: ({ context }) => context.count + 1 }) },
    GET: {
      actions: sendTo(
        ({ event }) => event.replyTo,
        ({ context }) => ({ type: 'COUNT', count: context.count }),
      ),
    },
  },
})

const open = (store: FaultStore) => createSystem({ name: 'gone', store, logic: { counter } })
type Counters = Awaited<ReturnType<typeof open>>

interface Load {
  /** Deliveries that were acknowledged, and the codes of the errors of the others. */
  acknowledged: number
  readonly codes: string[]
  readonly halted: SystemEvent[]
}

/** Delivers with as many clients at once until the system is gone; each key is used by one delivery. */
async function load(system: Counters, store: FaultStore, breakIt: (batches: number) => void): Promise<Load> {
  const result: Load = { acknowledged: 0, codes: [], halted: [] }
  system.on((event) => {
    if (event.type === 'halted') result.halted.push(event)
  })
  const ref = await system.spawn('counter', { id: 'c' })
  const client = async (name: number): Promise<void> => {
    for (let n = 0; ; n++) {
      try {
        await ref.deliver({ type: 'INC' }, { idempotencyKey: `${name}-${n}` })
        result.acknowledged++
        breakIt(store.written.batches)
      } catch (error) {
        result.codes.push(isRosciusError(error) ? error.code : String(error))
        return
      }
    }
  }
  await Promise.all(Array.from({ length: 20 }, (_, name) => client(name)))
  return result
}

describe.each([
  {
    name: 'a full disk',
    breakIt: (store: FaultStore) => store.resizeDisk(store.written.bytes + 50),
  },
  {
    name: 'a store that is closed under load',
    breakIt: (store: FaultStore) => void store.close(),
  },
  {
    name: 'a disk that is torn out',
    breakIt: (store: FaultStore) => store.crash({ powerLoss: true }),
  },
])('$name', ({ breakIt }) => {
  test('fails whoever waits, halts the system, and loses nothing that was acknowledged', async () => {
    const store = faultStore()
    const system = await open(store)
    let isBroken = false
    const { acknowledged, codes, halted } = await load(system, store, (batches) => {
      if (batches < 10 || isBroken) return
      isBroken = true
      breakIt(store)
    })
    expect(acknowledged).toBeGreaterThanOrEqual(20)
    expect(codes).toHaveLength(20)
    expect(new Set(codes)).toEqual(new Set(['COMMIT_FAILED']))
    expect(halted).toHaveLength(1)

    await system.stop().catch(() => undefined)
    await using again = await open(store.reopen())
    const { count } = again.actor('counter', 'c').getSnapshot().context
    expect(count).toBeGreaterThanOrEqual(acknowledged)
    expect(count).toBeLessThanOrEqual(acknowledged + 20)
  })

  test('rejects deliver, ask and spawn alike, those under way and those after it', async () => {
    const store = faultStore()
    const system = await open(store)
    const ref = await system.spawn('counter', { id: 'c' })
    const get = (replyTo: ReplyRef<{ type: 'COUNT'; count: number }>): CounterEvent => ({ type: 'GET', replyTo })
    const pending = [ref.deliver({ type: 'INC' }), ref.ask(get), system.spawn('counter', { id: 'd' })]
    breakIt(store)
    for (const each of pending) each.catch(() => undefined)
    for (const each of pending) await expect(each).rejects.toMatchObject({ code: 'COMMIT_FAILED' })
    await expect(ref.deliver({ type: 'INC' })).rejects.toMatchObject({ code: 'COMMIT_FAILED' })
    await expect(ref.ask(get)).rejects.toMatchObject({ code: 'COMMIT_FAILED' })
    await expect(system.spawn('counter', { id: 'e' })).rejects.toMatchObject({ code: 'COMMIT_FAILED' })
    expect(() => ref.send({ type: 'INC' })).toThrow(expect.objectContaining({ code: 'COMMIT_FAILED' }))
    await system.settled()
    await system.stop().catch(() => undefined)
  })

  test('a repeat with the same key after reopening counts once, whether the lost batch was written or not', async () => {
    const store = faultStore()
    const system = await open(store)
    const ref = await system.spawn('counter', { id: 'c' })
    await ref.deliver({ type: 'INC' }, { idempotencyKey: 'one' })
    breakIt(store)
    await expect(ref.deliver({ type: 'INC' }, { idempotencyKey: 'two' })).rejects.toMatchObject({
      code: 'COMMIT_FAILED',
    })
    await system.stop().catch(() => undefined)
    await using again = await open(store.reopen())
    const same = again.actor('counter', 'c')
    for (const key of ['one', 'two', 'two', 'one']) await same.deliver({ type: 'INC' }, { idempotencyKey: key })
    expect(same.getSnapshot().context.count).toBe(2)
  })
})
