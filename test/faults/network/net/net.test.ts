import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { build } from '../../../support/build.js'
import { Program } from '../processes/program.js'
import type { EchoArguments, EchoLine } from './echo.child.js'
import { namespaceNet } from './namespaces.js'
import type { Net, NetNode, Weather } from './net.js'
import { openNet } from './open-net.js'
import { proxyNet } from './proxy-net.js'

beforeAll(() => build().then(() => build('test/faults')), 120_000)

/** As long as it takes to be sure that nothing comes any more. */
const SILENCE_MS = 300
const NAMES = ['a', 'b', 'c']
const drivers = [
  ['namespaces', namespaceNet],
  ['proxy', proxyNet],
] as const

describe.each(drivers)('a network of %s', (kind, make) => {
  let net: Net | undefined
  let programs: Program<EchoLine>[] = []

  beforeAll(async () => {
    net = await make(NAMES)
    if (net === undefined) console.log(`no network of ${kind} can be made here`)
    else console.log(`${kind}: weather is ${[...net.can].join(', ')}`)
  })
  afterAll(() => net?.close())

  const nodeOf = (name: string): NetNode => (net as Net).nodes.find((node) => node.name === name) as NetNode
  const run = (name: string, args: EchoArguments): Program<EchoLine> => {
    const program = new Program<EchoLine>(nodeOf(name), 'net/echo', args)
    programs.push(program)
    return program
  }
  const serve = async (name: string): Promise<Program<EchoLine>> => {
    const { host, port } = nodeOf(name)
    const program = run(name, { role: 'server', host, port })
    expect(await program.said(({ t }) => t === 'ready')).toBeDefined()
    return program
  }
  const call = (from: string, to: string, times?: number): Program<EchoLine> =>
    run(from, { role: 'client', address: net?.addressOf(from, to) ?? '', everyMs: 10, times })
  /** A new echo, from now on. */
  const hears = async (client: Program<EchoLine>, withinMs = 20_000) =>
    (await client.said(({ t }) => t === 'echo', { from: client.lines.length, withinMs })) !== undefined
  const closing = (program: Program<EchoLine>) => program.said(({ t }) => t === 'closed')
  const hasClosed = (program: Program<EchoLine>) => program.lines.some(({ t }) => t === 'closed')

  beforeEach((context) => {
    if (net === undefined) context.skip()
  })
  afterEach(async () => {
    await net?.heal()
    for (const program of programs) program.kill()
    await Promise.all(programs.map(({ ended }) => ended))
    programs = []
  })

  test('carries bytes both ways between each pair', async () => {
    await Promise.all(NAMES.map(serve))
    for (const from of NAMES) {
      for (const to of NAMES) if (from !== to) expect(await hears(call(from, to)), `${from} to ${to}`).toBe(true)
    }
  })

  test('holds all in a partition without a word, and goes on with it after', async () => {
    const server = await serve('b')
    const client = call('a', 'b')
    expect(await hears(client)).toBe(true)
    await net?.partition(['a', 'b'])
    await pause(SILENCE_MS)
    expect(await hears(client, SILENCE_MS)).toBe(false)
    await net?.heal()
    expect(await hears(client)).toBe(true)
    expect([hasClosed(client), hasClosed(server)]).toEqual([false, false])
  })

  test('lets no call through in a partition, and does not refuse it either', async () => {
    await serve('b')
    await net?.partition(['a', 'b'])
    const client = call('a', 'b')
    expect(await hears(client, 2 * SILENCE_MS)).toBe(false)
    expect(hasClosed(client)).toBe(false)
    await net?.heal()
    expect(await hears(client)).toBe(true)
  })

  test('parts two and leaves the third with both', async () => {
    await Promise.all(NAMES.map(serve))
    await net?.partition(['a', 'b'])
    expect(await hears(call('a', 'c'))).toBe(true)
    expect(await hears(call('c', 'b'))).toBe(true)
    expect(await hears(call('b', 'a'), 2 * SILENCE_MS)).toBe(false)
  })

  test('cuts connections so that both ends are told, and takes new ones at once', async () => {
    const server = await serve('b')
    const client = call('a', 'b')
    expect(await hears(client)).toBe(true)
    await net?.cut(['a', 'b'])
    expect(await closing(client)).toBeDefined()
    expect(await closing(server)).toBeDefined()
    expect(await hears(call('a', 'b'))).toBe(true)
  })

  test('leaves one end of a half-open connection in its belief', async () => {
    const server = await serve('b')
    const client = call('a', 'b', 1)
    expect(await hears(client)).toBe(true)
    await pause(SILENCE_MS)
    await net?.halfOpen('a', 'b')
    expect(await closing(client)).toBeDefined()
    await pause(SILENCE_MS)
    expect(hasClosed(server)).toBe(false)
    expect(await hears(call('a', 'b'))).toBe(true)
  })

  test('flaps as often as it is told to, and is whole after', async () => {
    await serve('b')
    const client = call('a', 'b')
    expect(await hears(client)).toBe(true)
    await net?.flap(['b', 'a'], { everyMs: 100, times: 3 })
    expect(await hears(client)).toBe(true)
    expect(hasClosed(client)).toBe(false)
  })

  test.each<[claim: string, weather: Weather]>([
    ['loss', { loss: 0.1 }],
    ['little bandwidth', { bytesPerSecond: 20_000 }],
    ['delay that varies', { delayMs: 10, jitterMs: 5 }],
    ['packets that overtake each other', { delayMs: 10, reorder: 0.2 }],
    ['packets that come twice', { duplicate: 0.1 }],
    ['packets that are damaged', { corrupt: 0.02 }],
  ])('bears %s without a byte lost or out of order', async (_, weather) => {
    if (net === undefined || !Object.keys(weather).every((each) => net?.can.has(each as keyof Weather))) return
    await serve('b')
    await net.weather(['a', 'b'], weather)
    const client = call('a', 'b')
    expect(await client.said((line) => line.t === 'echo' && line.n === 100)).toBeDefined()
    expect(hasClosed(client)).toBe(false)
    await net.weather(['a', 'b'], {})
  })

  test('delays by no less than it was told', async () => {
    if (!net?.can.has('delayMs')) return
    await serve('b')
    await net.weather(['a', 'b'], { delayMs: 40 })
    const client = call('a', 'b')
    const echo = await client.said(({ t }) => t === 'echo')
    expect(echo).toMatchObject({ t: 'echo' })
    expect((echo as EchoLine & { t: 'echo' }).ms).toBeGreaterThanOrEqual(79)
    await net.weather(['a', 'b'], {})
  })
})

test('where the kernel lets nobody make a network, a proxy stands in', async () => {
  const net = await openNet('namespaces', ['a', 'b'])
  expect(['namespaces', 'proxy']).toContain(net.kind)
  await net.close()
})

test('weather that can not be made is refused by name', async () => {
  const net = await proxyNet(['a', 'b'])
  await expect(net.weather(['a', 'b'], { duplicate: 0.1 })).rejects.toThrow("(proxy) can't make duplicate")
  await net.close()
})
