/** What a thousand associations cost that say nothing but that they live, beside as many WebSockets with a ping a second. */
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { createSystem, memoryStore } from 'roscius'
import { WebSocket, WebSocketServer } from 'ws'
import type { Bench } from '../harness/bench.js'
import { interleave } from '../harness/rounds.js'
import { rowOf } from '../harness/row.js'
import { APART, type Service, secondProcess } from '../harness/second-process.js'

const HEARTBEAT_MS = 1_000
/** Opened at once. */
const TOGETHER = 50

interface Spokes {
  readonly address: string
  readonly count: number
}

/** The share of a processor that this process takes over so many ms. */
async function load(ms: number): Promise<number> {
  const [before, start] = [process.cpuUsage(), performance.now()]
  // What is measured is what an idle process does in that time of the machine's clock.
  await sleep(ms)
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1_000 / (performance.now() - start)
}

/** The node that is measured. Its name comes before the others', so that it is the one that pings. */
export async function openHub({ count }: { readonly count: number }) {
  const system = await createSystem({
    name: 'hub',
    store: memoryStore(),
    logic: {},
    development: false,
    listen: { port: 0, perAddress: { burst: 2 * count, perSecond: count } },
    peers: { '*': {} },
    auth: { unauthenticated: 'loopback' },
    links: { heartbeatMs: HEARTBEAT_MS, handshakesInFlight: 2 * TOGETHER },
  })
  return {
    calls: {
      address: (): string => system.listening ?? '',
      links: (): number => system.peers().filter(({ state }) => state === 'up').length,
      load,
    },
    [Symbol.asyncDispose]: () => system.stop(),
  } satisfies Service
}

/** A thousand nodes that do nothing. */
export async function openSpokes({ address, count }: Spokes) {
  const systems: AsyncDisposable[] = []
  const open = async (n: number): Promise<void> => {
    const system = await createSystem({
      name: `spoke-${n}`,
      store: memoryStore(),
      logic: {},
      development: false,
      peers: { hub: address },
      auth: { unauthenticated: 'loopback' },
      links: { heartbeatMs: HEARTBEAT_MS },
    })
    systems.push(system)
    // Not measured: real sockets come up when they do.
    while (system.peer('hub').figures()?.state !== 'up') await sleep(5)
  }
  await inTurns(count, open)
  return {
    calls: {},
    [Symbol.asyncDispose]: async () => {
      await Promise.all(systems.map((system) => system[Symbol.asyncDispose]()))
    },
  } satisfies Service
}

/** The baseline's side that is measured: pings everybody, spread over the second as the connections came. */
export async function openBareHub() {
  const server = new WebSocketServer({ perMessageDeflate: false, host: '127.0.0.1', port: 0 })
  await once(server, 'listening')
  server.on('connection', (socket) => {
    const timer = setInterval(() => socket.ping(), HEARTBEAT_MS)
    socket.on('close', () => clearInterval(timer))
  })
  return {
    calls: {
      address: (): string => `ws://127.0.0.1:${(server.address() as { readonly port: number }).port}`,
      links: (): number => server.clients.size,
      load,
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of server.clients) socket.terminate()
      server.close()
    },
  } satisfies Service
}

/** `ws` answers pings itself. */
export async function openBareSpokes({ address, count }: Spokes) {
  const sockets: WebSocket[] = []
  await inTurns(count, async () => {
    const socket = new WebSocket(address, { perMessageDeflate: false })
    sockets.push(socket)
    await once(socket, 'open')
  })
  return {
    calls: {},
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.terminate()
    },
  } satisfies Service
}

async function inTurns(count: number, open: (n: number) => Promise<void>): Promise<void> {
  for (let n = 0; n < count; n += TOGETHER) {
    await Promise.all(Array.from({ length: Math.min(TOGETHER, count - n) }, (_, index) => open(n + index)))
  }
}

interface Hub extends Service {
  readonly calls: { readonly address: () => string; readonly links: () => number; readonly load: typeof load }
}

interface Star extends AsyncDisposable {
  load(ms: number): Promise<number>
}

/** A hub and its spokes, in a process each. */
async function star(names: { readonly hub: string; readonly spokes: string }, count: number): Promise<Star> {
  const module = import.meta.url
  const hub = await secondProcess<Hub>({ module, name: names.hub, argument: { count } }, APART)
  const spokes: Spokes = { address: await hub.call('address'), count }
  const others = await secondProcess<Service>({ module, name: names.spokes, argument: spokes }, APART)
  const links = await hub.call('links')
  if (links !== count) throw new Error(`${links} of ${count} links are up`)
  return {
    load: (ms) => hub.call('load', ms),
    async [Symbol.asyncDispose]() {
      await others[Symbol.asyncDispose]()
      await hub[Symbol.asyncDispose]()
    },
  }
}

export const idle: readonly Bench[] = [
  {
    ids: ['remote.idle'],
    async run({ quick }) {
      const count = quick ? 200 : 1_000
      const ms = quick ? 1_500 : 5_000
      await using ours = await star({ hub: openHub.name, spokes: openSpokes.name }, count)
      await using theirs = await star({ hub: openBareHub.name, spokes: openBareSpokes.name }, count)
      const percent = async (one: Star): Promise<number> => 100 * (await one.load(ms))
      const { subject, baseline } = await interleave({
        rounds: quick ? 1 : 5,
        warmUps: quick ? 0 : 1,
        subject: () => percent(ours),
        baseline: () => percent(theirs),
      })
      const note = `of one processor, for ${count} associations of one node`
      return [rowOf({ id: 'remote.idle', unit: '%', better: 'lower', goal: 1.5, note }, subject, baseline)]
    },
  },
]
