import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { causalOrder } from '../../../src/remote/conversation/causal-order.js'
import type { ConversationRecord } from '../../../src/remote/conversation/conversation-record.js'
import { type Run, runs } from './simulated-run.js'

const numRuns = Number(process.env.RUNS ?? 300)
const keyOf = ({ node, direction, id }: ConversationRecord): string => `${node} ${direction} ${id}`

/** Pairs of places in the order of which the later one happened before the earlier one. */
function contradictions(run: Run, kept: readonly ConversationRecord[]): string[] {
  const indexes = new Map(run.records.map((record, i) => [keyOf(record), i]))
  const order = causalOrder(kept).map(({ record }) => indexes.get(keyOf(record))!)
  expect(order.length).toBe(kept.length)
  return order.flatMap((later, place) =>
    order.slice(0, place).flatMap((earlier) => (run.happenedBefore(later, earlier) ? [`${earlier} > ${later}`] : [])),
  )
}

const without = (record: ConversationRecord, ...fields: (keyof ConversationRecord)[]): ConversationRecord =>
  Object.fromEntries(
    Object.entries(record).filter(([field]) => !fields.includes(field as keyof ConversationRecord)),
  ) as unknown as ConversationRecord

/** A run, with its records in another order and some of them more than once. */
const shuffled = runs.chain((run) =>
  fc
    .tuple(
      fc.shuffledSubarray([...run.records], { minLength: run.records.length }),
      fc.subarray([...run.records]),
      fc.nat(10),
    )
    .map(([all, again, laterMs]) => ({
      run,
      given: [...all, ...again.map((record) => ({ ...record, at: record.at + laterMs, n: record.n! + laterMs }))],
    })),
)

const message = { conversation: 'c', type: 'GO', to: 'roscius://b/y', from: 'roscius://a/x' }

describe('the causal order', () => {
  it('puts nothing before what it follows from, however wrong the wall clocks are', () => {
    fc.assert(
      fc.property(runs, (run) => {
        expect(contradictions(run, run.records)).toEqual([])
      }),
      { numRuns },
    )
  })

  it('needs no vector clocks where each node has numbered what it did', () => {
    fc.assert(
      fc.property(runs, (run) => {
        const unclocked = run.records.map((record) => without(record, 'clock'))
        expect(contradictions(run, unclocked)).toEqual([])
      }),
      { numRuns },
    )
  })

  it('needs only vector clocks where records of some nodes are missing', () => {
    const some = runs.chain((run) => fc.subarray([...run.records]).map((kept) => ({ run, kept })))
    fc.assert(
      fc.property(some, ({ run, kept }) => {
        const clocked = kept.map((record) => without(record, 'n', 'causation'))
        expect(contradictions(run, clocked)).toEqual([])
      }),
      { numRuns },
    )
  })

  it('has causes and sendings to go by if there is nothing else', () => {
    fc.assert(
      fc.property(runs, ({ records }) => {
        const order = causalOrder(records.map((record) => without(record, 'n', 'clock'))).map(({ record }) => record)
        const places = new Map(order.map((record, place) => [keyOf(record), place]))
        const sentAt = new Map(
          order.flatMap(({ direction, id }, i) => (direction === 'sent' ? [[id, i] as const] : [])),
        )
        order.forEach(({ id, direction, node, causation }, place) => {
          if (direction === 'received') expect(sentAt.get(id)).toBeLessThan(place)
          if (causation === undefined) return
          expect(sentAt.get(causation)).toBeLessThan(place)
          if (direction === 'sent') expect(places.get(`${node} received ${causation}`)).toBeLessThan(place)
        })
      }),
      { numRuns },
    )
  })

  it('marks exactly what is in no order with the one before it', () => {
    fc.assert(
      fc.property(runs, (run) => {
        const indexes = new Map(run.records.map((record, i) => [keyOf(record), i]))
        const order = causalOrder(run.records)
        order.forEach(({ record, concurrent }, place) => {
          const former = order[place - 1]
          const isAfter =
            former === undefined || run.happenedBefore(indexes.get(keyOf(former.record))!, indexes.get(keyOf(record))!)
          expect(concurrent).toBe(!isAfter)
        })
      }),
      { numRuns },
    )
  })

  it('is the same in whatever order the records come, and however often', () => {
    fc.assert(
      fc.property(shuffled, ({ run, given }) => {
        expect(causalOrder(given)).toEqual(causalOrder(run.records))
      }),
      { numRuns },
    )
  })

  it('loses nothing and ends where records contradict each other', () => {
    const liar = fc.record({
      id: fc.constantFrom('1', '2', '3', '4'),
      conversation: fc.constant('c'),
      node: fc.constantFrom('a', 'b'),
      direction: fc.constantFrom('sent' as const, 'received' as const),
      from: fc.constantFrom('roscius://a/x', 'roscius://b/x', 'nonsense', undefined),
      to: fc.constant('roscius://b/y'),
      type: fc.constant('GO'),
      at: fc.nat(3),
      n: fc.option(fc.nat(3), { nil: undefined }),
      causation: fc.constantFrom('1', '2', '3', '4', undefined),
      clock: fc.option(fc.dictionary(fc.constantFrom('a', 'b'), fc.nat(3)), { nil: undefined }),
    })
    fc.assert(
      fc.property(fc.array(liar, { maxLength: 12 }), (records) => {
        const order = causalOrder(records)
        const kept = order.map(({ record }) => keyOf(record)).sort()
        expect(kept).toEqual([...new Set(records.map(keyOf))].sort())
        expect(causalOrder(records.toReversed()).map(({ record }) => keyOf(record))).toEqual(
          order.map(({ record }) => keyOf(record)),
        )
      }),
      { numRuns: 1_000 },
    )
  })

  it('goes by wall time, node and id where nothing else is known', () => {
    const records = [
      { ...message, id: '3', node: 'a', direction: 'sent', at: 5 },
      { ...message, id: '2', node: 'b', direction: 'sent', at: 4 },
      { ...message, id: '1', node: 'a', direction: 'sent', at: 5 },
      { ...message, id: '4', node: 'a', direction: 'sent', at: 4 },
    ] as const
    const order = causalOrder(records)
    expect(order.map(({ record }) => record.id)).toEqual(['4', '2', '1', '3'])
    expect(order.map(({ concurrent }) => concurrent)).toEqual([false, true, true, true])
  })

  it('believes no clock that does not count the node which it is of', () => {
    const full = { node: 'uncounted', clock: { a: 1 }, direction: 'sent', at: 1 } as const
    const order = causalOrder([
      { ...message, ...full, id: '1', at: 9 },
      { ...message, node: 'a', clock: { a: 2 }, direction: 'sent', id: '2', at: 1 },
      { ...message, node: 'a', clock: { a: 1 }, direction: 'sent', id: '0', at: 20 },
    ])
    // What it knew counts: it comes after the first of `a`. What came after that is not after it.
    expect(order.map(({ record }) => record.id)).toEqual(['0', '2', '1'])
    expect(order[2]?.concurrent).toBe(true)
  })

  it('says which records each one follows from directly', () => {
    const order = causalOrder([
      { ...message, id: '1', node: 'a', direction: 'sent', at: 1, n: 0 },
      { ...message, id: '2', node: 'a', direction: 'sent', at: 1, n: 1 },
      { ...message, id: '1', node: 'b', direction: 'received', at: 2, n: 0 },
      { ...message, id: '2', node: 'b', direction: 'received', at: 3, n: 1 },
    ])
    expect(order.map(({ after }) => after)).toEqual([[], [0], [0], [1, 2]])
  })

  it('orders as many records as a node keeps', () => {
    const records = Array.from(
      { length: 10_000 },
      (_, i): ConversationRecord => ({
        ...message,
        id: `m${i}`,
        node: i % 2 === 0 ? 'a' : 'b',
        direction: 'sent',
        at: (i * 7_919) % 10_000,
        n: i,
        clock: { a: i + 1, b: i + 1 },
        causation: i === 0 ? undefined : `m${i - 1}`,
      }),
    )
    expect(causalOrder(records.toReversed()).map(({ record }) => record.n)).toEqual(records.map(({ n }) => n))
  })
})
