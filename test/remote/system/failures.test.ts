import { afterEach, beforeEach, expect, test } from 'vitest'
import { Nodes } from '../../support/nodes.js'
import { all } from '../../support/world.js'
import { logic } from './actors.js'

let nodes: Nodes<typeof logic>
beforeEach(() => {
  nodes = new Nodes(logic)
})
afterEach(() => nodes.close())

async function opened() {
  const { a, b } = await nodes.pair({ b: { onRootFailure: () => {} } })
  await nodes.run(b.spawn('tally', { id: 't' }))
  return { a, b, t: a.actor('tally', 'roscius://b/t') }
}

test('who delivers what makes its receiver fail is told the error of the receiver', async () => {
  const { t } = await opened()
  await nodes.run(t.deliver({ type: 'ADD', n: 1 }))
  const error = await nodes.run(t.deliver({ type: 'POISON' }).catch((reason) => reason))
  expect(error).toMatchObject({ code: 'DEAD_LETTER', details: { reason: 'poison' } })
  expect(error.cause).toMatchObject({ message: 'I will not.' })
})

test('what made its receiver fail is a dead letter there, and what came after it is handled', async () => {
  const { b, t } = await opened()
  t.send({ type: 'ADD', n: 1 })
  t.send({ type: 'POISON' })
  t.send({ type: 'ADD', n: 2 })
  await nodes.until(() => b.actor('tally', 't').getSnapshot().context.seen.length === 2)
  expect(await all(b.deadLetters.list())).toMatchObject([{ path: 't', reason: 'poison', event: { type: 'POISON' } }])
})

test('a crash while it is tried again leaves it tried no more often', async () => {
  const { t } = await opened()
  const delivery = t.deliver({ type: 'POISON' }, { idempotencyKey: 'p' }).catch((reason) => reason)
  await nodes.clock.advance(6)
  const b = await nodes.crashAndOpen('b')
  expect(await nodes.run(delivery)).toMatchObject({ code: 'DEAD_LETTER' })
  await nodes.clock.advance(60_000)
  expect(await all(b.deadLetters.list())).toHaveLength(1)
  expect(b.actor('tally', 't').getSnapshot().status).toBe('active')
})

test('what is for an actor that does not exist is a dead letter there', async () => {
  const { a, b } = await opened()
  const none = a.actor('tally', 'roscius://b/none')
  await expect(nodes.run(none.deliver({ type: 'ADD', n: 1 }))).rejects.toMatchObject({
    code: 'DEAD_LETTER',
    details: { reason: 'actorNotFound' },
  })
  const relay = await nodes.run(a.spawn('relay', { id: 'r', input: { to: none } }))
  await nodes.run(relay.deliver({ type: 'PASS', n: 2 }))
  await nodes.clock.advance(100)
  expect(await all(b.deadLetters.list())).toMatchObject([
    { path: 'none', reason: 'actorNotFound', event: { n: 1 } },
    { path: 'none', reason: 'actorNotFound', event: { n: 2 }, from: 'roscius://a/r' },
  ])
})

test('what is for an actor that has ended is a dead letter there, once over a crash', async () => {
  const { t } = await opened()
  await nodes.run(t.deliver({ type: 'END' }))
  const store = nodes.store('b')
  store.crashAtBatch(store.written.batches + 1, 'after')
  t.send({ type: 'ADD', n: 1 })
  await nodes.run(store.crashed)
  const b = await nodes.crashAndOpen('b')
  await nodes.until(() => nodes.system('a').peer('b').figures()?.outbox.count === 0)
  expect(await all(b.deadLetters.list())).toMatchObject([{ path: 't', reason: 'actorEnded' }])
})

test('an actor that waits for its supervisor keeps what comes from afar in its order', async () => {
  const { b, t } = await opened()
  for (let n = 0; n < 20; n++) t.send(n === 5 ? { type: 'POISON' } : { type: 'ADD', n })
  await nodes.until(() => b.actor('tally', 't').getSnapshot().context.seen.length === 19)
  expect(b.actor('tally', 't').getSnapshot().context.seen).toEqual(
    Array.from({ length: 20 }, (_, n) => n).filter((n) => n !== 5),
  )
})

test('a store that fails halts its node, and is a loss for those who watch', async () => {
  const { a, b } = await opened()
  await nodes.run(a.spawn('guard', { id: 'g', input: { target: a.actor('tally', 'roscius://b/t') } }))
  await nodes.clock.advance(100)
  const store = nodes.store('b')
  store.failBatch(store.written.batches + 1, 'before')
  await b
    .actor('tally', 't')
    .deliver({ type: 'ADD', n: 1 })
    .catch(() => undefined)
  await nodes.clock.advance(15_000)
  expect(a.actor('guard', 'g').getSnapshot().context.told).toEqual(['nodeDown'])
})
