/** The service with Express. */
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { websocketTransport } from 'roscius'
import { openOrders } from './orders.js'
import { type OpenService, PATH } from './service.js'

export const openExpress: OpenService = async (store) => {
  const transport = websocketTransport()
  const orders = await openOrders(store, transport)
  const app = express()
  app.put('/orders/:id', async ({ params }, response) => {
    const { status, body } = await orders.place(params.id)
    response.status(status).json(body)
  })
  app.get('/orders/:id', ({ params }, response) => {
    const { status, body } = orders.find(params.id)
    response.status(status).json(body)
  })
  const server = app.listen(0, '127.0.0.1')
  transport.attachTo(server, PATH)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const close = async (): Promise<void> => {
    await orders.stop()
    server.close()
    await once(server, 'close')
  }
  return { port, close }
}
