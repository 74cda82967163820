/** The server beside the process of the handlers, which keeps its port, by which the server knows it again. */
import type { Service } from '../../harness/second-process.js'
import { freePort } from '../free-port.js'
import { type NodeSite, nodeSite, type Site } from '../site.js'
import { nodeOfAgents } from './node.js'
import { freePorts, loopback, type Ports, type RestateServer, restateServer } from './server.js'

/** With a server that lives as long as the site. */
export async function opened<TService extends Service>(
  folder: string,
  file: string,
  name: string,
): Promise<Site<TService>> {
  const ports = await freePorts()
  const handlers = await handlersOf(file, name, ports)
  const server = await restateServer(folder, ports)
  return nodeSite<TService>(folder, {
    ...handlers,
    servers: [server.pid],
    bytes: server.bytes,
    dispose: async () => await server[Symbol.asyncDispose](),
  })
}

/** With a server that ends with the handlers, and is started again before them, on the same data and ports. */
export async function openedTogether<TService extends Service>(
  folder: string,
  file: string,
  name: string,
): Promise<Site<TService>> {
  const ports = await freePorts()
  let server: RestateServer | undefined
  const end = async (): Promise<void> => await server?.[Symbol.asyncDispose]()
  const restarted = async (): Promise<RestateServer> => {
    server = await restateServer(folder, ports)
    return server
  }
  const site = nodeSite<TService>(folder, { ...(await handlersOf(file, name, ports)), dispose: end })
  return {
    ...site,
    async start() {
      const { pid } = await restarted()
      const handlers = await site.start()
      const close = async (): Promise<void> => {
        await handlers.close()
        await end()
      }
      return { ...handlers, close, pids: async () => [...(await handlers.pids()), pid] }
    },
  }
}

async function handlersOf(file: string, name: string, { admin, ingress }: Ports): Promise<NodeSite> {
  return {
    module: new URL(file, import.meta.url).href,
    name,
    argument: { admin: loopback(admin), ingress: loopback(ingress), port: await freePort() },
    execPath: await nodeOfAgents(),
  }
}
