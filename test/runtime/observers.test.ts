import { describe, expect, it } from 'vitest'
import { assign, createMachine, emit, sendTo, setup, toPromise, waitFor } from 'xstate'
import { refIn, World } from '../support/world.js'

const counter = setup({ types: { emitted: {} as { type: 'counted'; n: number } } }).createMachine({
  context: { count: 0 },
  initial: 'going',
  states: {
    going: {
      on: {
        INC: {
          actions: [
            assign({ count: ({ context }) => context.count + 1 }),
            emit(({ context }) => ({ type: 'counted', n: context.count })),
          ],
        },
        END: 'over',
      },
    },
    over: { type: 'final' },
  },
  output: ({ context }) => context.count,
})

const rounds = async (count = 8): Promise<void> => {
  for (let round = 0; round < count; round++) await new Promise((resolve) => setImmediate(resolve))
}

describe('observers', () => {
  it('see committed states only: getSnapshot, subscribe and on wait for the batch', async () => {
    const world = new World({ counter })
    await using system = await world.open()
    const ref = await system.spawn('counter', { id: 'c' })
    const seen: unknown[] = []
    ref.subscribe((snapshot) => seen.push(snapshot.context.count))
    ref.on('counted', (event) => seen.push(event))
    const release = world.store.hold()
    ref.send({ type: 'INC' })
    await rounds()
    ref.send({ type: 'INC' })
    await rounds()
    expect([ref.getSnapshot().context.count, seen]).toEqual([0, []])
    release()
    await system.settled()
    expect(ref.getSnapshot().context.count).toBe(2)
    expect(seen).toEqual([{ type: 'counted', n: 1 }, 1, { type: 'counted', n: 2 }, 2])
  })

  it('are told of what ran before they came and is not released yet', async () => {
    const world = new World({ counter })
    await using system = await world.open()
    const ref = await system.spawn('counter', { id: 'c' })
    const release = world.store.hold()
    ref.send({ type: 'INC' })
    await rounds()
    const seen: unknown[] = []
    ref.subscribe((snapshot) => seen.push(snapshot.context.count))
    expect([ref.getSnapshot().context.count, seen]).toEqual([0, []])
    release()
    await system.settled()
    expect(seen).toEqual([1])
  })

  it('who ask for the result learn of an end that is not released yet', async () => {
    const world = new World({ counter })
    await using system = await world.open()
    const ref = await system.spawn('counter', { id: 'c' })
    const release = world.store.hold()
    ref.send({ type: 'INC' })
    ref.send({ type: 'END' })
    await rounds()
    const result = ref.result()
    release()
    expect(await result).toBe(1)
  })

  it('see nothing of a batch that failed', async () => {
    const world = new World({ counter })
    const system = await world.open()
    const ref = await system.spawn('counter', { id: 'c' })
    const seen: unknown[] = []
    ref.subscribe((snapshot) => seen.push(snapshot.context.count))
    world.store.crashAtBatch(3, 'before')
    await ref.deliver({ type: 'INC' }).catch(() => {})
    await rounds()
    expect(seen).toEqual([])
    await world.crash()
  })

  it("inside a turn a sender's snapshot is the current one (D5)", async () => {
    const reader = createMachine({
      context: { seen: [] as number[] },
      on: {
        LOOK: {
          actions: assign({ seen: ({ context, event }) => [...context.seen, event.at.getSnapshot().context.count] }),
        },
      },
    })
    const teller = createMachine({
      context: { count: 0 },
      on: {
        TELL: {
          actions: [
            assign({ count: ({ context }) => context.count + 1 }),
            sendTo(
              ({ event }) => refIn(event, 'to'),
              ({ self }) => ({ type: 'LOOK', at: self }),
            ),
          ],
        },
      },
    })
    const world = new World({ reader, teller })
    await using system = await world.open()
    const to = await system.spawn('reader', { id: 'r' })
    const ref = await system.spawn('teller', { id: 't' })
    const release = world.store.hold()
    ref.send({ type: 'TELL', to })
    await rounds()
    expect(ref.getSnapshot().context.count).toBe(0)
    release()
    await system.settled()
    expect(to.getSnapshot().context.seen).toEqual([1])
  })

  it('are told of the end, and late ones at once', async () => {
    const world = new World({ counter })
    await using system = await world.open()
    const ref = await system.spawn('counter', { id: 'c' })
    const seen: unknown[] = []
    ref.subscribe({ next: ({ status }) => seen.push(status), complete: () => seen.push('complete') })
    await ref.deliver({ type: 'INC' })
    await ref.deliver({ type: 'END' })
    expect(seen).toEqual(['active', 'done', 'complete'])
    ref.subscribe({ complete: () => seen.push('late') })
    expect(seen.at(-1)).toBe('late')
    expect(await ref.result()).toBe(1)
  })

  it('may unsubscribe, and one that throws does not disturb the others', async () => {
    const world = new World({ counter })
    await using system = await world.open()
    const ref = await system.spawn('counter', { id: 'c' })
    const seen: number[] = []
    const subscription = ref.subscribe((snapshot) => seen.push(snapshot.context.count))
    await ref.deliver({ type: 'INC' })
    subscription.unsubscribe()
    await ref.deliver({ type: 'INC' })
    expect(seen).toEqual([1])
  })

  it('of XState work on a ref: toPromise and waitFor', async () => {
    const world = new World({ counter })
    await using system = await world.open()
    const ref = await system.spawn('counter', { id: 'c' })
    const two = waitFor(ref as never, (snapshot: { context: { count: number } }) => snapshot.context.count === 2)
    const end = toPromise(ref as never)
    ref.send({ type: 'INC' })
    ref.send({ type: 'INC' })
    expect(((await two) as { context: unknown }).context).toEqual({ count: 2 })
    ref.send({ type: 'END' })
    expect(await end).toBe(2)
  })
})
