import { type RosciusError, withDelivery } from 'roscius'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Nodes } from '../../support/nodes.js'
import { logic, type TallyRef } from './actors.js'

let nodes: Nodes<typeof logic>
beforeEach(() => {
  nodes = new Nodes(logic)
})
afterEach(() => nodes.close())

const tally = () => nodes.system('b').actor('tally', 't')
const seen = () => tally().getSnapshot().context.seen
const spawnTally = () => nodes.run(nodes.system('b').spawn('tally', { id: 't', durability: 'volatile' }))
const pass = (n: number) => nodes.run(nodes.system('a').actor('relay', 'r').deliver({ type: 'PASS', n }))
const toTally = (): TallyRef => nodes.system('a').actor('tally', 'roscius://b/t')

/** A durable actor on `a` that sends to a volatile one on `b`. */
async function opened() {
  const { a } = await nodes.pair()
  await spawnTally()
  return nodes.run(a.spawn('relay', { id: 'r', input: { to: toTally() } }))
}

/** It is handled at this very moment: no confirmation and no answer has left. */
async function handledOne(): Promise<void> {
  for (let ms = 0; seen().length === 0 && ms < 100; ms++) await nodes.clock.advance(1)
}

/** The process of `b` ends; `meanwhile` comes before the two nodes have a connection again, and the actor has another life. */
async function crashed(meanwhile: () => Promise<unknown> = async () => undefined): Promise<readonly number[]> {
  const before = seen()
  await nodes.crash('b')
  nodes.network.strike({ kind: 'partition', groups: [['a'], ['b']] })
  await meanwhile()
  await nodes.open('b')
  await spawnTally()
  nodes.network.strike({ kind: 'heal' })
  await nodes.until(() => nodes.system('a').peer('b').figures()?.state === 'up')
  await nodes.clock.advance(1_000)
  return before
}

/** What was not taken for it may have been handled. */
function doubted(): unknown[] {
  const letters = nodes.events
    .get('b')
    ?.filter((event) => event.type === 'deadLetter' && event.reason === 'mayBeHandled')
  return (letters ?? []).map((event) => (event as unknown as { event: { n: number } }).event.n)
}

test('what a volatile actor may have handled in a former process of its node becomes a dead letter there', async () => {
  await opened()
  await pass(1)
  await handledOne()
  expect(await crashed()).toEqual([1])
  expect([seen(), doubted()]).toEqual([[], [1]])
  await pass(2)
  await nodes.until(() => seen().length === 1)
  expect([seen(), doubted()]).toEqual([[2], [1]])
})

test('what had not left before is delivered', async () => {
  await opened()
  await pass(1)
  await handledOne()
  await crashed(() => pass(2))
  expect([seen(), doubted()]).toEqual([[2], [1]])
})

test('a sender that has restarted does not know what had left', async () => {
  await opened()
  await pass(1)
  await handledOne()
  await crashed(async () => {
    await pass(2)
    await nodes.crashAndOpen('a')
  })
  expect([seen(), doubted()]).toEqual([[], [1, 2]])
  await pass(3)
  await nodes.until(() => seen().length === 1)
})

test('a process knows what it has handled itself: a connection that breaks leaves no doubt', async () => {
  await opened()
  await crashed()
  for (let n = 1; n <= 5; n++) {
    await pass(n)
    await nodes.clock.advance(n)
    nodes.cut('a')
  }
  await nodes.until(() => seen().length === 5)
  await nodes.clock.advance(10_000)
  expect([seen(), doubted()]).toEqual([[1, 2, 3, 4, 5], []])
})

test('whoever waits for what may have been handled is told so', async () => {
  await opened()
  const delivery = toTally().deliver({ type: 'ADD', n: 1 })
  const refused = delivery.catch((error: RosciusError) => error)
  await handledOne()
  await crashed()
  expect(await refused).toMatchObject({ code: 'DEAD_LETTER', details: { reason: 'mayBeHandled' } })
})

test('what may be handled several times is, if nobody knows', async () => {
  await opened()
  withDelivery(toTally(), { delivery: 'atLeastOnce' }).send({ type: 'ADD', n: 1 })
  await handledOne()
  expect(await crashed()).toEqual([1])
  expect([seen(), doubted()]).toEqual([[1], []])
})

test('at whatever moment the node ends, each message is handled once in all lives, or else is a dead letter', async () => {
  for (let atMs = 0; atMs < 12; atMs++) {
    nodes = new Nodes(logic)
    const relay = await opened()
    const sent = Array.from({ length: 8 }, (_, n) => n)
    for (const n of sent) {
      relay.send({ type: 'PASS', n })
      await nodes.clock.advance(n === 4 ? atMs : 1)
    }
    const before = await crashed()
    const handled = [...before, ...seen()]
    expect({ atMs, twice: handled.filter((n, i) => handled.indexOf(n) < i) }).toEqual({ atMs, twice: [] })
    expect(new Set([...handled, ...doubted()])).toEqual(new Set(sent))
    await nodes.close()
  }
})
