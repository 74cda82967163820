import { afterEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../../src/core/clock.js'
import type { RemoteOptions } from '../../../src/remote/options/remote-options.js'
import { websocketTransport } from '../../../src/remote/websocket-transport.js'
import { freePort, until } from '../transport/sockets.js'
import { OTHER_KEYS, StageNode } from './stage.js'

const nodes: StageNode[] = []

afterEach(async () => {
  await Promise.all(nodes.splice(0).map(({ links }) => links.close()))
})

function node(name: string, port: number, options: RemoteOptions): StageNode {
  const made = new StageNode(name, websocketTransport({ listen: { port } }), systemClock(), options)
  nodes.push(made)
  return made
}

async function pair(b: RemoteOptions = {}): Promise<readonly [StageNode, StageNode]> {
  const [ofA, ofB] = [await freePort(), await freePort()]
  const links = { heartbeatMs: 50, downAfterMs: 5_000 }
  const both = [
    node('a', ofA, { peers: { b: `ws://127.0.0.1:${ofB}` }, links }),
    node('b', ofB, { peers: { a: `ws://127.0.0.1:${ofA}` }, links, ...b }),
  ] as const
  await Promise.all(both.map(({ links }) => links.start()))
  return both
}

describe('over WebSockets', () => {
  it('two nodes that dial each other have one link, on which frames and heartbeats go', async () => {
    const [a, b] = await pair()
    await until(() => a.figures('b').state === 'up' && b.figures('a').state === 'up')
    a.with('b').say(1)
    await until(() => b.with('a').frames.length === 1)
    await until(() => a.figures('b').rttMs !== undefined && b.figures('a').rttMs !== undefined)
    expect([a.with('b').sessions.length, b.with('a').sessions.length]).toEqual([1, 1])
    expect(a.links.address).toMatch(/^ws:\/\/127\.0\.0\.1:\d+\/$/)
  })

  it('many frames in a row arrive in order, those behind the welcome as well', async () => {
    const [a, b] = await pair()
    a.with('b').onResumed = () => {
      for (let seqNr = 1; seqNr <= 1_000; seqNr++) a.with('b').say(seqNr)
    }
    await until(() => b.with('a').frames.length === 1_000)
    const numbers = b.with('a').frames.map((frame) => frame.kind === 'snapshot' && frame.seqNr)
    expect(numbers).toEqual(Array.from({ length: 1_000 }, (_, n) => n + 1))
  })

  it('a wrong key is refused', async () => {
    const [a, b] = await pair({ auth: { keys: OTHER_KEYS } })
    await until(() => a.figures('b').state === 'refused' && b.figures('a').state === 'refused')
    expect(a.figures('b').fault?.code).toBe('AUTH_FAILED')
  })

  it('a node that closes tells its peer', async () => {
    const [a, b] = await pair()
    await until(() => a.figures('b').state === 'up' && b.figures('a').state === 'up')
    await b.links.close()
    await until(() => a.with('b').of('lost').length > 0)
    expect(a.with('b').of('lost')[0]).toMatchObject({ code: 'CLOSING', by: 'peer' })
  })
})
