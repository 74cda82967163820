import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Nodes } from '../../support/nodes.js'
import { logic } from './actors.js'

let nodes: Nodes<typeof logic>
beforeEach(() => {
  nodes = new Nodes(logic)
})
afterEach(() => nodes.close())

type Durability = 'durable' | 'volatile'

async function opened({ guard, tally }: { guard?: Durability; tally?: Durability } = {}) {
  const { a, b } = await nodes.pair()
  const t = await nodes.run(b.spawn('tally', { id: 't', ...(tally && { durability: tally }) }))
  const target = a.actor('tally', 'roscius://b/t')
  const g = await nodes.run(a.spawn('guard', { id: 'g', input: { target }, ...(guard && { durability: guard }) }))
  await nodes.until(() => a.peer('b').figures()?.outbox.count === 0)
  return { a, b, t, g }
}

const told = () => nodes.system('a').actor('guard', 'g').getSnapshot().context.told
const end = () => nodes.run(nodes.system('b').actor('tally', 't').deliver({ type: 'END' }))
const isApart = (isSo: boolean) =>
  nodes.network.strike(isSo ? { kind: 'partition', groups: [['a'], ['b']] } : { kind: 'heal' })
const events = (name: string, type: string) => (nodes.events.get(name) ?? []).filter((event) => event.type === type)

test('the end of an actor is told, with its output', async () => {
  const { t } = await opened()
  await nodes.run(t.deliver({ type: 'ADD', n: 1 }))
  await end()
  await nodes.until(() => told().length > 0)
  expect(told()).toEqual(['done 1'])
})

test('an actor that is stopped there ends so here', async () => {
  const { t } = await opened()
  await nodes.run(t.stop())
  await nodes.until(() => told().length > 0)
  expect(told()).toEqual(['stopped'])
})

test('an actor that has failed there ends so here', async () => {
  const { a, b } = await nodes.pair({ b: { onRootFailure: () => {} } })
  const t = await nodes.run(b.spawn('tally', { id: 't' }))
  await nodes.run(a.spawn('guard', { id: 'g', input: { target: a.actor('tally', 'roscius://b/t') } }))
  await nodes.clock.advance(50)
  for (let n = 0; n < 5; n++) t.send({ type: 'POISON' })
  await nodes.until(() => told().length > 0)
  expect(told()).toEqual(['failed'])
})

test('an actor that does not exist is lost', async () => {
  const { a } = await nodes.pair()
  await nodes.run(a.spawn('guard', { id: 'g', input: { target: a.actor('tally', 'roscius://b/none') } }))
  await nodes.until(() => told().length > 0)
  expect(told()).toEqual(['lost'])
})

test('an actor of a node without a link is lost at once', async () => {
  const a = await nodes.open('a', { peers: { b: 'memory://b' } })
  await nodes.run(a.spawn('guard', { id: 'g', input: { target: a.actor('tally', 'roscius://c/t') } }))
  expect(told()).toEqual(['lost'])
})

describe.each(['durable', 'volatile'] as const)('a %s watcher', (guard) => {
  test('of an actor that has ended is told at once, and once for each watch', async () => {
    const { g } = await opened({ guard })
    await end()
    await nodes.until(() => told().length === 1)
    g.send({ type: 'WATCH' })
    await nodes.until(() => told().length === 2)
    await nodes.clock.advance(1_000)
    expect(told()).toEqual(['done 0', 'done 0'])
  })

  test('is told once over a crash of the other node before the end', async () => {
    await opened({ guard })
    await nodes.crashAndOpen('b')
    await nodes.clock.advance(1_000)
    await end()
    await nodes.until(() => told().length > 0)
    await nodes.clock.advance(20_000)
    expect(told()).toEqual(['done 0'])
  })

  test('is told of the loss of a volatile actor when its node starts again', async () => {
    await opened({ guard, tally: 'volatile' })
    await nodes.crashAndOpen('b')
    await nodes.until(() => told().length > 0)
    await nodes.clock.advance(20_000)
    expect(told()).toEqual(['lost'])
  })
})

describe.each(['before', 'after'] as const)('%s any batch', (when) => {
  test.each(['a', 'b'])('a crash of %s leaves the end told once', async (victim) => {
    for (let step = 1; step <= 4; step++) {
      nodes = new Nodes(logic)
      const { t } = await opened()
      await nodes.clock.advance(100)
      const store = nodes.store(victim)
      store.crashAtBatch(store.written.batches + step, when, { powerLoss: true })
      t.deliver({ type: 'END' }, { idempotencyKey: 'end' }).catch(() => undefined)
      await nodes.clock.advance(50)
      await nodes.crashAndOpen(victim)
      await nodes.run(
        nodes
          .system('b')
          .actor('tally', 't')
          .deliver({ type: 'END' })
          .catch(() => undefined),
      )
      await nodes.until(() => told().length > 0)
      await nodes.clock.advance(30_000)
      expect({ step, told: told() }).toEqual({ step, told: ['done 0'] })
      await nodes.close()
    }
  })
})

test('a node that is gone ends all that is watched there, once, when the detector gives it up', async () => {
  await opened()
  await nodes.crash('b')
  await nodes.clock.advance(8_000)
  expect(told()).toEqual([])
  await nodes.clock.advance(4_000)
  expect(told()).toEqual(['nodeDown'])
  await nodes.clock.advance(120_000)
  expect(told()).toEqual(['nodeDown'])
  expect(events('a', 'nodeDown')).toEqual([{ type: 'nodeDown', peer: 'b' }])
})

test('a node that comes back before is not given up', async () => {
  await opened()
  await nodes.crash('b')
  await nodes.clock.advance(5_000)
  await nodes.open('b')
  await nodes.clock.advance(30_000)
  expect(told()).toEqual([])
  await end()
  await nodes.until(() => told().length > 0)
  expect(told()).toEqual(['done 0'])
})

test('what was told of the loss of a node is not told again when the actor ends', async () => {
  await opened()
  isApart(true)
  await nodes.clock.advance(15_000)
  expect(told()).toEqual(['nodeDown'])
  isApart(false)
  await nodes.until(() => events('a', 'nodeUp').length === 2)
  await nodes.clock.advance(1_000)
  await end()
  await nodes.clock.advance(20_000)
  expect(told()).toEqual(['nodeDown'])
})

test('an end that could not be told before the node was given up is not told after it', async () => {
  await opened()
  isApart(true)
  await end()
  await nodes.clock.advance(15_000)
  isApart(false)
  await nodes.clock.advance(60_000)
  expect(told()).toEqual(['nodeDown'])
})

test('after the loss of its node an actor can be watched again', async () => {
  const { g } = await opened()
  isApart(true)
  await nodes.clock.advance(15_000)
  isApart(false)
  await nodes.until(() => events('a', 'nodeUp').length === 2)
  g.send({ type: 'WATCH' })
  await nodes.clock.advance(100)
  await end()
  await nodes.until(() => told().length === 2)
  expect(told()).toEqual(['nodeDown', 'done 0'])
})

test('to watch an actor of a node that is given up is told at once', async () => {
  const { g } = await opened()
  isApart(true)
  await nodes.clock.advance(15_000)
  g.send({ type: 'WATCH' })
  await nodes.clock.advance(10)
  expect(told()).toEqual(['nodeDown', 'nodeDown'])
})

test('a node that was never there is given up, too', async () => {
  const a = await nodes.open('a', { peers: { b: { address: 'memory://b' } } })
  await nodes.run(a.spawn('guard', { id: 'g', input: { target: a.actor('tally', 'roscius://b/t') } }))
  await nodes.clock.advance(20_000)
  expect(told()).toEqual(['nodeDown'])
})

test('a watch that waits over a restart of its own node ends with the loss of the other one', async () => {
  await opened()
  await nodes.crash('b')
  await nodes.crashAndOpen('a')
  await nodes.clock.advance(20_000)
  expect(told()).toEqual(['nodeDown'])
})

test('who watches no more is told nothing', async () => {
  const { g } = await opened()
  await nodes.run(g.deliver({ type: 'UNWATCH' }))
  await nodes.clock.advance(100)
  await end()
  await nodes.clock.advance(1_000)
  expect(told()).toEqual([])
})

test('who watches no more is told nothing of what was on its way', async () => {
  const { g } = await opened()
  isApart(true)
  await end()
  await nodes.run(g.deliver({ type: 'UNWATCH' }))
  isApart(false)
  await nodes.clock.advance(5_000)
  expect(told()).toEqual([])
})

test('a machine inside an actor is told itself', async () => {
  const { a, b } = await nodes.pair()
  await nodes.run(b.spawn('tally', { id: 't' }))
  const target = a.actor('tally', 'roscius://b/t')
  await nodes.run(a.spawn('keeper', { id: 'k', input: { target } }))
  await nodes.clock.advance(50)
  await nodes.crashAndOpen('a')
  await end()
  const inner = () => {
    const { children } = nodes.system('a').actor('keeper', 'k').getSnapshot()
    const snapshot = children.inner?.getSnapshot() as { context: { told: readonly string[] } } | undefined
    return snapshot?.context.told ?? []
  }
  await nodes.until(() => inner().length > 0)
  await nodes.clock.advance(1_000)
  expect(inner()).toEqual(['done 0'])
})
