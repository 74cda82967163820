import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { hasCrashed, Nodes } from '../../support/nodes.js'
import { logic } from './actors.js'

let nodes: Nodes<typeof logic>
beforeEach(() => {
  nodes = new Nodes(logic)
})
afterEach(() => nodes.close())

async function opened() {
  const { a, b } = await nodes.pair()
  await nodes.run(b.spawn('tally', { id: 't' }))
  return nodes.run(a.spawn('worker', { id: 'w', input: { to: a.actor('tally', 'roscius://b/t') } }))
}

const seen = () => nodes.system('b').actor('tally', 't').getSnapshot().context.seen
const worker = () => nodes.system('a').actor('worker', 'w').getSnapshot()

test('what an effect sends and delivers arrives in its order', async () => {
  const w = await opened()
  await nodes.run(w.deliver({ type: 'WORK', n: 1 }))
  await nodes.until(() => worker().matches('idle') && worker().context.results.length > 0)
  expect(seen()).toEqual([1, -1])
  expect(worker().context.results).toEqual(['handled'])
})

describe.each([
  ['the sender', ['a']],
  ['the receiver', ['b']],
  ['both', ['a', 'b']],
])('over a crash of %s', (_, victims) => {
  const over = async (event: { type: 'WORK'; n: number } | { type: 'ASK' }, step: number, when: 'before' | 'after') => {
    const w = await opened()
    await nodes.clock.advance(100)
    for (const victim of victims) {
      const store = nodes.store(victim)
      store.crashAtBatch(store.written.batches + step, when)
    }
    const working = w.deliver(event, { idempotencyKey: 'once' })
    working.catch(() => undefined)
    for (let turn = 0; turn < 3; turn++) {
      await nodes.clock.advance(20)
      for (const victim of victims) if (hasCrashed(nodes.store(victim))) await nodes.crashAndOpen(victim)
    }
    await nodes.run(nodes.system('a').actor('worker', 'w').deliver(event, { idempotencyKey: 'once' }))
    await nodes.until(() => worker().matches('idle') && worker().context.results.length > 0)
    await nodes.clock.advance(1_000)
  }

  test.each(['before', 'after'] as const)('%s any batch, what an effect sends is applied once', async (when) => {
    for (let step = 1; step <= 7; step++) {
      nodes = new Nodes(logic)
      await over({ type: 'WORK', n: 1 }, step, when)
      const [result] = worker().context.results
      // Nobody can repeat for it what it may not repeat itself: it has the reason, and a retry of its own has the same keys.
      expect({ step, seen: seen(), result }).toEqual({ step, seen: [1, -1], result: 'handled' })
      await nodes.close()
    }
  })

  test.each(['before', 'after'] as const)('%s any batch, fromAsk has its answer once', async (when) => {
    for (let step = 1; step <= 7; step++) {
      nodes = new Nodes(logic)
      await over({ type: 'ASK' }, step, when)
      expect({ step, results: worker().context.results }).toEqual({ step, results: [{ type: 'SEEN', seen: [] }] })
      await nodes.close()
    }
  })
})

test('fromAsk of an actor that does not exist fails with its dead letter', async () => {
  const w = await opened()
  await nodes.run(nodes.system('b').actor('tally', 't').delete())
  await nodes.run(w.deliver({ type: 'ASK' }))
  await nodes.until(() => worker().context.results.length > 0)
  expect(worker().context.results).toEqual(['DEAD_LETTER'])
})
