import { describe, expect, it } from 'vitest'
import { assign, createMachine } from 'xstate'
import { all, World } from '../support/world.js'

const log = createMachine({
  context: { seen: [] as number[] },
  on: { N: { actions: assign({ seen: ({ context, event }) => [...context.seen, event.n] }) } },
})

const n = (value: number) => ({ type: 'N', n: value })

describe('dead letters', () => {
  it('hold what was sent to an actor that is not there, over a crash', async () => {
    const world = new World({ log })
    const system = await world.open()
    await expect(system.actor('log', 'nobody').deliver(n(1))).rejects.toMatchObject({
      code: 'DEAD_LETTER',
      address: 'nobody',
    })
    const again = await world.crashAndOpen()
    expect(await all(again.deadLetters.list())).toMatchObject([
      { path: 'nobody', event: n(1), reason: 'actorNotFound', time: 1_000_000 },
    ])
    await world.stop()
  })

  it('are kept apart when a restarted system writes one in the same millisecond', async () => {
    const world = new World({ log })
    const system = await world.open()
    await system
      .actor('log', 'x')
      .deliver(n(1))
      .catch(() => {})
    const again = await world.crashAndOpen()
    await again
      .actor('log', 'x')
      .deliver(n(2))
      .catch(() => {})
    expect((await all(again.deadLetters.list())).map(({ event }) => event)).toEqual([n(1), n(2)])
    await world.stop()
  })

  it('are delivered again by retry, once, and are gone then', async () => {
    const world = new World({ log })
    const system = await world.open()
    await system
      .actor('log', 'late')
      .deliver(n(7))
      .catch(() => {})
    const [letter] = await all(system.deadLetters.list())
    const ref = await system.spawn('log', { id: 'late' })
    await system.deadLetters.retry(letter!.id)
    expect(ref.getSnapshot().context.seen).toEqual([7])
    expect(await all(system.deadLetters.list())).toEqual([])
    await expect(system.deadLetters.retry(letter!.id)).rejects.toMatchObject({ details: { id: letter!.id } })
    const again = await world.crashAndOpen()
    expect(await all(again.deadLetters.list())).toEqual([])
    expect(again.actor('log', 'late').getSnapshot().context.seen).toEqual([7])
    await world.stop()
  })

  it('stay, one for each event, when a retry is refused again', async () => {
    const world = new World({ log })
    await using system = await world.open()
    await system
      .actor('log', 'nobody')
      .deliver(n(7))
      .catch(() => {})
    const [letter] = await all(system.deadLetters.list())
    await expect(system.deadLetters.retry(letter!.id)).rejects.toMatchObject({ code: 'DEAD_LETTER' })
    expect((await all(system.deadLetters.list())).map(({ event }) => event)).toEqual([n(7)])
  })

  it('are discarded for good', async () => {
    const world = new World({ log })
    const system = await world.open()
    await system
      .actor('log', 'nobody')
      .deliver(n(1))
      .catch(() => {})
    await system
      .actor('log', 'nobody')
      .deliver(n(2))
      .catch(() => {})
    const [letter] = await all(system.deadLetters.list())
    await system.deadLetters.discard(letter!.id)
    const again = await world.crashAndOpen()
    expect((await all(again.deadLetters.list())).map(({ event }) => event)).toEqual([n(2)])
    await world.stop()
  })

  it('are bounded by count: the oldest go, also those of an earlier run', async () => {
    const world = new World({ log }, { deadLetters: { maxCount: 3 } })
    const system = await world.open()
    for (const value of [1, 2, 3])
      await system
        .actor('log', 'x')
        .deliver(n(value))
        .catch(() => {})
    const again = await world.crashAndOpen()
    for (const value of [4, 5])
      await again
        .actor('log', 'x')
        .deliver(n(value))
        .catch(() => {})
    expect((await all(again.deadLetters.list())).map(({ event }) => event)).toEqual([n(3), n(4), n(5)])
    await world.stop()
  })

  it('are bounded by age', async () => {
    const world = new World({ log }, { deadLetters: { maxAgeMs: 1_000 } })
    await using system = await world.open()
    await system
      .actor('log', 'x')
      .deliver(n(1))
      .catch(() => {})
    await world.advance(1_001)
    await system
      .actor('log', 'x')
      .deliver(n(2))
      .catch(() => {})
    expect((await all(system.deadLetters.list())).map(({ event }) => event)).toEqual([n(2)])
  })

  it('are what becomes of the mail and the stash of an actor that ends', async () => {
    const gate = createMachine({
      initial: 'shut',
      states: { shut: { meta: { defer: ['N'] }, on: { END: 'end' } }, end: { type: 'final' } },
    })
    const world = new World({ gate })
    await using system = await world.open()
    const ref = await system.spawn('gate', { id: 'g' })
    expect(await ref.deliver(n(1))).toMatchObject({ outcome: 'deferred' })
    ref.send({ type: 'END' })
    await expect(ref.deliver(n(2))).rejects.toMatchObject({ code: 'DEAD_LETTER', details: { reason: 'actorEnded' } })
    expect((await all(system.deadLetters.list())).map(({ event }) => event)).toEqual([n(1), n(2)])
  })

  it('say of poison what its receiver threw and the state that it was in; a mended machine takes it by retry', async () => {
    const picky = createMachine({
      context: { seen: [] as number[] },
      on: {
        N: {
          actions: assign({
            seen: ({ context, event }) => {
              if (event.n === 13) throw new RangeError('not that one')
              return [...context.seen, event.n]
            },
          }),
        },
      },
    })
    const world = new World({ log: picky })
    const system = await world.open()
    const ref = await system.spawn('log', { id: 'p' })
    await ref.deliver(n(1))
    const poison = ref.deliver(n(13))
    const behind = ref.deliver(n(2))
    await expect(poison).rejects.toMatchObject({ code: 'DEAD_LETTER', details: { reason: 'poison' } })
    expect(await behind).toMatchObject({ outcome: 'handled' })
    const [letter, ...more] = await all(system.deadLetters.list())
    expect(more).toEqual([])
    expect(letter).toMatchObject({
      path: 'p',
      event: n(13),
      reason: 'poison',
      failure: { error: { name: 'RangeError' }, snapshot: { status: 'active', context: { seen: [1] } } },
    })
    await expect(system.deadLetters.retry(letter!.id)).rejects.toMatchObject({ details: { reason: 'poison' } })
    const again = await world.crashAndOpen({ log })
    const [same] = await all(again.deadLetters.list())
    await again.deadLetters.retry(same!.id)
    expect(again.actor('log', 'p').getSnapshot().context.seen).toEqual([1, 2, 13])
    expect(await all(again.deadLetters.list())).toEqual([])
    await world.stop()
  })
})
