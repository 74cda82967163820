import { describe, expect, test } from 'vitest'
import { EmittedQueue, type EmittedTotal } from '../../../src/remote/subscriptions/emitted-queue.js'

describe('a queue of emitted events', () => {
  test('lets the oldest go for the newest', () => {
    const { queue, total } = queued({ count: 2 })
    for (const size of [1, 2, 3]) queue.push(frame(size))
    expect([queue.shift()?.length, queue.shift()?.length, queue.shift()]).toEqual([2, 3, undefined])
    expect([queue.takeDropped(), queue.takeDropped(), queue.isEmpty]).toEqual([1, 0, true])
    expect(total).toEqual({ count: 0, bytes: 0, dropped: 1 })
  })

  test('loses an event that never fits, and with it those that had to make room', () => {
    const { queue } = queued({ bytes: 10 })
    queue.push(frame(10))
    queue.push(frame(11))
    expect([queue.shift(), queue.takeDropped()]).toEqual([undefined, 2])
  })

  test('never drives out what another one holds', () => {
    const { queue, total, sibling } = queued({ totalBytes: 10 })
    sibling.push(frame(6))
    queue.push(frame(4))
    queue.push(frame(5))
    expect([sibling.takeDropped(), queue.takeDropped()]).toEqual([0, 2])
    expect(total).toEqual({ count: 1, bytes: 6, dropped: 2 })
  })

  test('is empty only when there is nothing to tell either', () => {
    const { queue } = queued({})
    queue.lose()
    expect(queue.isEmpty).toBe(false)
    queue.clear()
    expect(queue.isEmpty).toBe(true)
  })
})

function queued(bounds: { count?: number; bytes?: number; totalBytes?: number }) {
  const total: EmittedTotal = { count: 0, bytes: 0, dropped: 0 }
  const all = { count: 100, bytes: 100, totalBytes: 100, ...bounds }
  return { queue: new EmittedQueue(all, total), sibling: new EmittedQueue(all, total), total }
}

function frame(size: number): Uint8Array {
  return new Uint8Array(size)
}
