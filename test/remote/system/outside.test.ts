import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Nodes } from '../../support/nodes.js'
import { logic } from './actors.js'

let nodes: Nodes<typeof logic>
beforeEach(() => {
  nodes = new Nodes(logic)
})
afterEach(() => nodes.close())

async function opened() {
  const { a, b } = await nodes.pair()
  await nodes.run(b.spawn('tally', { id: 't' }))
  return a.actor('tally', 'roscius://b/t')
}

const seen = () => nodes.system('b').actor('tally', 't').getSnapshot().context.seen

test('a delivery resolves with what the receiver says', async () => {
  const t = await opened()
  const { outcome, seqNr } = await nodes.run(t.deliver({ type: 'ADD', n: 1 }))
  expect({ outcome, seqNr }).toEqual({ outcome: 'handled', seqNr: 2 })
  expect(await nodes.run(t.deliver({ type: 'NOTHING' } as never))).toMatchObject({ outcome: 'ignored' })
})

test('a repeat with the same idempotencyKey answers the first result and changes nothing', async () => {
  const t = await opened()
  const first = await nodes.run(t.deliver({ type: 'ADD', n: 1 }, { idempotencyKey: 'k' }))
  expect(await nodes.run(t.deliver({ type: 'ADD', n: 1 }, { idempotencyKey: 'k' }))).toEqual(first)
  expect(seen()).toEqual([1])
})

test('a key that was used locally is the same key from afar', async () => {
  const t = await opened()
  const local = nodes.system('b').actor('tally', 't')
  await nodes.run(local.deliver({ type: 'ADD', n: 1 }, { idempotencyKey: 'k' }))
  await nodes.run(t.deliver({ type: 'ADD', n: 1 }, { idempotencyKey: 'k' }))
  expect(seen()).toEqual([1])
})

test('a delivery waits for a connection that is not there yet', async () => {
  const t = await opened()
  nodes.network.strike({ kind: 'partition', groups: [['a'], ['b']] })
  const delivery = t.deliver({ type: 'ADD', n: 1 })
  await nodes.clock.advance(5_000)
  nodes.network.strike({ kind: 'heal' })
  expect(await nodes.run(delivery)).toMatchObject({ outcome: 'handled' })
})

test('a delivery outlives breaks of the connection at any moment', async () => {
  const t = await opened()
  for (let ms = 0; ms <= 12; ms++) {
    await nodes.clock.advance(31_000)
    const delivery = t.deliver({ type: 'ADD', n: ms })
    await nodes.clock.advance(ms)
    nodes.network.strike({ kind: 'cut', between: ['a', 'b'] })
    expect(await nodes.run(delivery)).toMatchObject({ outcome: 'handled' })
  }
  expect(seen()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
})

describe.each(['before', 'after'] as const)('if the receiver crashes %s it has committed', (when) => {
  const crashing = async () => {
    const t = await opened()
    await nodes.until(() => nodes.system('a').peer('b').figures()?.outbox.count === 0)
    const store = nodes.store('b')
    store.crashAtBatch(store.written.batches + 1, when)
    return { t, store }
  }

  test('a delivery with a key is answered by the next process', async () => {
    const { t, store } = await crashing()
    const delivery = t.deliver({ type: 'ADD', n: 1 }, { idempotencyKey: 'k' })
    await nodes.run(store.crashed)
    await nodes.crashAndOpen('b')
    expect(await nodes.run(delivery)).toMatchObject({ outcome: 'handled' })
    expect(seen()).toEqual([1])
  })

  test('a delivery without one is answered, or rejected as it may have been handled', async () => {
    const { t, store } = await crashing()
    const delivery = t.deliver({ type: 'ADD', n: 1 }).then(
      ({ outcome }) => outcome,
      ({ code }) => code,
    )
    await nodes.run(store.crashed)
    await nodes.crashAndOpen('b')
    expect(await nodes.run(delivery)).toBe(when === 'before' ? 'handled' : 'PEER_DOWN')
    expect(seen()).toEqual([1])
  })

  test('a question with a key is answered by the next process', async () => {
    const { t, store } = await crashing()
    const answer = t.ask((replyTo) => ({ type: 'GET', replyTo }), { idempotencyKey: 'k', timeoutMs: 60_000 })
    await nodes.run(store.crashed)
    await nodes.crashAndOpen('b')
    expect(await nodes.run(answer)).toEqual({ type: 'SEEN', seen: [] })
  })

  test.each(['stop', 'cancel'] as const)('%s is done by the next process', async (method) => {
    const { t, store } = await crashing()
    const request = t[method]()
    await nodes.run(store.crashed)
    await nodes.crashAndOpen('b')
    await nodes.run(request)
    expect(nodes.system('b').actor('tally', 't').getSnapshot().status).toBe('stopped')
  })
})

test('a spawn over a crash of the peer is answered, or rejected as it may have been done', async () => {
  const outcomes: unknown[] = []
  for (let step = 1; step <= 3; step++)
    for (const when of ['before', 'after'] as const) {
      const { a } = await nodes.pair()
      await nodes.clock.advance(100)
      const store = nodes.store('b')
      store.crashAtBatch(store.written.batches + step, when)
      const spawning = a
        .peer('b')
        .spawn('tally', { id: 't', ifExists: 'use' })
        .then(
          ({ address }) => address,
          ({ code }) => code,
        )
      await nodes.clock.advance(50)
      await nodes.crashAndOpen('b')
      outcomes.push(await nodes.run(spawning))
      await nodes.close()
      nodes = new Nodes(logic)
    }
  expect(new Set(outcomes)).toEqual(new Set(['roscius://b/t']))
})

test('what waits for an answer is rejected when the peer is given up, and only then', async () => {
  const t = await opened()
  await nodes.run(t.deliver({ type: 'ADD', n: 1 }))
  nodes.network.strike({ kind: 'partition', groups: [['a'], ['b']] })
  let code: unknown
  t.deliver({ type: 'ADD', n: 2 }).catch((error) => {
    code = error.code
  })
  await nodes.clock.advance(8_000)
  expect(code).toBeUndefined()
  await nodes.clock.advance(5_000)
  expect(code).toBe('PEER_DOWN')
})

test('what waits for an answer is rejected when this system stops', async () => {
  const t = await opened()
  nodes.network.strike({ kind: 'partition', groups: [['a'], ['b']] })
  const delivery = t.deliver({ type: 'ADD', n: 2 })
  const refused = expect(delivery).rejects.toMatchObject({ code: 'SYSTEM_STOPPED' })
  await nodes.stop('a')
  await refused
})

test('a question that nobody answers ends with its time', async () => {
  const t = await opened()
  const answer = t.ask(() => ({ type: 'ADD', n: 1 }), { timeoutMs: 1_000 })
  await expect(nodes.run(answer)).rejects.toMatchObject({ code: 'ASK_TIMEOUT' })
})

test('what is sent from outside arrives in order with what is delivered', async () => {
  const t = await opened()
  for (let n = 0; n < 10; n++) t.send({ type: 'ADD', n })
  await nodes.run(t.deliver({ type: 'ADD', n: 10 }))
  expect(seen()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
})
