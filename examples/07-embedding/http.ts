/** The service on node:http. */
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { websocketTransport } from 'roscius'
import { type Answer, openOrders } from './orders.js'
import { type OpenService, PATH } from './service.js'

export const openHttp: OpenService = async (store) => {
  const transport = websocketTransport()
  const orders = await openOrders(store, transport)
  const answerTo = async ({ method, url = '' }: IncomingMessage): Promise<Answer> => {
    const [, id] = /^\/orders\/(\w+)$/.exec(url) ?? []
    if (id === undefined) return { status: 404, body: {} }
    return method === 'PUT' ? orders.place(id) : orders.find(id)
  }
  const server = createServer((request, response) => {
    answerTo(request).then(
      ({ status, body }) =>
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body)),
      () => response.writeHead(500).end(),
    )
  })
  transport.attachTo(server, PATH)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const close = async (): Promise<void> => {
    await orders.stop()
    server.close()
    await once(server, 'close')
  }
  return { port, close }
}
