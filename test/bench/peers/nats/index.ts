import { spawnSync } from 'node:child_process'
import { provide } from '../../../support/debian.js'
import { packages } from '../packages.js'
import { type Availability, type Declined, none, type Peer } from '../peer.js'
import { nodeSite } from '../site.js'
import { natsServer } from './server.js'

const NO_AGENTS: Declined = {
  declined: 'NATS carries messages and runs no agents; JetStream is a store of messages, to build agents on',
}

export const nats: Peer = {
  id: 'nats',
  name: 'NATS',
  settings: 'core NATS, one server on this machine, request and reply, the client without asynchronous traces',
  available,
  works: {
    ...none(NO_AGENTS),
    remote: {
      promise: 'memory',
      lacks:
        'agents, as a function answers, or that a message arrives: it is delivered at most once, and whoever falls behind is cut off',
      async open(folder) {
        const server = await natsServer(folder)
        return nodeSite(folder, {
          module: new URL('remote.js', import.meta.url).href,
          name: 'openRemote',
          argument: { url: server.url },
          servers: [server.pid],
          dispose: async () => await server[Symbol.asyncDispose](),
        })
      },
    },
  },
}

async function available(): Promise<Availability> {
  const client = await packages('@nats-io/transport-node')
  if ('missing' in client) return client
  if (!provide('nats-server', () => serverVersion() !== undefined)) {
    return { missing: 'nats-server (apt-get install nats-server)' }
  }
  return { versions: { ...client.versions, 'nats-server': serverVersion() ?? '' } }
}

/** Undefined where there is none. */
function serverVersion(): string | undefined {
  const { stdout } = spawnSync('nats-server', ['--version'], { encoding: 'utf8' })
  return /v([\d.]+\S*)/.exec(stdout ?? '')?.[1]
}
