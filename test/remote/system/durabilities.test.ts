import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Nodes } from '../../support/nodes.js'
import { logic } from './actors.js'

const DURABILITIES = ['durable', 'relaxed', 'volatile'] as const
type Durability = (typeof DURABILITIES)[number]
const PAIRS = DURABILITIES.flatMap((sender) => DURABILITIES.map((receiver) => ({ sender, receiver })))

let nodes: Nodes<typeof logic>
beforeEach(() => {
  nodes = new Nodes(logic)
})
afterEach(() => nodes.close())

async function opened(sender: Durability, receiver: Durability) {
  const { a, b } = await nodes.pair()
  await nodes.run(b.spawn('tally', { id: 't', durability: receiver }))
  const to = a.actor('tally', 'roscius://b/t')
  return nodes.run(a.spawn('relay', { id: 'r', input: { to }, durability: sender }))
}

const seen = () => nodes.system('b').actor('tally', 't').getSnapshot().context.seen
const isApart = (isSo: boolean) =>
  nodes.network.strike(isSo ? { kind: 'partition', groups: [['a'], ['b']] } : { kind: 'heal' })

describe.each(PAIRS)('from a $sender sender to a $receiver receiver', ({ sender, receiver }) => {
  const isSenderStored = sender !== 'volatile'
  const isReceiverStored = receiver !== 'volatile'

  test('each message arrives once and in order, however often the connection breaks', async () => {
    const relay = await opened(sender, receiver)
    const sent = Array.from({ length: 40 }, (_, i) => i)
    nodes.network.strike({ kind: 'flap', between: ['a', 'b'], everyMs: 7, times: 30 })
    for (const n of sent) {
      relay.send({ type: 'PASS', n })
      await nodes.clock.advance(3)
    }
    await nodes.until(() => seen().length >= sent.length)
    await nodes.clock.advance(2_000)
    expect(seen()).toEqual(sent)
  })

  test(`what waits at the sender ${isSenderStored ? 'outlives' : 'goes with'} its process`, async () => {
    const relay = await opened(sender, receiver)
    isApart(true)
    await nodes.run(relay.deliver({ type: 'PASS', n: 1 }))
    await nodes.crashAndOpen('a', { powerLoss: true })
    isApart(false)
    await nodes.clock.advance(60_000)
    expect(seen()).toEqual(isSenderStored ? [1] : [])
  })

  test(`what was confirmed ${isReceiverStored ? 'outlives' : 'goes with'} the process of the receiver`, async () => {
    const relay = await opened(sender, receiver)
    await nodes.run(relay.deliver({ type: 'PASS', n: 1 }))
    await nodes.until(() => nodes.system('a').peer('b').figures()?.outbox.count === 0)
    const b = await nodes.crashAndOpen('b', { powerLoss: true })
    if (!isReceiverStored) await nodes.run(b.spawn('tally', { id: 't', durability: receiver }))
    await nodes.run(relay.deliver({ type: 'PASS', n: 2 }))
    await nodes.until(() => seen().includes(2))
    expect(seen()).toEqual(isReceiverStored ? [1, 2] : [2])
  })

  test('numbers are not used twice after a crash of the sender', async () => {
    const relay = await opened(sender, receiver)
    await nodes.run(relay.deliver({ type: 'PASS', n: 1 }))
    await nodes.until(() => seen().length === 1)
    const a = await nodes.crashAndOpen('a', { powerLoss: true })
    const to = a.actor('tally', 'roscius://b/t')
    const next = isSenderStored
      ? a.actor('relay', 'r')
      : await nodes.run(a.spawn('relay', { id: 'r', input: { to }, durability: sender }))
    await nodes.run(next.deliver({ type: 'PASS', n: 2 }))
    await nodes.until(() => seen().length >= 2)
    expect(seen()).toEqual([1, 2])
  })
})
