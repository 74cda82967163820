/**
 * The contract of `Transport` as runnable cases, for any driver and any test runner.
 *
 * ```ts
 * for (const { title, run } of transportContract(makeLine)) it(title, run)
 * ```
 *
 * It waits for what must happen by letting time pass (`TransportLine.pass`), never for a time. What is a driver's own
 * (certificates, origins, ports) is left to its own tests.
 */
import assert from 'node:assert/strict'
import { CloseCode, type Connection, DRAINED_BYTES, type Listener, type Transport } from '../remote/transport.js'
import type { ContractCase } from './store-contract.js'

/** Two transports that can reach each other; a case closes both. */
export interface TransportLine {
  /** The one that listens. */
  readonly server: Transport & Required<Pick<Transport, 'listen'>>
  readonly client: Transport
  /** An address at which nobody listens. */
  readonly nowhere: string
  /** The `maxFrameBytes` of both: at least 64 KiB, at most 8 MiB. */
  readonly maxFrameBytes: number
  /** Lets a little time pass: moves the simulated clock on, or yields to the event loop. */
  pass(): Promise<void>
}

/** How often time may pass before a case gives up. */
const MAX_ROUNDS = 20_000
/** What a sender in these cases lets gather, in bytes. */
const SENDER_BOUND = 4 * 1_048_576
/** More than any operating system keeps between two sockets. */
const MAX_SENT = 256 * 1_048_576

/** The cases that every transport passes. `make` gives a new pair each time. */
export function transportContract(make: () => Promise<TransportLine>): ContractCase[] {
  return CASES.map(([title, check]) => ({ title, run: () => withLine(make, check) }))
}

async function withLine(make: () => Promise<TransportLine>, check: (line: Line) => Promise<void>): Promise<void> {
  const made = await make()
  const line = new Line(made)
  try {
    await check(line)
  } finally {
    await line.end()
  }
}

/** One end of a connection, and what it was told. */
class End {
  readonly frames: Uint8Array[] = []
  readonly closes: { readonly code: number; readonly reason: string }[] = []
  /** Messages that came after the end was told: there must be none. */
  late = 0
  drained = 0

  constructor(readonly connection: Connection) {}

  listen(): this {
    this.connection.onMessage((bytes) => {
      this.frames.push(bytes)
      if (this.closes.length > 0) this.late += 1
    })
    this.connection.onClose((code, reason) => void this.closes.push({ code, reason }))
    this.connection.onDrained(() => {
      this.drained += 1
    })
    return this
  }

  get texts(): string[] {
    return this.frames.map((bytes) => Buffer.from(bytes).toString())
  }

  get code(): number | undefined {
    return this.closes[0]?.code
  }
}

class Line {
  readonly accepted: End[] = []

  constructor(readonly made: TransportLine) {}

  /** Begins to listen; every caller is heard at once unless `isHeard` says otherwise. */
  async listen({ isHeard = true } = {}): Promise<Listener & { readonly address: string }> {
    const listener = await this.until(
      this.made.server.listen((connection) => {
        const end = new End(connection)
        this.accepted.push(isHeard ? end.listen() : end)
      }),
    )
    assert.ok(listener.address !== undefined, 'a listener of this contract has an address')
    return listener as Listener & { readonly address: string }
  }

  async dial(address: string): Promise<End> {
    return new End(await this.until(this.made.client.dial(address))).listen()
  }

  /** Two ends of an open connection. */
  async connect(): Promise<readonly [near: End, far: End]> {
    const { address } = await this.listen()
    return this.join(address)
  }

  async join(address: string): Promise<readonly [near: End, far: End]> {
    const count = this.accepted.length
    const near = await this.dial(address)
    await this.see(() => this.accepted.length > count, 'the listener is given the connection')
    return [near, this.accepted[count] as End]
  }

  /** What `promise` comes to, while time passes. */
  async until<T>(promise: Promise<T>): Promise<T> {
    let isDone = false
    const done = (): void => {
      isDone = true
    }
    promise.then(done, done)
    await this.see(() => isDone, 'the promise comes to something')
    return promise
  }

  async see(isSeen: () => boolean, what: string): Promise<void> {
    for (let round = 0; round < MAX_ROUNDS; round++) {
      if (isSeen()) return
      await this.made.pass()
    }
    assert.fail(`it never came about that ${what}`)
  }

  /** Lets enough time pass for what must not happen to happen. */
  async quiet(): Promise<void> {
    for (let round = 0; round < 50; round++) await this.made.pass()
  }

  async end(): Promise<void> {
    await this.until(this.made.client.close())
    await this.until(this.made.server.close())
  }
}

const CASES: readonly (readonly [title: string, check: (line: Line) => Promise<void>])[] = [
  [
    'opens a connection that both sides know to be open',
    async (line) => {
      const [near, far] = await line.connect()
      assert.deepEqual([near.connection.isOpen, far.connection.isOpen], [true, true])
      assert.equal(near.connection.bufferedAmount, 0)
      for (const { connection } of [near, far]) {
        assert.equal(typeof connection.remote.address, 'string')
        assert.equal(connection.remote.isLoopback, true)
      }
    },
  ],
  [
    'carries frames both ways, each whole and in order',
    async (line) => {
      const [near, far] = await line.connect()
      const names = Array.from({ length: 500 }, (_, n) => `frame ${n}`)
      for (const name of names) {
        assert.equal(near.connection.send(Buffer.from(name)), true)
        assert.equal(far.connection.send(Buffer.from(`re: ${name}`)), true)
      }
      await line.see(() => far.frames.length === 500 && near.frames.length === 500, 'all frames arrive')
      assert.deepEqual(far.texts, names)
      assert.deepEqual(
        near.texts,
        names.map((name) => `re: ${name}`),
      )
    },
  ],
  [
    'keeps every byte, of plain arrays, of parts of larger buffers and of none',
    async (line) => {
      const [near, far] = await line.connect()
      const all = Uint8Array.from({ length: 256 }, (_, i) => i)
      near.connection.send(all)
      near.connection.send(all.subarray(10, 20))
      near.connection.send(new Uint8Array(0))
      await line.see(() => far.frames.length === 3, 'three frames arrive')
      assert.deepEqual(
        far.frames.map((bytes) => [...bytes]),
        [[...all], [...all.subarray(10, 20)], []],
      )
    },
  ],
  [
    'keeps what comes before anybody listens, in order',
    async (line) => {
      const { address } = await line.listen({ isHeard: false })
      const [near, far] = await line.join(address)
      for (const name of ['a', 'b', 'c']) near.connection.send(Buffer.from(name))
      await line.quiet()
      far.listen()
      near.connection.send(Buffer.from('d'))
      await line.see(() => far.frames.length === 4, 'four frames arrive')
      assert.deepEqual(far.texts, ['a', 'b', 'c', 'd'])
    },
  ],
  [
    'carries a frame of exactly the limit, both ways',
    async (line) => {
      const [near, far] = await line.connect()
      const largest = new Uint8Array(line.made.maxFrameBytes).map((_, i) => i % 251)
      near.connection.send(largest.slice())
      far.connection.send(largest.slice())
      await line.see(() => far.frames.length === 1 && near.frames.length === 1, 'both frames arrive')
      for (const { frames } of [near, far]) assert.ok(Buffer.from(largest).equals(frames[0] as Uint8Array))
    },
  ],
  ['refuses a frame above the limit from the dialler with 1009', (line) => refusesTooLarge(line, (ends) => ends)],
  [
    'refuses a frame above the limit from the listener with 1009',
    (line) => refusesTooLarge(line, ([near, far]) => [far, near]),
  ],
  ['gives the code and reason of the dialler to both', (line) => closes(line, (ends) => ends)],
  ['gives the code and reason of the listener to both', (line) => closes(line, ([near, far]) => [far, near])],
  [
    'closes with 1000 and no reason by itself',
    async (line) => {
      const [near, far] = await line.connect()
      near.connection.close()
      await line.see(() => far.closes.length === 1, 'the end is told')
      assert.deepEqual(far.closes, [{ code: CloseCode.normal, reason: '' }])
    },
  ],
  [
    'delivers what was sent before a close, and nothing after it',
    async (line) => {
      const [near, far] = await line.connect()
      for (let n = 0; n < 100; n++) near.connection.send(Buffer.from(`${n}`))
      near.connection.close(4_001, 'done')
      assert.equal(near.connection.isOpen, false)
      assert.equal(near.connection.send(Buffer.from('late')), false)
      far.connection.send(Buffer.from('to one who left'))
      await line.see(() => far.closes.length === 1 && near.closes.length === 1, 'both ends are told')
      assert.equal(far.texts.length, 100)
      assert.equal(far.texts.at(-1), '99')
      assert.deepEqual([near.frames.length, near.late, far.late], [0, 0, 0])
    },
  ],
  [
    'tells the end once, however often it is closed',
    async (line) => {
      const [near, far] = await line.connect()
      near.connection.close(4_001, 'first')
      near.connection.close(4_002, 'second')
      near.connection.terminate()
      far.connection.close(4_003, 'crossing')
      await line.see(() => near.closes.length > 0 && far.closes.length > 0, 'both ends are told')
      near.connection.close()
      near.connection.terminate()
      await line.quiet()
      assert.deepEqual([near.closes.length, far.closes.length, near.code], [1, 1, 4_001])
    },
  ],
  [
    'tells whoever listens only after the end, once, with the messages before it',
    async (line) => {
      const { address } = await line.listen({ isHeard: false })
      const [near, far] = await line.join(address)
      near.connection.send(Buffer.from('last words'))
      near.connection.close(4_009, 'over')
      await line.quiet()
      far.listen()
      await line.see(() => far.closes.length === 1, 'the end is told')
      far.listen()
      await line.quiet()
      assert.deepEqual([far.texts, far.closes], [['last words'], [{ code: 4_009, reason: 'over' }]])
      assert.deepEqual([far.late, far.connection.isOpen, far.connection.send(new Uint8Array(1))], [0, false, false])
    },
  ],
  [
    'refuses a close code that may not be given, and cuts a reason that is too long at a whole character',
    async (line) => {
      const [near, far] = await line.connect()
      for (const code of [0, 999, 1_005, 1_006, 1_015, 2_999, 5_000, 4_000.5, Number.NaN]) {
        assert.throws(() => near.connection.close(code), { code: 'OPTIONS_INVALID' })
      }
      assert.equal(near.connection.isOpen, true)
      near.connection.close(4_000, `${'x'.repeat(122)}€ and more`)
      await line.see(() => far.closes.length === 1, 'the end is told')
      assert.deepEqual(far.closes, [{ code: 4_000, reason: 'x'.repeat(122) }])
    },
  ],
  [
    'tells both 1006 when a connection is lost abruptly',
    async (line) => {
      const [near, far] = await line.connect()
      far.connection.terminate()
      assert.equal(far.connection.isOpen, false)
      await line.see(() => near.closes.length === 1 && far.closes.length === 1, 'both ends are told')
      assert.deepEqual([near.code, far.code, near.connection.isOpen], [CloseCode.lost, CloseCode.lost, false])
      assert.equal(near.connection.send(Buffer.from('gone')), false)
    },
  ],
  ['lets a reader that stalls be felt by the sender alone, and loses nothing', stallsAndDrains],
  [
    'lets a sender give up on a reader that stalls',
    async (line) => {
      const [near, far] = await line.connect()
      far.connection.pause()
      await fill(line, near)
      near.connection.close(4_000, 'too slow')
      assert.equal(near.connection.isOpen, false)
      near.connection.terminate()
      await line.see(() => near.closes.length === 1, 'the sender is told')
      far.connection.resume()
      await line.see(() => far.closes.length === 1, 'the reader is told')
    },
  ],
  [
    'keeps many connections apart',
    async (line) => {
      const { address } = await line.listen()
      const near = await Promise.all(Array.from({ length: 50 }, () => line.dial(address)))
      await line.see(() => line.accepted.length === 50, 'all are accepted')
      near.forEach(({ connection }, n) => void connection.send(Buffer.from(`from ${n}`)))
      await line.see(() => line.accepted.every(({ frames }) => frames.length === 1), 'each has its frame')
      for (const { connection, texts } of line.accepted) connection.send(Buffer.from(`re: ${texts[0]}`))
      await line.see(() => near.every(({ frames }) => frames.length === 1), 'each has its answer')
      near.forEach(({ texts }, n) => void assert.deepEqual(texts, [`re: from ${n}`]))
      near[7]?.connection.close()
      await line.see(() => line.accepted.filter(({ closes }) => closes.length > 0).length === 1, 'one has closed')
      assert.equal(near.filter(({ connection }) => connection.isOpen).length, 49)
    },
  ],
  [
    'rejects a dial to nobody with PEER_UNREACHABLE',
    async (line) => {
      await assert.rejects(line.until(line.made.client.dial(line.made.nowhere)), { code: 'PEER_UNREACHABLE' })
    },
  ],
  [
    'rejects a dial to an address of another kind with OPTIONS_INVALID',
    async (line) => {
      for (const address of ['', 'nonsense', 'gopher://there']) {
        await assert.rejects(line.until(line.made.client.dial(address)), { code: 'OPTIONS_INVALID' })
      }
    },
  ],
  [
    'ends a dial that is called off with the reason of its signal',
    async (line) => {
      const { address } = await line.listen()
      const calling = new AbortController()
      const dial = line.made.client.dial(address, { signal: calling.signal })
      calling.abort(new Error('changed my mind'))
      await assert.rejects(line.until(dial), { message: 'changed my mind' })
      await assert.rejects(line.until(line.made.client.dial(address, { signal: calling.signal })), {
        message: 'changed my mind',
      })
      await line.quiet()
      assert.ok(line.accepted.every(({ connection }) => !connection.isOpen))
    },
  ],
  [
    'ends a dial under way when the transport is closed',
    async (line) => {
      const { address } = await line.listen()
      const dial = line.made.client.dial(address)
      const closed = line.made.client.close()
      await assert.rejects(line.until(dial), { code: 'TRANSPORT_CLOSED' })
      await line.until(closed)
      await line.quiet()
      assert.ok(line.accepted.every(({ connection }) => !connection.isOpen))
    },
  ],
  [
    'keeps open connections when the listener closes, and takes no more',
    async (line) => {
      const listener = await line.listen()
      const [near, far] = await line.join(listener.address)
      await line.until(listener.close())
      await line.until(listener.close())
      await assert.rejects(line.until(line.made.client.dial(listener.address)), { code: 'PEER_UNREACHABLE' })
      near.connection.send(Buffer.from('still here'))
      await line.see(() => far.frames.length === 1, 'the frame arrives')
      assert.equal(line.accepted.length, 1)
    },
  ],
  [
    'can listen again once the listener has closed',
    async (line) => {
      await line.until((await line.listen()).close())
      const [near, far] = await line.connect()
      near.connection.send(Buffer.from('again'))
      await line.see(() => far.frames.length === 1, 'the frame arrives')
    },
  ],
  [
    'ends all with 1001 when the transport closes, and refuses what comes after with TRANSPORT_CLOSED',
    async (line) => {
      const [near, far] = await line.connect()
      await line.until(line.made.server.close())
      await line.until(line.made.server.close())
      await line.see(() => near.closes.length === 1 && far.closes.length === 1, 'both ends are told')
      assert.deepEqual([near.code, far.code], [CloseCode.goingAway, CloseCode.goingAway])
      const closed = { code: 'TRANSPORT_CLOSED' }
      await assert.rejects(
        line.made.server.listen(() => undefined),
        closed,
      )
      await assert.rejects(line.made.server.dial(line.made.nowhere), closed)
    },
  ],
]

type Ends = readonly [End, End]

async function refusesTooLarge(line: Line, order: (ends: Ends) => Ends): Promise<void> {
  const [from, to] = order(await line.connect())
  from.connection.send(Buffer.from('before'))
  from.connection.send(new Uint8Array(line.made.maxFrameBytes + 1))
  from.connection.send(Buffer.from('after'))
  await line.see(() => from.closes.length === 1 && to.closes.length === 1, 'both ends are told')
  assert.deepEqual([from.code, to.code], [CloseCode.tooBig, CloseCode.tooBig])
  assert.deepEqual(to.texts, ['before'])
}

async function closes(line: Line, order: (ends: Ends) => Ends): Promise<void> {
  const [from, to] = order(await line.connect())
  from.connection.close(4_123, 'für heute genug')
  await line.see(() => from.closes.length === 1 && to.closes.length === 1, 'both ends are told')
  const end = { code: 4_123, reason: 'für heute genug' }
  assert.deepEqual([from.closes, to.closes], [[end], [end]])
}

/** Sends until what waits is above the sender's bound; answers how many frames that took. */
async function fill(line: Line, { connection }: End): Promise<number> {
  const frameBytes = 65_536
  let count = 0
  while (connection.bufferedAmount < SENDER_BOUND) {
    assert.ok(count * frameBytes < MAX_SENT, 'bufferedAmount rises when the reader stalls')
    const frame = new Uint8Array(frameBytes)
    new DataView(frame.buffer).setUint32(0, count)
    connection.send(frame)
    count += 1
    if (count % 8 === 0) await line.made.pass()
  }
  await line.quiet()
  return count
}

async function stallsAndDrains(line: Line): Promise<void> {
  const [near, far] = await line.connect()
  far.connection.pause()
  const sent = await fill(line, near)
  assert.ok(far.frames.length < sent, 'not all was read')
  assert.ok(near.connection.bufferedAmount > DRAINED_BYTES, 'what was not read waits at the sender')
  assert.equal(near.drained, 0)
  far.connection.send(Buffer.from('the other way is free'))
  await line.see(() => near.frames.length === 1, 'the other direction goes on')
  far.connection.resume()
  await line.see(() => far.frames.length === sent, 'all frames arrive')
  await line.see(() => near.drained > 0, 'the sender is told')
  assert.ok(near.connection.bufferedAmount <= DRAINED_BYTES)
  const numbers = far.frames.map((bytes) => new DataView(bytes.buffer, bytes.byteOffset).getUint32(0))
  assert.deepEqual(
    numbers,
    numbers.map((_, n) => n),
  )
}
