/** This side of two connections, which it asks and tells over. */
import { once } from 'node:events'
import { WebSocket } from 'ws'
import { type SecondProcess, secondProcess } from '../../harness/second-process.js'
import { closedLoop } from '../works/closed-loop.js'
import { BESIDE, type RemoteService } from '../works/remote.js'
import { messageOf } from '../works/step.js'
import { type Far, openFar } from './far.js'

/** Above so many bytes that have not left, a sender waits. */
const BUFFERED_BYTES = 1_048_576
const CHUNK = 500

export async function openRemote(): Promise<RemoteService> {
  const module = new URL('far.js', import.meta.url).href
  const far = await secondProcess<Far>({ module, name: openFar.name, argument: undefined }, BESIDE)
  const address = await far.call('address')
  const [asking, telling] = await Promise.all([connected(`${address}/ask`), connected(`${address}/tell`)])
  const ask = asker(asking)
  return {
    calls: { ask: (load) => closedLoop(load, ask), tell: teller(telling, far) },
    async [Symbol.asyncDispose]() {
      asking.terminate()
      telling.terminate()
      await far[Symbol.asyncDispose]()
    },
  }
}

async function connected(address: string): Promise<WebSocket> {
  const socket = new WebSocket(address, { perMessageDeflate: false })
  await once(socket, 'open')
  return socket
}

/** Frames come back in the order in which they were sent. */
function asker(socket: WebSocket): () => Promise<void> {
  const waiting: ((frame: Buffer) => void)[] = []
  socket.on('message', (frame: Buffer) => waiting.shift()?.(frame))
  let n = 0
  return async () => {
    const question = Buffer.from(messageOf(0, n++))
    const answer = await new Promise<Buffer>((resolve) => {
      waiting.push(resolve)
      socket.send(question)
    })
    if (!answer.equals(question)) throw new Error(`"${question}" came back as "${answer}"`)
  }
}

function teller(socket: WebSocket, far: SecondProcess<Far>): RemoteService['calls']['tell'] {
  const message = Buffer.from(messageOf(0, 0))
  let sent = 0
  return async (count) => {
    for (let n = 0; n < count; n++) {
      socket.send(message)
      if (n % CHUNK === CHUNK - 1 && socket.bufferedAmount > BUFFERED_BYTES) await drained(socket)
    }
    sent += count
    const told = await far.call('told', sent)
    if (told !== sent) throw new Error(`${sent} frames were sent and ${told} have come`)
  }
}

async function drained(socket: WebSocket): Promise<void> {
  while (socket.bufferedAmount > 0) await new Promise((resolve) => setImmediate(resolve))
}
