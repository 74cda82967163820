import {
  type FaultyNetwork,
  faultyNetwork,
  type NetworkFault,
  type SimulatedClock,
  seededRandom,
  simulatedClock,
} from 'roscius/testing'
import { describe, expect, test } from 'vitest'
import { memoryTransport } from '../../../src/remote/memory-transport.js'
import type { Connection, Transport } from '../../../src/remote/transport.js'

interface Node {
  readonly transport: Transport
  /** What came in by connection, in order of acceptance and dialling. */
  readonly connections: Connection[]
  readonly frames: string[]
  readonly ends: number[]
}

interface World {
  readonly clock: SimulatedClock
  readonly network: FaultyNetwork
  readonly nodes: Readonly<Record<string, Node>>
  link(from: string, to: string): Promise<Connection>
}

function world(options: Omit<Parameters<typeof faultyNetwork>[0], 'clock'> = {}, names = ['a', 'b', 'c']): World {
  const clock = simulatedClock()
  const network = faultyNetwork({ clock, ...options })
  const nodes: Record<string, Node> = {}
  for (const name of names) {
    const node: Node = { transport: memoryTransport(network, { name }), connections: [], frames: [], ends: [] }
    nodes[name] = node
    void node.transport.listen?.((connection) => hear(node, connection))
  }
  const link = async (from: string, to: string): Promise<Connection> => {
    const dial = (nodes[from] as Node).transport.dial(`memory://${to}`)
    await clock.advance(10)
    const connection = await dial
    hear(nodes[from] as Node, connection)
    return connection
  }
  return { clock, network, nodes, link }
}

function hear(node: Node, connection: Connection): void {
  node.connections.push(connection)
  connection.onMessage((bytes) => node.frames.push(Buffer.from(bytes).toString('latin1')))
  connection.onClose((code) => node.ends.push(code))
}

function say(connection: Connection, count: number, from = 0): void {
  for (let n = from; n < from + count; n++) connection.send(Buffer.from(`${n}`))
}

const numbers = (count: number): string[] => Array.from({ length: count }, (_, n) => `${n}`)

describe('a faulty network without faults', () => {
  test('delays each frame by chance, and keeps their order', async () => {
    const { clock, nodes } = world({ delay: { minMs: 1, maxMs: 100 } })
    const dial = nodes.a?.transport.dial('memory://b')
    await clock.advance(200)
    const connection = (await dial) as Connection
    say(connection, 50)
    await clock.advance(5)
    expect(nodes.b?.frames.length).toBeLessThan(50)
    await clock.advance(100)
    expect(nodes.b?.frames).toEqual(numbers(50))
  })
})

describe('a cut', () => {
  test('is told to both ends, loses what was on its way, and leaves other links alone', async () => {
    const { clock, network, nodes, link } = world()
    const toB = await link('a', 'b')
    const toC = await link('a', 'c')
    say(toB, 3)
    network.strike({ kind: 'cut', between: ['b', 'a'] })
    expect(toB.isOpen).toBe(false)
    await clock.advance(10)
    expect([nodes.a?.ends, nodes.b?.ends, nodes.b?.frames]).toEqual([[1006], [1006], []])
    say(toC, 1)
    await clock.advance(10)
    expect(nodes.c?.frames).toEqual(['0'])
    expect((await link('a', 'b')).isOpen).toBe(true)
  })

  test('comes again and again when a link flaps', async () => {
    const { clock, network, nodes, link } = world()
    network.strike({ kind: 'flap', between: ['a', 'b'], everyMs: 100, times: 3 })
    for (let n = 1; n <= 4; n++) {
      await link('a', 'b')
      await clock.advance(100)
    }
    expect(nodes.a?.ends).toEqual([1006, 1006, 1006])
    expect(nodes.a?.connections.map(({ isOpen }) => isOpen)).toEqual([false, false, false, true])
  })
})

describe('a half-open link', () => {
  test('is over for the one and goes on for the other, whose frames vanish and count as unsent', async () => {
    const { clock, network, nodes, link } = world()
    const connection = await link('a', 'b')
    network.strike({ kind: 'halfOpen', told: 'b', untold: 'a' })
    say(connection, 10)
    await clock.advance(60_000)
    expect([nodes.b?.ends, nodes.a?.ends, nodes.b?.frames]).toEqual([[1006], [], []])
    expect([connection.isOpen, connection.bufferedAmount]).toEqual([true, 10])
    connection.close()
    await clock.advance(10)
    expect(nodes.a?.ends).toEqual([1000])
    expect((await link('a', 'b')).isOpen).toBe(true)
  })
})

describe('a partition', () => {
  const split: NetworkFault = { kind: 'partition', groups: [['a'], ['b']] }

  test('holds frames, and lets them through in order when it heals', async () => {
    const { clock, network, nodes, link } = world()
    const connection = await link('a', 'b')
    network.strike(split)
    say(connection, 5)
    await clock.advance(60_000)
    expect([nodes.b?.frames, connection.isOpen, connection.bufferedAmount]).toEqual([[], true, 5])
    network.strike({ kind: 'heal' })
    say(connection, 5, 5)
    await clock.advance(10)
    expect([nodes.b?.frames, connection.bufferedAmount]).toEqual([numbers(10), 0])
  })

  test('lets dials wait in vain, and nodes of no group go on', async () => {
    const { clock, network, nodes, link } = world()
    network.strike(split)
    const dial = expect(nodes.a?.transport.dial('memory://b', { timeoutMs: 500 })).rejects.toMatchObject({
      code: 'PEER_UNREACHABLE',
    })
    await clock.advance(500)
    await dial
    say(await link('a', 'c'), 1)
    say(await link('c', 'b'), 1)
    await clock.advance(10)
    expect([nodes.c?.frames, nodes.b?.frames]).toEqual([['0'], ['0']])
  })

  test('keeps the end of a link from the other side until it heals', async () => {
    const { clock, network, nodes, link } = world()
    const connection = await link('a', 'b')
    network.strike(split)
    connection.close(4_000)
    await clock.advance(60_000)
    expect([nodes.a?.ends, nodes.b?.ends]).toEqual([[4_000], []])
    network.strike({ kind: 'heal' })
    await clock.advance(10)
    expect(nodes.b?.ends).toEqual([4_000])
  })
})

describe('a broken middlebox', () => {
  async function through(rates: NonNullable<Parameters<typeof faultyNetwork>[0]['rates']>) {
    const { clock, network, nodes, link } = world({ rates })
    const connection = await link('a', 'b')
    say(connection, 200)
    await clock.advance(1_000)
    const frames = nodes.b?.frames ?? []
    const count = (what: string) => network.trace.filter((note) => note.what === what).length
    return { frames, count, connection, nodes }
  }

  test('drops frames, and the link goes on', async () => {
    const { frames, count, connection } = await through({ drop: 0.2 })
    expect(count('dropped')).toBeGreaterThan(10)
    expect(frames).toHaveLength(200 - count('dropped'))
    expect(frames).toEqual(numbers(200).filter((name) => frames.includes(name)))
    expect([connection.isOpen, connection.bufferedAmount]).toEqual([true, 0])
  })

  test('duplicates frames', async () => {
    const { frames, count, connection } = await through({ duplicate: 0.2 })
    expect(count('duplicated')).toBeGreaterThan(10)
    expect(frames).toHaveLength(200 + count('duplicated'))
    expect([...new Set(frames)]).toEqual(numbers(200))
    expect(connection.bufferedAmount).toBe(0)
  })

  test('reorders frames', async () => {
    const { frames, count } = await through({ reorder: 0.2 })
    expect(count('reordered')).toBeGreaterThan(10)
    expect(frames).not.toEqual(numbers(200))
    expect(frames.toSorted((x, y) => Number(x) - Number(y))).toEqual(numbers(200))
  })

  test('flips one bit of a frame', async () => {
    const { frames, count } = await through({ corrupt: 0.2 })
    const changed = frames.filter((name, n) => name !== `${n}`)
    expect(changed).toHaveLength(count('corrupted'))
    const bits = frames.map((name, n) => bitsApart(Buffer.from(name, 'latin1'), Buffer.from(`${n}`)))
    expect(new Set(bits)).toEqual(new Set([0, 1]))
  })

  test('cuts links by chance, and both ends are told', async () => {
    const { frames, nodes } = await through({ cut: 0.05 })
    expect(frames).toEqual(numbers(frames.length))
    expect([nodes.a?.ends, nodes.b?.ends]).toEqual([[1006], [1006]])
  })

  test('stands between the nodes that are named, until the rates are set anew', async () => {
    const { clock, network, nodes, link } = world()
    network.strike({ kind: 'rates', rates: { drop: 1 }, between: ['b', 'a'] })
    const [toB, toC] = [await link('a', 'b'), await link('a', 'c')]
    for (const connection of [toB, toC]) say(connection, 1)
    await clock.advance(10)
    expect([nodes.b?.frames, nodes.c?.frames]).toEqual([[], ['0']])
    network.strike({ kind: 'rates', rates: {} })
    say(toB, 1, 1)
    await clock.advance(10)
    expect(nodes.b?.frames).toEqual(['1'])
  })
})

describe('a run', () => {
  const rates = { cut: 0.01, drop: 0.05, duplicate: 0.05, reorder: 0.05, corrupt: 0.05 }

  async function run(seed: number): Promise<unknown> {
    const script = [
      { atMs: 50, fault: { kind: 'partition', groups: [['a'], ['b', 'c']] } },
      { atMs: 120, fault: { kind: 'heal' } },
      { atMs: 200, fault: { kind: 'delay', delay: { minMs: 0, maxMs: 2 } } },
    ] as const
    const { clock, network, nodes, link } = world({
      random: seededRandom(seed),
      rates,
      script,
      delay: { minMs: 1, maxMs: 4 },
    })
    for (let round = 0; round < 3; round++) {
      const connection = await link('b', 'c')
      say(connection, 50)
      await clock.advance(100)
    }
    return [network.trace, Object.values(nodes).map(({ frames, ends }) => [frames, ends])]
  }

  test('repeats with its seed, and differs with another', async () => {
    const first = await run(1)
    expect(await run(1)).toEqual(first)
    expect(await run(2)).not.toEqual(first)
  })

  test('keeps to its script, and notes what it did and when', async () => {
    const { clock, network } = world({ script: [{ atMs: 70, fault: { kind: 'cut', between: ['a', 'b'] } }] })
    await clock.advance(100)
    expect(network.trace).toEqual([{ atMs: 70, what: 'cut', from: 'a', to: 'b' }])
  })
})

function bitsApart(a: Buffer, b: Buffer): number {
  let bits = 0
  a.forEach((byte, index) => {
    for (let rest = byte ^ (b[index] as number); rest > 0; rest >>= 1) bits += rest & 1
  })
  return bits
}
