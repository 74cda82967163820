import { createSystem, memoryStore, type Store } from 'roscius'
import { simulatedClock } from 'roscius/testing'
import { describe, expect, it } from 'vitest'
import { type AnyActorRef, assign, createMachine, sendTo } from 'xstate'

const counter = createMachine({
  context: { n: 0 },
  on: { INC: { actions: assign({ n: ({ context }) => (context as { n: number }).n + 1 }) } },
})

/** A store whose reads fail from a moment on, as a dying disk's do. */
function failing(): { readonly store: Store; fail(): void; readonly written: () => number } {
  const inner = memoryStore()
  let isFailing = false
  let batches = 0
  const store: Store = {
    get: (key) => {
      if (isFailing) throw new Error('read error')
      return inner.get(key)
    },
    range: (range) => inner.range(range),
    batch: (operations, options) => {
      batches++
      return inner.batch(operations, options)
    },
    deleteRange: (range) => inner.deleteRange(range),
    close: async () => undefined,
  }
  return {
    store,
    fail: () => {
      isFailing = true
    },
    written: () => batches,
  }
}

describe('a turn that breaks off', () => {
  it('halts the system, and nothing of the turn is written or answered', async () => {
    const { store, fail, written } = failing()
    const caller = createMachine({
      on: {
        CALL: { actions: sendTo(({ event }) => (event as unknown as { to: AnyActorRef }).to, { type: 'INC' }) },
      },
    })
    const system = await createSystem({ name: 'n', store, logic: { counter, caller }, clock: simulatedClock() })
    const ref = await system.spawn('counter', { id: 'c' })
    const other = await system.spawn('caller', { id: 'd' })
    const before = written()
    fail()
    const pending = ref.deliver({ type: 'INC' })
    other.send({ type: 'CALL', to: system.actor('counter', 'not-in-memory') } as never)
    await expect(pending).rejects.toMatchObject({ code: 'COMMIT_FAILED' })
    expect(written()).toBe(before)
    expect(() => ref.send({ type: 'INC' })).toThrow(expect.objectContaining({ code: 'COMMIT_FAILED' }))
    await system.stop()
  })
})
