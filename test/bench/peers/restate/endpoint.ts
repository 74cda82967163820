/** The process of the handlers, as the server reaches it. */
import { once } from 'node:events'
import { createServer, type Http2Session } from 'node:http2'
import { createEndpointHandler, type EndpointOptions, type LoggerTransport } from '@restatedev/restate-sdk'
import type { Opened } from '../site.js'
import { connectIngress, type Ingress } from './ingress.js'

/** What the processes of this peer are given. */
export interface Reached extends Opened {
  /** URLs. */
  readonly admin: string
  readonly ingress: string
  /** Where the handlers listen, whenever they are started. */
  readonly port: number
}

/** Serves handlers and connects to the ingress. */
export async function served(reached: Reached, services: EndpointOptions['services']): Promise<Ingress> {
  const server = createServer(createEndpointHandler({ services, logger: errorsOnly }))
  const sessions = new Set<Http2Session>()
  server.on('session', (session) => void sessions.add(session))
  server.listen(reached.port, '127.0.0.1')
  await once(server, 'listening')
  await register(reached)
  const ingress = connectIngress(reached.ingress)
  return {
    ...ingress,
    async [Symbol.asyncDispose]() {
      await ingress[Symbol.asyncDispose]()
      server.close()
      for (const session of sessions) session.destroy()
    },
  }
}

const REGISTERED_WITHIN_MS = 20_000

/** The server looks which handlers there are. One that is started again on its port is known: nothing is looked at. */
async function register({ admin, port }: Reached): Promise<void> {
  const answer = await fetch(`${admin}/deployments`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ uri: `http://127.0.0.1:${port}`, force: false }),
    signal: AbortSignal.timeout(REGISTERED_WITHIN_MS),
  })
  if (!answer.ok) throw new Error(`the handlers can't be registered: ${await answer.text()}`)
}

/** A handler that is to throw would be a warning each time. */
const errorsOnly: LoggerTransport = ({ level }, ...message) => {
  if (level === 'error') console.error(...message)
}
