import type { System } from 'roscius'
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
  return { a, b, t: a.actor('tally', 'roscius://b/t') }
}

describe('spawn on another node', () => {
  test('starts an actor there, of the logic that has that name there', async () => {
    const { a, b } = await nodes.pair()
    const target = a.actor('tally', 'roscius://b/x')
    const ref = await nodes.run(a.peer('b').spawn('relay', { id: 'r', input: { to: target } }))
    expect(ref.address).toBe('roscius://b/r')
    await nodes.run(b.spawn('tally', { id: 'x' }))
    await nodes.run(ref.deliver({ type: 'PASS', n: 1 }))
    expect(b.actor('tally', 'x').getSnapshot().context.seen).toEqual([1])
    await nodes.crashAndOpen('b')
    expect(nodes.system('b').actor('relay', 'r').getSnapshot().context.passed).toBe(1)
  })

  test('chooses an id where none is given', async () => {
    const { a } = await nodes.pair()
    const one = await nodes.run(a.peer('b').spawn('tally'))
    const other = await nodes.run(a.peer('b').spawn('tally'))
    expect(one.address).not.toBe(other.address)
  })

  test('of an id that exists is refused as it is there', async () => {
    const { a } = await opened()
    await expect(nodes.run(a.peer('b').spawn('tally', { id: 't' }))).rejects.toMatchObject({ code: 'ACTOR_EXISTS' })
    const used = await nodes.run(a.peer('b').spawn('tally', { id: 't', ifExists: 'use' }))
    expect(used.address).toBe('roscius://b/t')
  })

  test.each([
    ['logic that it does not have', { logic: 'none', options: {} }, 'LOGIC_NOT_FOUND'],
    ['input that it does not take', { logic: 'relay', options: { id: 'r' } }, 'ACTOR_FAILED'],
  ])('of %s is refused', async (_, { logic: name, options }, code) => {
    const { a } = await nodes.pair()
    await expect(nodes.run(a.peer('b').spawn(name as 'tally', options))).rejects.toMatchObject({ code })
  })

  test('with its name there', async () => {
    const { a, b } = await nodes.pair()
    await nodes.run(a.peer('b').spawn('tally', { id: 'x', systemId: 'the-tally', durability: 'volatile' }))
    expect(b.get('the-tally')).toBeDefined()
  })
})

describe('the result of an actor there', () => {
  test('is its output', async () => {
    const { t } = await opened()
    const result = t.result()
    await nodes.run(t.deliver({ type: 'ADD', n: 1 }))
    await nodes.run(t.deliver({ type: 'END' }))
    expect(await nodes.run(result)).toBe(1)
    expect(await nodes.run(t.result())).toBe(1)
  })

  test('is waited for over crashes of its node', async () => {
    const { t } = await opened()
    const result = t.result()
    await nodes.clock.advance(50)
    await nodes.crashAndOpen('b')
    await nodes.crashAndOpen('b')
    await nodes.run(t.deliver({ type: 'END' }))
    expect(await nodes.run(result)).toBe(0)
  })

  test('is an error where it was stopped, is not there, or its node is gone', async () => {
    const { a, t } = await opened()
    const result = t.result().catch(({ code }) => code)
    await nodes.run(t.stop())
    expect(await nodes.run(result)).toBe('ACTOR_STOPPED')
    const none = a.actor('tally', 'roscius://b/none').result()
    await expect(nodes.run(none)).rejects.toMatchObject({ code: 'ACTOR_STOPPED' })
    await nodes.run(nodes.system('b').spawn('tally', { id: 'u' }))
    const lost = a.actor('tally', 'roscius://b/u').result()
    lost.catch(() => undefined)
    await nodes.clock.advance(50)
    await nodes.crash('b')
    await expect(nodes.run(lost)).rejects.toMatchObject({ code: 'PEER_DOWN' })
  })
})

test('stop and cancel end an actor there, and say what is wrong', async () => {
  const { a, b, t } = await opened()
  await nodes.run(b.spawn('tally', { id: 'u' }))
  await nodes.run(t.stop())
  expect(b.actor('tally', 't').getSnapshot().status).toBe('stopped')
  await nodes.run(a.actor('tally', 'roscius://b/u').cancel({ reason: 'enough' }))
  expect(b.actor('tally', 'u').getSnapshot().status).toBe('stopped')
  const none = a.actor('tally', 'roscius://b/none')
  await expect(nodes.run(none.stop())).rejects.toMatchObject({ code: 'ACTOR_NOT_FOUND' })
  await expect(nodes.run(none.cancel())).rejects.toMatchObject({ code: 'ACTOR_NOT_FOUND' })
  await expect(nodes.run(t.stop({ deadlineMs: -1 }))).rejects.toMatchObject({ code: 'OPTIONS_INVALID' })
})

describe('observing', () => {
  test('a state is not local until somebody subscribes, and then the newest that has come', async () => {
    const { t } = await opened()
    expect(() => t.getSnapshot()).toThrow(expect.objectContaining({ code: 'SNAPSHOT_NOT_LOCAL' }))
    const seen: (readonly number[])[] = []
    const subscription = t.subscribe((snapshot) => seen.push(snapshot.context.seen))
    await nodes.clock.advance(50)
    await nodes.run(t.deliver({ type: 'ADD', n: 1 }))
    await nodes.until(() => seen.at(-1)?.length === 1)
    expect(t.getSnapshot().context.seen).toEqual([1])
    expect(t.getSnapshot().matches('open')).toBe(true)
    subscription.unsubscribe()
    await nodes.run(t.deliver({ type: 'ADD', n: 2 }))
    await nodes.clock.advance(50)
    expect(seen.at(-1)).toEqual([1])
  })

  test('goes on over broken connections and crashes of the other node', async () => {
    const { t } = await opened()
    let seen: readonly number[] = []
    t.subscribe((snapshot) => {
      seen = snapshot.context.seen
    })
    for (const n of [1, 2, 3]) {
      await nodes.run(t.deliver({ type: 'ADD', n }))
      if (n === 1) nodes.cut('a')
      if (n === 2) await nodes.crashAndOpen('b')
      await nodes.until(() => seen.length === n)
    }
    expect(seen).toEqual([1, 2, 3])
  })

  test('nothing is seen of a state before it is committed', async () => {
    const { b, t } = await opened()
    let seen: readonly number[] = []
    t.subscribe((snapshot) => {
      seen = snapshot.context.seen
    })
    await nodes.clock.advance(100)
    const release = nodes.store('b').hold()
    b.actor('tally', 't').send({ type: 'ADD', n: 1 })
    await nodes.clock.advance(500)
    expect(seen).toEqual([])
    release()
    await nodes.until(() => seen.length === 1)
  })

  test('ends with the actor', async () => {
    const { t } = await opened()
    const told: string[] = []
    t.subscribe({ complete: () => told.push('complete'), error: () => told.push('error') })
    await nodes.clock.advance(50)
    await nodes.run(t.deliver({ type: 'END' }))
    await nodes.clock.advance(100)
    expect(told).toEqual(['complete'])
    expect(t.getSnapshot()).toMatchObject({ status: 'done' })
  })

  test('is refused where the peer does not allow it', async () => {
    const { a, b } = await nodes.pair({ b: { peers: { a: { allow: { send: [{ paths: ['**'] }] } } } } })
    await nodes.run(b.spawn('tally', { id: 't' }))
    let error: unknown
    a.actor('tally', 'roscius://b/t').subscribe({
      error: (reason) => {
        error = reason
      },
    })
    await nodes.clock.advance(100)
    expect(error).toMatchObject({ code: 'PEER_REFUSED' })
  })
})

test.each([
  ['spawn', (a: System<typeof logic>) => a.peer('b').spawn('tally', { id: 'x' })],
  ['stop', (a: System<typeof logic>) => a.actor('tally', 'roscius://b/t').stop()],
  ['cancel', (a: System<typeof logic>) => a.actor('tally', 'roscius://b/t').cancel()],
  ['deliver', (a: System<typeof logic>) => a.actor('tally', 'roscius://b/t').deliver({ type: 'END' })],
  ['ask', (a: System<typeof logic>) => a.actor('tally', 'roscius://b/t').ask((replyTo) => ({ type: 'GET', replyTo }))],
] as const)(
  '%s is refused where the peer allows nothing',
  async (_, act: (a: System<typeof logic>) => Promise<unknown>) => {
    const { a, b } = await nodes.pair({ b: { peers: { a: {} } } })
    await nodes.run(b.spawn('tally', { id: 't' }))
    await expect(nodes.run(act(a))).rejects.toMatchObject({ code: 'PEER_REFUSED' })
    expect(b.actor('tally', 't').getSnapshot().status).toBe('active')
  },
)

test('what an actor sends where it may not is a dead letter on its own node', async () => {
  const { a, b } = await nodes.pair({ b: { peers: { a: {} } } })
  await nodes.run(b.spawn('tally', { id: 't' }))
  const relay = await nodes.run(a.spawn('relay', { id: 'r', input: { to: a.actor('tally', 'roscius://b/t') } }))
  await nodes.run(relay.deliver({ type: 'PASS', n: 1 }))
  await nodes.clock.advance(100)
  const letters = []
  for await (const letter of a.deadLetters.list()) letters.push(letter)
  expect(letters).toMatchObject([{ path: 'roscius://b/t', reason: 'peerRefused', event: { type: 'ADD' } }])
})
