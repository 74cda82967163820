import { seededRandom, simulatedClock } from 'roscius/testing'
import { describe, expect, test } from 'vitest'
import { type MemoryNetwork, memoryNetwork, memoryTransport } from '../../../src/remote/memory-transport.js'
import type { Connection } from '../../../src/remote/transport.js'

describe('a network in memory', () => {
  test('carries nothing before its clock moves, and everything after the delay', async () => {
    const clock = simulatedClock()
    const { near, frames } = await pair(clock, 10)
    near.send(Uint8Array.of(7))
    await clock.advance(9)
    expect([frames.length, near.bufferedAmount]).toEqual([0, 1])
    await clock.advance(1)
    expect([frames.length, near.bufferedAmount]).toEqual([1, 0])
  })

  test('takes the bytes as they were at the call', async () => {
    const clock = simulatedClock()
    const { near, frames } = await pair(clock, 1)
    const bytes = Uint8Array.of(1)
    near.send(bytes)
    bytes[0] = 2
    await clock.advance(1)
    expect(frames).toEqual([Uint8Array.of(1)])
  })

  test('tells the name and the place of the other node as they were given', async () => {
    const clock = simulatedClock()
    const network = memoryNetwork({ clock })
    const server = memoryTransport(network, { name: 'b', certificateName: 'b.cert', isLoopback: false })
    const accepted: Connection[] = []
    await server.listen((connection) => void accepted.push(connection))
    const dial = memoryTransport(network, { name: 'a' }).dial('memory://b')
    await clock.advance(1)
    expect((await dial).remote).toEqual({ address: 'memory://b', certificateName: 'b.cert', isLoopback: false })
    expect(accepted[0]?.remote).toEqual({ address: 'memory://a', isLoopback: true })
  })

  test('leaves nothing waiting on its clock when a dial has ended, however it ended', async () => {
    const clock = simulatedClock()
    const { near, transport } = await pair(clock, 1)
    await expect(settled(clock, transport.dial('memory://nobody'))).rejects.toMatchObject({ code: 'PEER_UNREACHABLE' })
    near.terminate()
    await clock.advance(5)
    expect(clock.pending).toBe(0)
  })

  test('refuses a name that is taken by a listener, one that is none, and a network that is none', async () => {
    const network = memoryNetwork({ clock: simulatedClock() })
    await memoryTransport(network, { name: 'a' }).listen(() => undefined)
    const again = memoryTransport(network, { name: 'a' }).listen(() => undefined)
    await expect(again).rejects.toMatchObject({ code: 'LISTEN_FAILED' })
    expect(() => memoryTransport(network, { name: 'a b' })).toThrow('memoryTransport.name')
    expect(() => memoryTransport({ ...network } as MemoryNetwork, { name: 'c' })).toThrow('memoryTransport.network')
  })

  test('lets nothing overtake what its conduct holds, also when it holds the first alone', async () => {
    const clock = simulatedClock()
    let isHolding = true
    const network = memoryNetwork({
      clock,
      conduct: {
        dial: () => ({ delayMs: 1 }),
        cross: ({ bytes }) => (isHolding && bytes[0] === 1 ? 'held' : [{ bytes, delayMs: 1 }]),
      },
    })
    const frames: number[] = []
    const server = memoryTransport(network, { name: 'b' })
    await server.listen((connection) => connection.onMessage((bytes) => frames.push(bytes[0] as number)))
    const near = await settled(clock, memoryTransport(network, { name: 'a' }).dial('memory://b'))
    for (const n of [1, 2, 3]) near.send(Uint8Array.of(n))
    await clock.advance(10)
    network.release()
    await clock.advance(10)
    expect(frames).toEqual([])
    isHolding = false
    network.release()
    await clock.advance(10)
    expect(frames).toEqual([1, 2, 3])
  })

  test('counts nothing as unsent that was read, or came to an end that is over', async () => {
    const clock = simulatedClock()
    const { near, accepted } = await pair(clock, 5)
    accepted[0]?.pause()
    near.send(Uint8Array.of(1))
    await clock.advance(10)
    near.send(Uint8Array.of(2, 3))
    expect(near.bufferedAmount).toBe(3)
    accepted[0]?.terminate()
    expect(near.bufferedAmount).toBe(2)
    await clock.advance(10)
    expect([near.bufferedAmount, near.isOpen]).toEqual([0, true])
    near.onMessage(() => undefined)
    await clock.advance(1)
    expect(near.isOpen).toBe(false)
  })

  test('forgets links that have ended', async () => {
    const clock = simulatedClock()
    const { near, network } = await pair(clock, 1)
    expect(network.links).toHaveLength(1)
    near.close()
    await clock.advance(5)
    expect(network.links).toEqual([])
  })

  test('does the same in each run', async () => {
    expect(await talk()).toEqual(await talk())
  })
})

async function pair(clock: ReturnType<typeof simulatedClock>, delayMs: number) {
  const network = memoryNetwork({ clock, delayMs })
  const transport = memoryTransport(network, { name: 'a' })
  const frames: Uint8Array[] = []
  const accepted: Connection[] = []
  await memoryTransport(network, { name: 'b' }).listen((connection) => {
    accepted.push(connection)
    connection.onMessage((each) => frames.push(each))
  })
  const near = await settled(clock, transport.dial('memory://b'))
  return { network, transport, near, frames, accepted }
}

async function settled<T>(clock: ReturnType<typeof simulatedClock>, promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined)
  await clock.advance(100)
  return promise
}

/** What three nodes hear that answer each other at seeded moments. */
async function talk(): Promise<readonly string[]> {
  const clock = simulatedClock()
  const random = seededRandom(3)
  const network = memoryNetwork({ clock, delayMs: 2 })
  const heard: string[] = []
  const nodes = ['a', 'b', 'c'].map((name) => memoryTransport(network, { name }))
  for (const [index, node] of nodes.entries()) {
    await node.listen((connection) => {
      connection.onMessage((bytes) => {
        heard.push(`${clock.monotonic()} ${index} ${bytes[0]}`)
        if ((bytes[0] as number) > 0) connection.send(Uint8Array.of((bytes[0] as number) - 1))
      })
    })
  }
  for (const [from, to] of ['ab', 'bc', 'ca'] as const) {
    const node = nodes['abc'.indexOf(from as string)]
    const connection = await settled(clock, node?.dial(`memory://${to}`) as Promise<Connection>)
    connection.onMessage((bytes) => void connection.send(bytes))
    clock.schedule(() => connection.send(Uint8Array.of(5)), Math.floor(random.next() * 20))
  }
  await clock.advance(500)
  return heard
}
