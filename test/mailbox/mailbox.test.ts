import { setImmediate as eventLoopRound } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Mailbox } from '../../src/mailbox/mailbox.js'

const mailboxOf = (...items: readonly number[]): Mailbox<number> => {
  const mailbox = new Mailbox<number>()
  for (const item of items) mailbox.push(item)
  return mailbox
}

describe('a mailbox', () => {
  it('is empty at first', () => {
    const mailbox = mailboxOf()
    expect([mailbox.size, mailbox.peek(), mailbox.shift()]).toEqual([0, undefined, undefined])
    expect([...mailbox]).toEqual([])
  })

  it('gives items in the order they came', () => {
    const mailbox = mailboxOf(1, 2, 3, 4, 5, 6)
    expect(mailbox.peek()).toBe(1)
    expect([mailbox.shift(), mailbox.shift()]).toEqual([1, 2])
    mailbox.push(7)
    expect([...mailbox]).toEqual([3, 4, 5, 6, 7])
    expect(mailbox.size).toBe(5)
  })

  it('puts items back in front in the order given', () => {
    const mailbox = mailboxOf(3, 4)
    mailbox.pushFront([1, 2])
    mailbox.pushFront([])
    mailbox.pushFront([-1, 0])
    expect([...mailbox]).toEqual([-1, 0, 1, 2, 3, 4])
  })

  it('removes what is unwanted and keeps the order of the rest', () => {
    const mailbox = mailboxOf(1, 2, 3, 4, 5, 6)
    mailbox.shift()
    expect(mailbox.remove((item) => item % 2 === 0)).toEqual([2, 4, 6])
    expect([...mailbox]).toEqual([3, 5])
    expect(mailbox.remove((item) => item > 5)).toEqual([])
    expect(mailbox.remove(() => true)).toEqual([3, 5])
    expect([mailbox.size, mailbox.shift()]).toEqual([0, undefined])
  })

  it('can be filled again after it was cleared', () => {
    const mailbox = mailboxOf(1, 2, 3)
    mailbox.clear()
    expect(mailbox.size).toBe(0)
    mailbox.push(4)
    expect([...mailbox]).toEqual([4])
  })

  it('keeps a hundred thousand items in order, and drains them', () => {
    const mailbox = mailboxOf(...Array.from({ length: 100_000 }, (_, index) => index))
    let expected = 0
    for (let item = mailbox.shift(); item !== undefined; item = mailbox.shift()) expect(item).toBe(expected++)
    expect(expected).toBe(100_000)
  })

  it('does not keep what has left it from being collected', async () => {
    setFlagsFromString('--expose-gc')
    const collectGarbage: () => void = runInNewContext('gc')
    const mailbox = new Mailbox<object>()
    for (let index = 0; index < 3; index++) mailbox.push({ index })
    const waiting = [...mailbox].map((item) => new WeakRef(item))
    mailbox.shift()
    mailbox.shift()
    await eventLoopRound()
    collectGarbage()
    expect(waiting.map((item) => item.deref())).toEqual([undefined, undefined, { index: 2 }])
    expect(mailbox.size).toBe(1)
  })

  it('agrees with an array over any sequence of operations', () => {
    const operation = fc.oneof(
      {
        weight: 4,
        arbitrary: fc.record({ kind: fc.constant('push'), items: fc.array(fc.integer(), { maxLength: 12 }) }),
      },
      {
        weight: 3,
        arbitrary: fc.record({ kind: fc.constant('shift'), items: fc.array(fc.integer(), { maxLength: 12 }) }),
      },
      {
        weight: 2,
        arbitrary: fc.record({ kind: fc.constant('front'), items: fc.array(fc.integer(), { maxLength: 40 }) }),
      },
      {
        weight: 1,
        arbitrary: fc.record({ kind: fc.constant('remove'), items: fc.array(fc.integer(), { maxLength: 1 }) }),
      },
    )
    fc.assert(fc.property(fc.array(operation, { maxLength: 100, size: 'max' }), agreesWithArray))
  })
})

function agreesWithArray(operations: readonly { readonly kind: string; readonly items: readonly number[] }[]): void {
  const mailbox = new Mailbox<number>()
  let model: number[] = []
  for (const { kind, items } of operations) {
    if (kind === 'push') {
      for (const item of items) mailbox.push(item)
      model.push(...items)
    } else if (kind === 'front') {
      mailbox.pushFront(items)
      model = [...items, ...model]
    } else if (kind === 'remove') {
      expect(mailbox.remove((item) => item % 3 === 0)).toEqual(model.filter((item) => item % 3 === 0))
      model = model.filter((item) => item % 3 !== 0)
    } else {
      expect(items.map(() => mailbox.shift())).toEqual(items.map(() => model.shift()))
    }
    expect([mailbox.size, mailbox.peek()]).toEqual([model.length, model[0]])
    expect([...mailbox]).toEqual(model)
  }
}
