import { packages } from '../packages.js'
import { type Declined, none, type Peer } from '../peer.js'
import { nodeSite } from '../site.js'

const NO_AGENTS: Declined = { declined: 'a WebSocket carries frames; it keeps nothing and runs no agents' }

export const ws: Peer = {
  id: 'ws',
  name: 'Raw WebSocket (ws)',
  settings: 'one connection, no compression, a binary frame of 40 bytes for each message',
  available: () => packages('ws'),
  works: {
    ...none(NO_AGENTS),
    remote: {
      promise: 'memory',
      lacks: 'agents, addresses, or anything once the connection breaks: it is the limit of what is built on it',
      open: async (folder) =>
        nodeSite(folder, { module: new URL('remote.js', import.meta.url).href, name: 'openRemote' }),
    },
  },
}
