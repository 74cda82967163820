import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type QueuedTimer, TimerQueue } from '../../src/runtime/timer-queue.js'

interface NamedTimer extends QueuedTimer {
  readonly name: string
}

const timer = (name: string): NamedTimer => ({ name, dueMs: 0, order: 0, heapIndex: -1 })
const names = (timers: readonly NamedTimer[]): string[] => timers.map(({ name }) => name)

describe('a timer queue', () => {
  it('gives due timers in due order and keeps the others', () => {
    const queue = new TimerQueue<NamedTimer>()
    queue.add(timer('late'), 30)
    queue.add(timer('early'), 10)
    queue.add(timer('middle'), 20)
    expect(queue.nextDue()).toBe(10)
    expect(names(queue.takeDue(20))).toEqual(['early', 'middle'])
    expect(queue.size).toBe(1)
    expect(queue.nextDue()).toBe(30)
  })

  it('gives timers of the same due time in the order in which they were added', () => {
    const queue = new TimerQueue<NamedTimer>()
    const added = Array.from({ length: 100 }, (_, index) => queue.add(timer(`t${index}`), 5))
    queue.cancel(added[3]!)
    const expected = names(added).filter((name) => name !== 't3')
    expect(names(queue.takeDue(5))).toEqual(expected)
  })

  it('never gives a timer before its time', () => {
    const queue = new TimerQueue<NamedTimer>()
    queue.add(timer('t'), 10)
    expect(queue.takeDue(9.999)).toEqual([])
    expect(names(queue.takeDue(10))).toEqual(['t'])
    expect(queue.nextDue()).toBeUndefined()
  })

  it('takes no more at once than it is asked for', () => {
    const queue = new TimerQueue<NamedTimer>()
    for (const name of ['a', 'b', 'c']) queue.add(timer(name), 1)
    expect(names(queue.takeDue(1, 2))).toEqual(['a', 'b'])
    expect(names(queue.takeDue(1, 2))).toEqual(['c'])
  })

  it('cancels a timer once, and says so', () => {
    const queue = new TimerQueue<NamedTimer>()
    const cancelled = queue.add(timer('t'), 1)
    expect(queue.has(cancelled)).toBe(true)
    expect(queue.cancel(cancelled)).toBe(true)
    expect(queue.cancel(cancelled)).toBe(false)
    expect(queue.has(cancelled)).toBe(false)
    expect(queue.takeDue(1)).toEqual([])
  })

  it('leaves a fired timer and one of another queue alone when asked to cancel it', () => {
    const queue = new TimerQueue<NamedTimer>()
    const other = new TimerQueue<NamedTimer>()
    const fired = queue.add(timer('fired'), 1)
    queue.takeDue(1)
    const foreign = other.add(timer('foreign'), 1)
    queue.add(timer('own'), 1)
    expect(queue.cancel(fired)).toBe(false)
    expect(queue.cancel(foreign)).toBe(false)
    expect([queue.size, other.size]).toEqual([1, 1])
  })

  it('moves a timer that is added again while it waits', () => {
    const queue = new TimerQueue<NamedTimer>()
    const moved = queue.add(timer('moved'), 1)
    queue.add(timer('other'), 2)
    queue.add(moved, 3)
    expect(queue.size).toBe(2)
    expect(names(queue.takeDue(3))).toEqual(['other', 'moved'])
  })

  it('holds nothing of a million timers that were armed and cancelled', () => {
    const queue = new TimerQueue<NamedTimer>()
    const waiting = queue.add(timer('waiting'), 5)
    for (let round = 0; round < 1_000; round++) {
      const armed = Array.from({ length: 1_000 }, (_, index) => queue.add(timer('t'), round + index))
      for (const each of armed) queue.cancel(each)
      expect(queue.size).toBe(1)
    }
    expect([...queue.values()]).toEqual([waiting])
  })

  it('keeps its order while it grows to thousands and shrinks again', () => {
    const queue = new TimerQueue<NamedTimer>()
    for (let index = 0; index < 5_000; index++) queue.add(timer(`${(index * 7_919) % 5_000}`), (index * 7_919) % 5_000)
    const taken = Array.from({ length: 5_000 }, (_, now) => names(queue.takeDue(now))).flat()
    expect(taken).toEqual(Array.from({ length: 5_000 }, (_, index) => `${index}`))
  })

  it('agrees with a sorted list over any sequence of operations', () => {
    fc.assert(fc.property(fc.array(operation, { maxLength: 300, size: 'max' }), agreesWithSortedList), { numRuns: 300 })
  })
})

type QueueOperation = readonly [kind: 'add' | 'cancel' | 'move' | 'take', time: number, pick: number]

const operation: fc.Arbitrary<QueueOperation> = fc.tuple(
  fc.constantFrom('add', 'add', 'add', 'cancel', 'move', 'take'),
  fc.integer({ min: 0, max: 40 }),
  fc.nat(1_000),
)

/** The model: a plain array in order of arrival, sorted (stably) by due time whenever somebody looks. */
function agreesWithSortedList(operations: readonly QueueOperation[]): void {
  const queue = new TimerQueue<NamedTimer>()
  let model: { readonly timer: NamedTimer; readonly due: number }[] = []
  const without = (gone: NamedTimer) => model.filter((each) => each.timer !== gone)
  operations.forEach(([kind, time, pick], index) => {
    const picked = model[pick % Math.max(model.length, 1)]?.timer ?? timer('absent')
    if (kind === 'take') {
      const due = model.filter((each) => each.due <= time).sort((left, right) => left.due - right.due)
      model = model.filter((each) => each.due > time)
      expect(queue.takeDue(time)).toEqual(due.map((each) => each.timer))
    } else if (kind === 'cancel') {
      expect(queue.cancel(picked)).toBe(model.some((each) => each.timer === picked))
      model = without(picked)
    } else {
      const added = kind === 'move' ? picked : timer(`t${index}`)
      model = [...without(added), { timer: queue.add(added, time), due: time }]
    }
    expect(queue.size).toBe(model.length)
    expect(queue.nextDue()).toBe(model.length === 0 ? undefined : Math.min(...model.map((each) => each.due)))
  })
}
