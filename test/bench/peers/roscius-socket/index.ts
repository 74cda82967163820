import { packages } from '../packages.js'
import type { Declined, Peer } from '../peer.js'
import { nodeSite } from '../site.js'

const SEE_ROSCIUS: Declined = { declined: 'see roscius' }

export const rosciusSocket: Peer = {
  id: 'roscius-socket',
  name: 'Roscius over its socket',
  settings: 'as roscius, but the agents are asked by another process over a WebSocket link',
  available: () => packages('xstate', 'classic-level', 'ws'),
  works: {
    step: {
      promise: 'durable',
      lacks: '',
      open: async (folder) => nodeSite(folder, { module: new URL('near.js', import.meta.url).href, name: 'openSteps' }),
    },
    growing: SEE_ROSCIUS,
    sleep: SEE_ROSCIUS,
    crash: SEE_ROSCIUS,
    failure: SEE_ROSCIUS,
    remote: SEE_ROSCIUS,
  },
}
