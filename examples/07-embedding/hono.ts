/** The service with Hono. */
import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { websocketTransport } from 'roscius'
import { openOrders } from './orders.js'
import { type OpenService, PATH } from './service.js'

export const openHono: OpenService = async (store) => {
  const transport = websocketTransport()
  const orders = await openOrders(store, transport)
  const app = new Hono()
  app.put('/orders/:id', async (context) => {
    const { status, body } = await orders.place(context.req.param('id'))
    return context.json(body, status)
  })
  app.get('/orders/:id', (context) => {
    const { status, body } = orders.find(context.req.param('id'))
    return context.json(body, status)
  })
  // It is one of node:http as long as no other is asked for.
  const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }) as Server
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
