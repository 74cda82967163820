/** The `fetch` handler as a listener of `node:http`, and a server of its own. The one file that knows `@hono/node-server`. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import type { AppFetch, CallerEnv } from './app.js'

const MAX_CONNECTIONS = 256
/** Slow callers are sent away: head and body have their times. */
const LIMITS = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 5_000,
  maxHeaderSize: 16_384,
} as const

export type NodeListener = (request: IncomingMessage, response: ServerResponse) => void

export function nodeListener(fetch: AppFetch): NodeListener {
  const listener = getRequestListener((request, env) => fetch(request, env as CallerEnv), {
    overrideGlobalObjects: false,
  })
  return (request, response) => {
    // Routers of other frameworks take off the path that they were mounted below, and keep the whole one here.
    const { originalUrl } = request as { readonly originalUrl?: string }
    if (originalUrl !== undefined) request.url = originalUrl
    void listener(request, response)
  }
}

export function boundedServer(listener: NodeListener): Server {
  const server = createServer(LIMITS, listener)
  server.maxConnections = MAX_CONNECTIONS
  server.maxRequestsPerSocket = 10_000
  return server
}
