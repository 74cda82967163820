import { withDelivery } from 'roscius'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Nodes } from '../../support/nodes.js'
import { all } from '../../support/world.js'
import { logic } from './actors.js'

let nodes: Nodes<typeof logic>
beforeEach(() => {
  nodes = new Nodes(logic)
})
afterEach(() => nodes.close())

const seen = () => nodes.system('b').actor('tally', 't').getSnapshot().context.seen

async function opened(limits: object) {
  const { a, b } = await nodes.pair({ b: { links: { limits } } })
  await nodes.run(b.spawn('tally', { id: 't' }))
  return { a, t: a.actor('tally', 'roscius://b/t') }
}

test.each([
  ['a string', { stringBytes: 4_096 }, 'x'.repeat(10_000)],
  ['a frame', { frameBytes: 16_384 }, ['x'.repeat(10_000), 'y'.repeat(10_000)]],
])('%s that is more than the peer takes is a dead letter, and what comes after it arrives', async (_, limits, n) => {
  const { a, t } = await opened(limits)
  t.send({ type: 'ADD', n: 1 })
  t.send({ type: 'ADD', n: n as never })
  t.send({ type: 'ADD', n: 2 })
  await nodes.until(() => seen().length === 2, 5_000)
  expect(seen()).toEqual([1, 2])
  expect(await all(a.deadLetters.list())).toMatchObject([{ path: 'roscius://b/t', reason: 'notSendable' }])
  await expect(nodes.run(t.deliver({ type: 'ADD', n: n as never }))).rejects.toMatchObject({ code: 'DEAD_LETTER' })
})

test('what is sent at most once and is more than the peer takes is dropped, without harm to the rest', async () => {
  const { t } = await opened({ stringBytes: 4_096 })
  t.send({ type: 'ADD', n: 1 })
  await nodes.until(() => seen().length === 1, 5_000)
  const once = withDelivery(t, { delivery: 'atMostOnce' })
  await expect(nodes.run(once.deliver({ type: 'ADD', n: 'x'.repeat(10_000) as never }))).rejects.toBeDefined()
  once.send({ type: 'ADD', n: 2 })
  t.send({ type: 'ADD', n: 3 })
  await nodes.until(() => seen().length === 3, 5_000)
  expect(seen()).toEqual([1, 2, 3])
})
