import { type RosciusRef, withDelivery } from 'roscius'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { assign, fromPromise, sendTo, setup } from 'xstate'
import { Nodes } from '../../support/nodes.js'
import { all } from '../../support/world.js'
import { tally } from './actors.js'
import { AUTH, RawPeer } from './raw-peer.js'

/** Passes on what it gets, and counts it. */
const player = setup({
  types: {
    context: {} as { to: RosciusRef | undefined; n: number },
    events: {} as { type: 'TO'; to: RosciusRef } | { type: 'BALL' },
  },
}).createMachine({
  context: { to: undefined, n: 0 },
  on: {
    TO: { actions: assign({ to: ({ event }) => event.to }) },
    BALL: {
      actions: [
        assign({ n: ({ context }) => context.n + 1 }),
        sendTo(({ context }) => context.to as RosciusRef, { type: 'BALL' }),
      ],
    },
  },
})

/** Passes on what it gets by an effect. */
const relay = setup({
  types: {
    context: {} as { to: RosciusRef | undefined; n: number },
    events: {} as { type: 'TO'; to: RosciusRef } | { type: 'BALL' },
  },
  actors: {
    pass: fromPromise<void, { to: RosciusRef }>(async ({ input }) => {
      await Promise.resolve()
      input.to.send({ type: 'BALL' })
    }),
  },
}).createMachine({
  context: { to: undefined, n: 0 },
  initial: 'idle',
  states: {
    idle: {
      on: {
        TO: { actions: assign({ to: ({ event }) => event.to }) },
        BALL: { target: 'passing', actions: assign({ n: ({ context }) => context.n + 1 }) },
      },
    },
    passing: { invoke: { src: 'pass', input: ({ context }) => ({ to: context.to as RosciusRef }), onDone: 'idle' } },
  },
})

const logic = { player, relay, tally }
let nodes: Nodes<typeof logic>
beforeEach(() => {
  nodes = new Nodes(logic)
})
afterEach(() => nodes.close())

const TRACE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
const count = (name: string, id = 'p') => nodes.system(name).actor('player', id).getSnapshot().context.n

async function players(...names: readonly ('a' | 'b')[]) {
  const { a, b } = await nodes.pair()
  const systems = { a, b }
  for (const name of names) {
    const other = name === 'a' ? 'b' : 'a'
    const ref = await nodes.run(systems[name].spawn('player', { id: 'p' }))
    await nodes.run(ref.deliver({ type: 'TO', to: systems[name].actor('player', `roscius://${other}/p`) }))
  }
  return systems
}

test('a loop of forwarding between nodes ends as a dead letter after 16 passes', async () => {
  const { a, b } = await players('a', 'b')
  a.actor('player', 'p').send({ type: 'BALL' })
  await nodes.clock.advance(2_000)
  const letters = [...(await all(a.deadLetters.list())), ...(await all(b.deadLetters.list()))]
  expect(letters).toMatchObject([{ reason: 'hopLimit', event: { type: 'BALL' } }])
  expect(count('a') + count('b')).toBe(18)
})

test('passes are counted through effects', async () => {
  const { a, b } = await nodes.pair()
  const [p, q] = [await nodes.run(a.spawn('relay', { id: 'p' })), await nodes.run(b.spawn('relay', { id: 'p' }))]
  await nodes.run(p.deliver({ type: 'TO', to: a.actor('relay', 'roscius://b/p') }))
  await nodes.run(q.deliver({ type: 'TO', to: b.actor('relay', 'roscius://a/p') }))
  p.send({ type: 'BALL' })
  await nodes.clock.advance(5_000)
  const letters = [...(await all(a.deadLetters.list())), ...(await all(b.deadLetters.list()))]
  expect(letters).toMatchObject([{ reason: 'hopLimit', event: { type: 'BALL' } }])
  expect(p.getSnapshot().context.n + q.getSnapshot().context.n).toBe(18)
})

test('passes are counted over crashes, and through local actors', async () => {
  const { a, b } = await players('a', 'b')
  const local = await nodes.run(b.spawn('player', { id: 'q' }))
  await nodes.run(local.deliver({ type: 'TO', to: b.actor('player', 'roscius://a/p') }))
  await nodes.run(b.actor('player', 'p').deliver({ type: 'TO', to: local }))
  a.actor('player', 'p').send({ type: 'BALL' })
  await nodes.clock.advance(9)
  await nodes.crashAndOpen('b')
  await nodes.clock.advance(60_000)
  const letters = [
    ...(await all(nodes.system('a').deadLetters.list())),
    ...(await all(nodes.system('b').deadLetters.list())),
  ]
  expect(letters).toMatchObject([{ reason: 'hopLimit' }])
  expect(count('a') + count('b')).toBe(18)
})

test('the limit is an option of the node that begins', async () => {
  const a = await nodes.open('a', { peers: { b: { address: 'memory://b', allow: 'everything' } }, links: { hops: 3 } })
  await nodes.open('b', { peers: { a: { allow: 'everything' } } })
  for (const [name, other] of [
    ['a', 'b'],
    ['b', 'a'],
  ] as const) {
    const ref = await nodes.run(nodes.system(name).spawn('player', { id: 'p' }))
    await nodes.run(ref.deliver({ type: 'TO', to: nodes.system(name).actor('player', `roscius://${other}/p`) }))
  }
  a.actor('player', 'p').send({ type: 'BALL' })
  await nodes.clock.advance(1_000)
  expect(count('a') + count('b')).toBe(5)
})

test('a node that lets its own go far takes what says nothing as 16', async () => {
  const b = await nodes.open('b', { peers: { m: { allow: 'everything' } }, auth: AUTH, links: { hops: 200 } })
  const ref = await nodes.run(b.spawn('player', { id: 'p' }))
  const peer = await RawPeer.dial(nodes, 'b')
  await nodes.run(ref.deliver({ type: 'TO', to: b.actor('player', 'roscius://m/x') }))
  peer.send({ kind: 'event', to: 'p', payload: { type: 'BALL' } })
  await nodes.clock.advance(50)
  expect(peer.envelopes).toMatchObject([{ to: 'x', hops: 15 }])
})

test('what is passed on keeps the trace, the conversation and the rest of its time, and names its cause', async () => {
  const b = await nodes.open('b', { peers: { m: { allow: 'everything' } }, auth: AUTH })
  const ref = await nodes.run(b.spawn('player', { id: 'p' }))
  const peer = await RawPeer.dial(nodes, 'b')
  await nodes.run(ref.deliver({ type: 'TO', to: b.actor('player', 'roscius://m/x') }))
  peer.send({
    kind: 'event',
    to: 'p',
    from: 'y',
    id: 'm-1',
    payload: { type: 'BALL' },
    traceparent: TRACE,
    correlation: 'talk',
    hops: 4,
  })
  await nodes.clock.advance(50)
  expect(peer.envelopes).toMatchObject([
    { kind: 'event', to: 'x', from: 'p', traceparent: TRACE, correlation: 'talk', hops: 3, causation: 'm-1' },
  ])
})

test('what has no id is named by its place in the order of its sender', async () => {
  const b = await nodes.open('b', { peers: { m: { allow: 'everything' } }, auth: AUTH })
  const ref = await nodes.run(b.spawn('player', { id: 'p' }))
  const peer = await RawPeer.dial(nodes, 'b')
  await nodes.run(ref.deliver({ type: 'TO', to: b.actor('player', 'roscius://m/x') }))
  peer.send({ kind: 'event', to: 'p', payload: { type: 'BALL' } })
  await nodes.clock.advance(50)
  expect(peer.envelopes).toMatchObject([{ causation: 'm-store/1/1' }])
})

test('a trace that a ref was given goes with what is sent', async () => {
  const b = await nodes.open('b', { peers: { m: { allow: 'everything' } }, auth: AUTH })
  const peer = await RawPeer.dial(nodes, 'b')
  withDelivery(b.actor('player', 'roscius://m/x'), { traceparent: TRACE }).send({ type: 'BALL' })
  await nodes.clock.advance(50)
  expect(peer.envelopes).toMatchObject([{ traceparent: TRACE }])
})

test('what is passed on has no more time than is left of its cause', async () => {
  const { a, b } = await players('b')
  const target = await nodes.run(a.spawn('player', { id: 'p' }))
  await nodes.run(target.deliver({ type: 'TO', to: a.actor('player', 'roscius://b/p') }))
  const release = nodes.store('b').hold()
  withDelivery(a.actor('player', 'roscius://b/p'), { deadlineMs: 1_000 }).send({ type: 'BALL' })
  await nodes.clock.advance(3_000)
  release()
  await nodes.clock.advance(1_000)
  expect(await all(b.deadLetters.list())).toMatchObject([{ path: 'roscius://a/p', reason: 'expired', from: 'p' }])
})
