import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type WebSocketTransport, websocketTransport } from 'roscius'
import { seededRandom } from 'roscius/testing'
import { afterEach, beforeAll, expect, test } from 'vitest'
import { freePort } from '../remote/transport/sockets.js'
import { build } from '../support/build.js'
import type { StalledReport } from './stalled-peer.child.js'
import { HandMadePeer } from './wire/hand-made-peer.js'
import { KEYS } from './wire/keys.js'

const run = promisify(execFile)
const EVENTS = 1_000_000
const LIMIT_BYTES = 200_000_000
/** The default of `links.outbox.maxCount`. */
const MOST = 100_000

beforeAll(() => build().then(() => build('test/faults')), 120_000)

const open: WebSocketTransport[] = []
afterEach(() => Promise.all(open.splice(0).map((transport) => transport.close())))

/** A peer that shows who it is, gives credit without end, and from then on reads nothing and says nothing. */
async function stalledPeer(): Promise<string> {
  const transport = websocketTransport({ listen: { port: 0 } })
  open.push(transport)
  const { address = '' } = await transport.listen((connection) => {
    const peer = new HandMadePeer(connection, {
      ...{ role: 'acceptor', node: 'b', storeId: 'b-store', incarnation: 1, random: seededRandom(1), keys: () => KEYS },
      welcome: {
        ...{ received: [0, 0, 0], sent: [0, 0, 0], left: [0, 0, 0] },
        credit: { envelopes: 2 ** 31, bytes: 2 ** 50 },
      },
      heard: () => undefined,
      through: () => peer.stopReading(),
    })
  })
  return address
}

async function flooded(address: string, mode: 'stalled' | 'absent'): Promise<StalledReport> {
  const program = fileURLToPath(new URL('../../dist/test/faults/stalled-peer.child.js', import.meta.url))
  const { stdout } = await run(process.execPath, ['--max-old-space-size=128', program, address, mode, String(EVENTS)], {
    timeout: 110_000,
  })
  return JSON.parse(stdout) as StalledReport
}

test.each(['stalled', 'absent'] as const)(
  'a million events to a peer that is %s cost less than 200 MB, and hold up nobody',
  async (mode) => {
    const address = mode === 'stalled' ? await stalledPeer() : `ws://127.0.0.1:${await freePort()}`
    const report = await flooded(address, mode)
    console.log(mode, report)
    expect(report.accepted + report.refused).toBe(EVENTS)
    expect(report.accepted).toBe(MOST)
    expect(report.outbox.count).toBe(MOST)
    expect(report.turns).toBe(report.rounds)
    // Of 2 000 that an actor has sent: as many as there may be dead letters.
    expect(report.lettersOfUnits).toBe(500)
    expect(report.maxRssBytes).toBeLessThan(LIMIT_BYTES)
  },
  120_000,
)
