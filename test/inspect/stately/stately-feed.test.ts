import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createWebSocketReceiver, type StatelyInspectionEvent } from '@statelyai/inspect'
import { createSystem, defineRedaction, memoryStore, type System } from 'roscius'
import { afterEach, describe, expect, test } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { type AnyStateMachine, assign, createMachine, fromPromise, setup } from 'xstate'
import { StatelyFeed } from '../../../src/inspect/stately/stately-feed.js'
import type { StatelySink } from '../../../src/inspect/stately/stately-viewer.js'

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

const lamp = setup({
  types: { context: {} as { clicks: number; apiKey: string }, events: {} as { type: 'CLICK' } | { type: 'BREAK' } },
}).createMachine({
  id: 'lamp',
  context: { clicks: 0, apiKey: 'sk-do-not-tell' },
  initial: 'off',
  on: {
    BREAK: {
      actions: assign(() => {
        throw new Error('broken')
      }),
    },
  },
  states: {
    off: { on: { CLICK: { target: 'on', actions: assign({ clicks: ({ context }) => context.clicks + 1 }) } } },
    on: { on: { CLICK: 'off' } },
  },
})

/** A machine that invokes a machine that invokes … `depth` of them, the innermost a promise. */
function nested(depth: number): AnyStateMachine {
  const inner = depth === 1 ? fromPromise(async () => 'found') : nested(depth - 1)
  return setup({ actors: { inner } }).createMachine({
    id: `level${depth}`,
    initial: 'waiting',
    states: { waiting: { invoke: { id: 'inner', src: 'inner', onDone: 'found' } }, found: { type: 'final' } },
  })
}

const hosting = setup({ actors: { guest: createMachine({ id: 'guest' }) } }).createMachine({
  on: { PING: {} },
  invoke: { id: 'guest', src: 'guest' },
})

async function open(logic: Record<string, AnyStateMachine>): Promise<System> {
  const system = await createSystem({ name: 'here', store: memoryStore(), logic })
  closers.push(() => system.stop())
  return system as unknown as System
}

/** What a viewer of the package is told, over a WebSocket. */
async function receiverAt(feed: StatelyFeed): Promise<StatelyInspectionEvent[]> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  closers.push(() => server.close())
  server.on('connection', (socket: WebSocket) => {
    const end = feed.connect({ send: (text) => socket.send(text), isReady: () => true })
    socket.on('close', end)
    closers.push(() => socket.terminate())
  })
  await once(server, 'listening')
  const received: StatelyInspectionEvent[] = []
  const { port } = server.address() as AddressInfo
  const receiver = createWebSocketReceiver({ server: `ws://127.0.0.1:${port}` })
  receiver.subscribe((event) => void received.push(event))
  await until(() => server.clients.size > 0)
  return received
}

const feedOf = (system: System): StatelyFeed => new StatelyFeed(system, defineRedaction())

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 2))
}

type Told = { type: string; sessionId: string; name?: string; parentId?: string; snapshot?: Record<string, unknown> }

const told = (events: readonly unknown[], type: string, sessionId: string): Told[] =>
  (events as Told[]).filter((event) => event.type === `@xstate.${type}` && event.sessionId === sessionId)

describe('the Stately feed', () => {
  test('tells the receiver of @statelyai/inspect of actors, events and snapshots', async () => {
    const system = await open({ lamp })
    const received = await receiverAt(feedOf(system))
    const ref = await system.spawn('lamp', { id: 'hall' })
    await ref.deliver({ type: 'CLICK' })
    await until(() => told(received, 'snapshot', 'hall').some(({ snapshot }) => snapshot?.value === 'on'))
    const [actor] = told(received, 'actor', 'hall')
    expect(actor).toMatchObject({ name: 'hall', rootId: 'hall', _version: '0.7.2', id: null })
    expect(JSON.parse((actor as unknown as { definition: string }).definition)).toMatchObject({
      id: 'lamp',
      states: { off: { on: { CLICK: { target: 'on' } } } },
    })
    expect(told(received, 'event', 'hall').at(-1)).toMatchObject({ event: { type: 'CLICK' } })
  })

  test('tells a late viewer who is there, each before what it does, parents first', async () => {
    const system = await open({ lamp })
    for (const id of ['a', 'b', 'c']) await (await system.spawn('lamp', { id })).deliver({ type: 'CLICK' })
    const received = await receiverAt(feedOf(system))
    await until(() => told(received, 'actor', 'c').length > 0)
    for (const id of ['a', 'b', 'c']) expect(told(received, 'actor', id)[0]?.snapshot).toMatchObject({ value: 'on' })
    system.actor('lamp', 'b').send({ type: 'CLICK' })
    await until(() => told(received, 'snapshot', 'b').length > 0)
    expect(told(received, 'actor', 'b')).toHaveLength(1)
  })

  test('shows machines of six levels and the promise inside them', async () => {
    const system = await open({ deep: nested(6) })
    const received = await receiverAt(feedOf(system))
    await system.spawn('deep', { id: 'deep' })
    await until(() => told(received, 'snapshot', 'deep').some(({ snapshot }) => snapshot?.status === 'done'))
    const actors = (received as unknown as Told[]).filter(({ type }) => type === '@xstate.actor')
    const depthOf = ({ parentId }: Told): number =>
      parentId === undefined ? 0 : 1 + depthOf(actors.find(({ sessionId }) => sessionId === parentId) as Told)
    expect(new Set(actors.map(depthOf))).toEqual(new Set([0, 1, 2, 3, 4, 5, 6]))
  })

  test('shows the machines inside an actor to one who comes later', async () => {
    const waiting = createMachine({
      id: 'waiting',
      initial: 'here',
      states: { here: { on: { GO: 'there' } }, there: {} },
    })
    const outer = setup({ actors: { waiting } }).createMachine({ invoke: { id: 'guest', src: 'waiting' } })
    const system = await open({ outer })
    await system.spawn('outer', { id: 'host' })
    const received = await receiverAt(feedOf(system))
    await until(() => (received as unknown as Told[]).some(({ parentId }) => parentId === 'host'))
    const guest = (received as unknown as Told[]).find(({ parentId }) => parentId === 'host') as Told
    expect(guest).toMatchObject({ name: 'guest', snapshot: { value: 'here' } })
  })

  test('tells no secrets, and no initial context', async () => {
    const system = await open({ lamp })
    const received = await receiverAt(feedOf(system))
    await (await system.spawn('lamp', { id: 'hall' })).deliver({ type: 'CLICK' })
    await until(() => told(received, 'snapshot', 'hall').length > 1)
    expect(JSON.stringify(received)).not.toContain('do-not-tell')
    expect(told(received, 'snapshot', 'hall').at(-1)?.snapshot).toMatchObject({ context: { clicks: 1 } })
  })

  test('finds actors whatever their names', async () => {
    const system = await open({ lamp })
    await system.spawn('lamp', { id: '<b>light 0</b>' })
    const sent: Told[] = []
    closers.push(feedOf(system).connect({ isReady: () => true, send: (text) => void sent.push(JSON.parse(text)) }))
    await until(() => sent.length > 0)
    expect(sent[0]).toMatchObject({ name: '<b>light 0</b>', snapshot: { value: 'off' } })
  })

  test('tells of a failure', async () => {
    const system = await open({ lamp })
    const received = await receiverAt(feedOf(system))
    const ref = await system.spawn('lamp', { id: 'hall' })
    for (let n = 0; n < 8; n++) await ref.deliver({ type: 'BREAK' }).catch(() => undefined)
    await until(() => told(received, 'snapshot', 'hall').some(({ snapshot }) => snapshot?.status === 'error'))
  })
})

describe('a viewer', () => {
  test('that does not keep up is sent nothing, and later the newest state', async () => {
    const system = await open({ lamp })
    const feed = feedOf(system)
    const sent: Told[] = []
    let isReady = true
    const sink: StatelySink = { isReady: () => isReady, send: (text) => void sent.push(JSON.parse(text)) }
    closers.push(feed.connect(sink))
    const ref = await system.spawn('lamp', { id: 'hall' })
    await until(() => told(sent, 'actor', 'hall').length > 0)
    isReady = false
    const before = sent.length
    for (let n = 0; n < 101; n++) await ref.deliver({ type: 'CLICK' })
    expect(sent).toHaveLength(before)
    isReady = true
    await until(() => sent.length > before)
    expect(sent.slice(before)).toMatchObject([
      { type: '@xstate.snapshot', snapshot: { value: 'on', context: { clicks: 51 } } },
    ])
  })

  test('that does not keep up hears of new actors later, once, as they are then', async () => {
    const system = await open({ lamp, host: hosting })
    const sent: Told[] = []
    let isReady = false
    closers.push(feedOf(system).connect({ isReady: () => isReady, send: (text) => void sent.push(JSON.parse(text)) }))
    for (let n = 0; n < 50; n++) await (await system.spawn('lamp', { id: `lamp${n}` })).deliver({ type: 'CLICK' })
    await (await system.spawn('host', { id: 'host' })).deliver({ type: 'PING' })
    expect(sent).toEqual([])
    isReady = true
    await until(() => sent.some(({ parentId }) => parentId === 'host'))
    for (let n = 0; n < 50; n++) {
      expect(told(sent, 'actor', `lamp${n}`)).toMatchObject([{ snapshot: { value: 'on', context: { clicks: 1 } } }])
      expect(told(sent, 'event', `lamp${n}`)).toEqual([])
    }
  })

  test('hears once of each promise inside an actor, and how it ended', async () => {
    const caller = setup({ actors: { call: fromPromise(async () => 1) } }).createMachine({
      initial: 'idle',
      on: { PING: {} },
      states: {
        idle: { on: { CALL: 'calling' } },
        calling: { invoke: { id: 'call', src: 'call', onDone: 'idle' } },
      },
    })
    const system = await open({ caller })
    const sent: Told[] = []
    closers.push(feedOf(system).connect({ isReady: () => true, send: (text) => void sent.push(JSON.parse(text)) }))
    const ref = await system.spawn('caller', { id: 'c' })
    for (let n = 0; n < 5; n++) {
      await ref.deliver({ type: 'CALL' })
      await system.settled()
      await ref.deliver({ type: 'PING' })
    }
    const calls = sent.filter(({ type, name }) => type === '@xstate.actor' && name === 'call')
    expect(new Set(calls.map(({ sessionId }) => sessionId)).size).toBe(5)
    expect(calls).toHaveLength(5)
    for (const { sessionId } of calls)
      expect(told(sent, 'snapshot', sessionId).at(-1)?.snapshot).toMatchObject({ status: 'done' })
  })

  test('harms nobody, whatever an actor lives with', async () => {
    const holder = createMachine({
      context: { held: undefined as unknown },
      on: { HOLD: { actions: assign({ held: ({ event }) => (event as unknown as { held: unknown }).held }) } },
    })
    const system = await createSystem({
      name: 'here',
      store: memoryStore(),
      logic: { holder: { logic: holder, durability: 'volatile' } },
    })
    closers.push(() => system.stop())
    const sent: Told[] = []
    const feed = feedOf(system as unknown as System)
    closers.push(feed.connect({ isReady: () => true, send: (text) => void sent.push(JSON.parse(text)) }))
    const ref = await system.spawn('holder', { id: 'h' })
    let deep: object = {}
    for (let level = 0; level < 20_000; level++) deep = { deep }
    const getter = Object.defineProperty({}, 'x', {
      enumerable: true,
      get: () => {
        throw new Error('a trap')
      },
    })
    // What an observer throws would end the process here.
    for (const held of [deep, getter]) await ref.deliver({ type: 'HOLD', held } as never)
    await until(() => told(sent, 'event', 'h').filter(({ type }) => type === '@xstate.event').length === 3)
  })

  test('that has gone leaves nothing attached', async () => {
    const system = await open({ lamp })
    let attached = 0
    const source = {
      name: system.name,
      actors: () => system.actors(),
      actor: (logic: never, address: string) => system.actor(logic, address),
      on: system.on.bind(system),
      inspect: (observer: Parameters<System['inspect']>[0]) => {
        attached++
        const { unsubscribe } = system.inspect(observer)
        return {
          unsubscribe: () => {
            attached--
            unsubscribe()
          },
        }
      },
    }
    const feed = new StatelyFeed(source, defineRedaction())
    expect(attached).toBe(0)
    const ends = [1, 2].map(() => feed.connect({ isReady: () => true, send: () => undefined }))
    expect(attached).toBe(1)
    for (const end of ends) end()
    expect(attached).toBe(0)
  })
})
