import { type Elsewhere, none, type Peer } from '../peer.js'
import { NO_REPLICA } from '../roscius/index.js'
import { rosciusVersions } from '../roscius/versions.js'
import { nodeSite } from '../site.js'

const SEE_ROSCIUS: Elsewhere = { elsewhere: 'roscius' }

export const rosciusSocket: Peer = {
  id: 'roscius-socket',
  name: 'Roscius over its socket',
  settings: 'as roscius, but the agents are asked by another process over a WebSocket link',
  available: rosciusVersions,
  works: {
    ...none(SEE_ROSCIUS),
    step: {
      promise: 'durable',
      lacks: NO_REPLICA,
      open: async (folder) => nodeSite(folder, { module: new URL('near.js', import.meta.url).href, name: 'openSteps' }),
    },
  },
}
