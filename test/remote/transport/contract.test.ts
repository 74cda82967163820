import { setTimeout as elapse } from 'node:timers/promises'
import { simulatedClock, type TransportLine, transportContract } from 'roscius/testing'
import { describe, test } from 'vitest'
import { memoryNetwork, memoryTransport } from '../../../src/remote/memory-transport.js'
import { websocketTransport } from '../../../src/remote/websocket-transport.js'
import { freePort } from './sockets.js'

const maxFrameBytes = 262_144

async function memoryLine(): Promise<TransportLine> {
  const clock = simulatedClock()
  const network = memoryNetwork({ clock, delayMs: 3 })
  return {
    server: memoryTransport(network, { name: 'server', maxFrameBytes }),
    client: memoryTransport(network, { name: 'client', maxFrameBytes }),
    nowhere: 'memory://nobody',
    maxFrameBytes,
    pass: () => clock.advance(1),
  }
}

async function websocketLine(): Promise<TransportLine> {
  return {
    server: websocketTransport({ listen: { port: 0 }, maxFrameBytes }),
    client: websocketTransport({ maxFrameBytes }),
    nowhere: `ws://127.0.0.1:${await freePort()}`,
    maxFrameBytes,
    // Sockets take real time: the shortest there is, as often as it takes.
    pass: () => elapse(1),
  }
}

describe('a transport in memory', () => {
  for (const { title, run } of transportContract(memoryLine)) test(title, run)
})

describe('a transport over WebSockets', () => {
  for (const { title, run } of transportContract(websocketLine)) test(title, run)
})
