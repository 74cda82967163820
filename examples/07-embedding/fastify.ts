/** The service with Fastify. */
import type { AddressInfo } from 'node:net'
import Fastify from 'fastify'
import { websocketTransport } from 'roscius'
import { openOrders } from './orders.js'
import { type OpenService, PATH } from './service.js'

interface Route {
  readonly Params: { readonly id: string }
}

export const openFastify: OpenService = async (store) => {
  const transport = websocketTransport()
  const orders = await openOrders(store, transport)
  const app = Fastify()
  app.put<Route>('/orders/:id', async ({ params }, reply) => {
    const { status, body } = await orders.place(params.id)
    return reply.code(status).send(body)
  })
  app.get<Route>('/orders/:id', async ({ params }, reply) => {
    const { status, body } = orders.find(params.id)
    return reply.code(status).send(body)
  })
  // It waits for all connections of its server when it closes, so that links have to end first.
  app.addHook('preClose', () => orders.stop())
  transport.attachTo(app.server, PATH)
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo
  return { port, close: () => app.close() }
}
