/** Ten thousand children fail at one blow. How long that takes is measured by the bench `supervision.storm`, not here. */
import { type Clock, type RosciusRef, startChild, supervisor } from 'roscius'
import { simulatedClock } from 'roscius/testing'
import { describe, expect, it } from 'vitest'
import { assign, setup } from 'xstate'
import { World } from '../support/world.js'

const CHILDREN = 10_000
const SIBLINGS = 20
/** How long a turn may take, on a clock by which each event takes a millisecond. */
const TURN_MS = 5
/** A turn, and one that may follow in the same round. */
const MOST_IN_A_ROUND = 2 * TURN_MS

/** What is to fail once. */
const armed = new Set<number>()

const member = setup({
  types: {
    context: {} as { got: readonly number[] },
    events: {} as { type: 'STRIKE'; n: number } | { type: 'MSG'; n: number },
  },
}).createMachine({
  context: { got: [] },
  on: {
    STRIKE: {
      actions: assign(({ context, event }) => {
        if (armed.delete(event.n)) throw new Error(`struck by ${event.n}`)
        return { got: [...context.got, event.n] }
      }),
    },
    MSG: { actions: assign(({ context, event }) => ({ got: [...context.got, event.n] })) },
  },
})

type Member = RosciusRef<typeof member>

/** A clock that goes on by a millisecond each time it is read, while `isTicking`. */
class Metronome implements Clock {
  isTicking = false
  #readMs = 0
  readonly #clock = simulatedClock({ now: 1_000_000 })

  now(): number {
    return this.#clock.now()
  }

  monotonic(): number {
    if (this.isTicking) this.#readMs++
    return this.#clock.monotonic() + this.#readMs
  }

  schedule(run: () => void, delayMs: number) {
    return this.#clock.schedule(run, delayMs)
  }
}

const members = { logic: member, durability: 'volatile' } as const
const pool = { logic: supervisor({ template: { logic: 'member' } }), durability: 'volatile' } as const

describe('a storm of ten thousand children that fail at one blow', () => {
  it('restarts each once, loses no message to a healthy sibling, and leaves the event loop its rounds', async () => {
    const clock = new Metronome()
    const world = new World({ member: members, pool }, { clock, turn: { maxMs: TURN_MS }, development: false })
    await using system = await world.open()
    const parent = await system.spawn('pool', { id: 'pool' })
    const start = (id: string): Promise<Member> => startChild<typeof member>(parent, { id })
    const children = await Promise.all(Array.from({ length: CHILDREN }, (_, n) => start(`child-${n}`)))
    const siblings = await Promise.all(Array.from({ length: SIBLINGS }, (_, n) => start(`sibling-${n}`)))
    await system.settled()

    let sent = 0
    const sendToSiblings = (): void => {
      for (const sibling of siblings) sibling.send({ type: 'MSG', n: sent })
      sent++
    }
    clock.isTicking = true
    for (const [n, child] of children.entries()) {
      armed.add(n)
      child.send({ type: 'STRIKE', n })
      if (n % 500 === 0) sendToSiblings()
    }
    const failed: number[] = []
    while (armed.size > 0) {
      const left = armed.size
      await new Promise((resolve) => setImmediate(resolve))
      failed.push(left - armed.size)
      if (failed.length % 10 === 0) sendToSiblings()
    }
    clock.isTicking = false
    await system.settled()

    expect(Math.max(...failed)).toBeLessThanOrEqual(MOST_IN_A_ROUND)
    expect(failed.length).toBeGreaterThanOrEqual(CHILDREN / MOST_IN_A_ROUND)
    expect(children.filter((child) => child.getSnapshot().context.got.length !== 1)).toEqual([])
    const restarted = world.events.flatMap((event) => (event.type === 'childRestarted' ? [event.path] : []))
    expect(restarted).toHaveLength(CHILDREN)
    expect(new Set(restarted).size).toBe(CHILDREN)
    const expected = Array.from({ length: sent }, (_, n) => n)
    for (const sibling of siblings) expect(sibling.getSnapshot().context.got).toEqual(expected)
  })
})
