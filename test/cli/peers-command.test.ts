import { join } from 'node:path'
import { createSystem, memoryNetwork, serveControl, systemClock } from 'roscius'
import { levelStore } from 'roscius/level'
import { simulatedClock } from 'roscius/testing'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { peersCommand } from '../../src/cli/commands/peers.js'
import { peersText } from '../../src/cli/text/peers-text.js'
import type { ToldPeer } from '../../src/control/protocol/links.js'
import { commandLine } from '../support/command-line.js'
import { allConfirmed, type Linked, linkIs, openNode, type Place, passes, until } from './linked-pair.js'

const cli = commandLine('peers')
const KEY = new Uint8Array(32).fill(5)

let place: Place
let opened: AsyncDisposable[]
beforeEach(() => {
  place = { network: memoryNetwork({ clock: systemClock() }), folder: cli.folder }
  opened = []
})
afterEach(close)

function held<T extends AsyncDisposable>(one: T): T {
  opened.push(one)
  return one
}

async function close(): Promise<void> {
  for (const one of opened.splice(0).reverse()) await one[Symbol.asyncDispose]()
}

const at = (name: string): string => join(cli.folder, name)

/** The node `a` with an open door, and the node `b` that it is linked with, with its actor `c`. */
async function pair(): Promise<{ readonly a: Linked; readonly b: Linked }> {
  const a = held(await openNode(place, 'a', 'b'))
  held(await serveControl(a, { folder: at('a') }))
  const b = held(await openNode(place, 'b', 'a'))
  await b.spawn('counter', { id: 'c' })
  await linkIs(a, 'b', 'up')
  return { a, b }
}

/** Until the end of the test, what is written is for a terminal. */
function onTerminal(): void {
  const before = Object.getOwnPropertyDescriptor(process.stdout, 'isTTY') ?? { value: undefined, configurable: true }
  Object.defineProperty(process.stdout, 'isTTY', { value: true, configurable: true })
  held({ [Symbol.asyncDispose]: async () => void Object.defineProperty(process.stdout, 'isTTY', before) })
}

/** The store of a node that has `count` messages for one that it has never met. */
async function waiting(count: number, encryption?: { key: Uint8Array; keyId: string }): Promise<void> {
  const a = await openNode(place, 'a', 'b', { encryption })
  await passes(a, 'b', count)
  await a.stop()
}

async function roscius(...args: string[]): Promise<number> {
  cli.clear()
  return peersCommand(args)
}

async function json(...args: string[]): Promise<Record<string, unknown>> {
  await roscius(...args, '--json')
  return JSON.parse(cli.output)
}

describe('roscius peers, on a running system', () => {
  it('draws its links, and gives the figures as they are with --json', async () => {
    const { a } = await pair()
    await a.actor('counter', 'roscius://b/c').deliver({ type: 'INC' })
    expect(await roscius(at('a'))).toBe(0)
    expect(cli.output).toMatch(
      /^1 peer: 1 up\n\npeer {2}state +rtt {2}in flight +outbox {2}resent +in +out\nb {5}up \d/,
    )
    expect(cli.notes).toBe('')
    const { from, peers } = await json(at('a'))
    expect(from).toBe('system')
    const { address, storeId, incarnation, subscriptions } = a.peer('b').figures() ?? {}
    expect(peers).toMatchObject([{ peer: 'b', state: 'up', address, storeId, incarnation, subscriptions }])
  })

  it('shows what waits for a node that is not there, and why', async () => {
    const a = held(await openNode(place, 'a', 'b'))
    held(await serveControl(a, { folder: at('a') }))
    await passes(a, 'b', 3)
    await linkIs(a, 'b', 'backingOff')
    expect(await roscius(at('a'))).toBe(0)
    expect(cli.output).toMatch(/^b {5}\w.* 3, \d+B /m)
    expect(cli.output).toContain('  Last fault: Nobody could be reached at memory://b: connection refused.\n')
  })

  it('answers 1 where a link is refused, says what can be done, and does it: the audit trail tells who has', async () => {
    const { a, b } = await pair()
    const storeId = a.peer('b').figures()?.storeId
    await b.stop()
    const other = await openNode(place, 'b', 'a', { store: 'other' })
    await until(a, () => a.peer('b').figures()?.storeId !== storeId && a.peer('b').figures()?.state === 'up')
    await other.stop()
    held(await openNode(place, 'b', 'a'))
    await linkIs(a, 'b', 'refused')
    expect(await roscius(at('a'))).toBe(1)
    expect(cli.output).toContain('Refused: The peer came back with a store that another had replaced.\n')
    expect(cli.output).toContain(`Take it as it is: roscius peers reset ${at('a')} b\n`)

    expect(await roscius('reset', at('a'), 'b', '--by', 'ada', '--reason', 'the disk is back')).toBe(0)
    expect(cli.output).toContain('b is taken as it is.')
    await linkIs(a, 'b', 'up')
    await a.actor('counter', 'roscius://b/c').deliver({ type: 'INC' })
    const records: unknown[] = []
    for await (const record of a.audit.records()) records.push(record)
    const payload = { peer: 'b', by: 'ada', reason: 'the disk is back', fault: 'STORE_CHANGED' }
    expect(records).toMatchObject([{ kind: 'intervention', subject: 'resetPeer', payload }])
  })

  it('resets no peer that the system does not have', async () => {
    await pair()
    await expect(roscius('reset', at('a'), 'nobody')).rejects.toMatchObject({ code: 'PEER_UNKNOWN' })
  })

  it('says that a system has no peers', async () => {
    const alone = held(await createSystem({ name: 'alone', store: at('alone'), logic: {} }))
    held(await serveControl(alone, { folder: at('alone') }))
    expect(await roscius(at('alone'))).toBe(0)
    expect(cli.output).toBe('The system has no peers.\n')
  })

  it('draws them every second with --watch, as long as the system answers', async () => {
    onTerminal()
    const a = await openNode(place, 'a', 'b')
    await using door = await serveControl(a, { folder: at('a') })
    const clock = simulatedClock()
    const watching = peersCommand([at('a'), '--watch'], clock)
    for (let n = 1; n <= 3; n++) {
      while (clock.pending === 0) await clock.advance(0)
      expect(cli.output.split('\u001B[H')).toHaveLength(n + 1)
      if (n === 3) await door.close()
      await clock.advance(1_000)
    }
    expect(await watching).toBe(0)
    expect(cli.notes).toContain('has closed its door')
    await a.stop()
  })
})

describe('roscius peers, in a store', () => {
  it('tells in words what waits, and whom the node has met', async () => {
    const { a, b } = await pair()
    await passes(a, 'b', 2)
    await a.actor('counter', 'roscius://b/c').deliver({ type: 'INC' })
    await allConfirmed(a, 'b')
    await b.stop()
    await passes(a, 'b', 312)
    await close()
    expect(await roscius(at('a'))).toBe(0)
    expect(cli.notes).toContain('No system has the store open')
    expect(cli.output).toMatch(/^312 messages \(\d\.\d kB\) wait for b\n {2}waiting {4}normal 312 \(\d\.\d kB\)\n/)
    expect(cli.output).toContain('  confirmed  normal up to 3\n')
    expect(cli.output).toMatch(/ {2}last met {3}start 1 of the store [0-9a-f-]{36}\n$/)
    expect(await roscius(at('b'))).toBe(0)
    expect(cli.output).toMatch(/^Nothing waits for a\n(.*\n)* {2}received {3}normal up to 3\n/)
  })

  it('gives the same as data with --json', async () => {
    await waiting(4)
    const { from, peers } = await json(at('a'))
    expect(from).toBe('store')
    const none = { waiting: { count: 0, bytes: 0 }, confirmed: 0, reserved: 0 }
    const normal = { waiting: { count: 4, bytes: expect.any(Number) }, confirmed: 0, reserved: expect.any(Number) }
    expect(peers).toEqual([
      {
        peer: 'b',
        retired: [],
        outbox: { count: 4, bytes: expect.any(Number) },
        lanes: { high: none, normal, low: none },
        received: {},
        damaged: 0,
      },
    ])
  })

  it('reads what a process has committed that lets nobody in, and resets nothing there', async () => {
    const a = held(await openNode(place, 'a', 'b'))
    await passes(a, 'b', 1)
    expect(await roscius(at('a'))).toBe(0)
    expect(cli.output).toContain('1 message (')
    expect(cli.output).toContain(') waits for b\n')
    expect(cli.notes).toContain('serveControl')
    expect(await json(at('a'))).toMatchObject({ from: 'copy' })
    await expect(roscius('reset', at('a'), 'b')).rejects.toMatchObject({
      message: expect.stringContaining('serveControl'),
    })
  })

  it('answers 1 where a record can not be read, and reads the others', async () => {
    await waiting(3)
    const store = await levelStore(at('a'))
    const keys: string[] = []
    for await (const [key] of store.range({ gte: 'u/remote/o/', lt: 'u/remote/o0' })) keys.push(key)
    await store.batch([{ type: 'put', key: keys[1] ?? '', value: Uint8Array.of(1, 2, 3) }], { sync: true })
    await store.close()
    expect(await roscius(at('a'))).toBe(1)
    expect(cli.output).toMatch(/^2 messages .*\n(.*\n)* {2}damaged {4}1 record\n$/)
  })

  it('reads an encrypted store with ROSCIUS_KEY', async () => {
    await waiting(2, { key: KEY, keyId: 'k1' })
    await expect(roscius(at('a'))).rejects.toMatchObject({ code: 'STORE_KEY_WRONG' })
    vi.stubEnv('ROSCIUS_KEY', Buffer.from(KEY).toString('hex'))
    expect(await roscius(at('a'))).toBe(0)
    expect(cli.output).toMatch(/^2 messages \(\d+ B\) wait for b\n/)
  })

  it('shows it once with --watch: what no system has open does not change', async () => {
    onTerminal()
    vi.stubEnv('NO_COLOR', '1')
    await waiting(1)
    expect(await peersCommand([at('a'), '--watch'], simulatedClock())).toBe(0)
    expect(cli.output).toMatch(/^1 message /)
  })
})

describe('roscius peers', () => {
  it('explains itself with --help, and answers 2 when it is called wrongly', async () => {
    expect(await roscius('--help')).toBe(0)
    expect(cli.output).toContain('Usage: roscius peers <folder>')
    const wrong = [
      [],
      ['a', 'b'],
      ['a', '--by', 'ada'],
      ['a', '--watch'],
      ['reset'],
      ['reset', 'a'],
      ['reset', 'a', 'b', 'c'],
    ]
    for (const args of wrong) expect([args, await roscius(...args)]).toEqual([args, 2])
    await expect(roscius(join(cli.folder, 'absent'))).rejects.toMatchObject({ code: 'STORE_FAILED' })
  })
})

describe('the table of links', () => {
  const up: ToldPeer = {
    peer: 'b',
    state: 'up',
    detector: 'alive',
    sinceMs: 72_000_000,
    rttMs: 0.42,
    attempt: 0,
    streak: 0,
    connections: 1,
    bytesIn: 1_234_567,
    bytesOut: 45_678_901,
    framesIn: 1,
    framesOut: 1,
    outbox: { count: 12, bytes: 3_400 },
    inFlight: 12,
    resends: 0,
    duplicates: 0,
  }
  const outbox = { count: 4_711, bytes: 812_345 }
  const busy: ToldPeer = {
    ...up,
    peer: 'shipping.internal.example',
    state: 'degraded',
    outbox,
    resends: 12_345,
    rttMs: 812,
  }
  const fault = {
    code: 'PEER_UNREACHABLE',
    by: 'self',
    reason: 'Nobody could be reached at wss://pay.internal:4000: no route.',
  }
  const down = {
    ...up,
    peer: 'pay',
    state: 'backingOff',
    detector: 'down',
    sinceMs: 12_300,
    rttMs: undefined,
    streak: 3,
    fault,
  } as ToldPeer
  const plain = (text: string): string => text

  it('fits 80 columns, with a long name cut', () => {
    const slow = { ...up, peer: 'billing', bytesOut: 999_400 }
    const text = peersText([slow, { ...busy, sinceMs: 71_000 }, down], './data', plain)
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80)
    expect(text).toBe(`\
3 peers: 1 up, 1 degraded, 1 backing off

peer       state               rtt  in flight       outbox  resent     in    out
billing    up 20 h           0.4ms         12    12, 3.4kB       0  1.2MB  999kB
shipping…  degraded 71 s     812ms         12  4711, 812kB     12k  1.2MB   46MB
pay        backing off 12 s                12    12, 3.4kB       0  1.2MB   46MB
  The peer is taken to be down. Last fault: Nobody could be reached at
  wss://pay.internal:4000: no route. (PEER_UNREACHABLE) 3 failures in a row.
`)
  })

  it('colours the states: good, to be watched, bad', () => {
    const text = peersText([up, busy, down], './data', (part, tone) => `<${tone} ${part.trim()}>`)
    expect(text.match(/<(good|warning|bad) (up|degraded|backing)/g)).toEqual([
      '<good up',
      '<warning degraded',
      '<bad backing',
    ])
  })

  it('shows nothing that could steer the terminal', () => {
    const hostile = { ...down, fault: { ...down.fault, reason: '\u001B[2Jall is well\u202E' } } as ToldPeer
    expect(peersText([hostile], './data', plain)).toContain('Last fault: \\u{1b}[2Jall is well\\u{202e}\n')
  })
})
