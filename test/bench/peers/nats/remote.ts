/** This side of the server: asks and tells who is subscribed in the other process. */
import { connect, type NatsConnection } from '@nats-io/transport-node'
import { type Service, secondProcess } from '../../harness/second-process.js'
import type { Opened } from '../site.js'
import { closedLoop } from '../works/closed-loop.js'
import { BESIDE, type RemoteService } from '../works/remote.js'
import { messageOf } from '../works/step.js'
import { openFar } from './far.js'
import { ASK, CONNECTION, TELL, TOLD } from './subjects.js'

/** Published before the subscriber is asked whether it keeps up; it is at most two of them behind. */
const CHUNK = 8_192
const TIMEOUT_MS = 30_000

export async function openRemote({ url }: Opened & { readonly url: string }): Promise<RemoteService> {
  const module = new URL('far.js', import.meta.url).href
  const far = await secondProcess<Service>({ module, name: openFar.name, argument: { url } }, BESIDE)
  const connection = await connect({ ...CONNECTION, servers: url })
  const ask = asker(connection)
  return {
    calls: { ask: (load) => closedLoop(load, ask), tell: teller(connection) },
    async [Symbol.asyncDispose]() {
      await connection.close()
      await far[Symbol.asyncDispose]()
    },
  }
}

function asker(connection: NatsConnection): () => Promise<void> {
  let n = 0
  return async () => {
    const question = messageOf(0, n++)
    const answer = (await connection.request(ASK, question)).string()
    if (answer !== question) throw new Error(`"${question}" was answered with "${answer}"`)
  }
}

/**
 * Core NATS drops what a subscriber doesn't take in time (a slow consumer), and a publisher isn't told. So it is asked once in a
 * while how far it has come, and the next chunk is published meanwhile.
 */
function teller(connection: NatsConnection): RemoteService['calls']['tell'] {
  const message = Buffer.from(messageOf(0, 0))
  let sent = 0
  return async (count) => {
    let counted = Promise.resolve()
    for (let n = 0; n < count; n += CHUNK) {
      const size = Math.min(CHUNK, count - n)
      for (let nth = 0; nth < size; nth++) connection.publish(TELL, message)
      sent += size
      const before = counted
      counted = expectTold(connection, sent)
      // Looked at a chunk later.
      counted.catch(() => undefined)
      await before
    }
    await counted
  }
}

async function expectTold(connection: NatsConnection, expected: number): Promise<void> {
  const told = Number((await connection.request(TOLD, '', { timeout: TIMEOUT_MS })).string())
  if (told !== expected) throw new Error(`${expected} messages were published and ${told} have come`)
}
