import { packages } from '../packages.js'
import type { Declined, Peer } from '../peer.js'
import { nodeSite } from '../site.js'

const at = (file: string): string => new URL(file, import.meta.url).href

const NOTHING_KEPT: Declined = {
  declined:
    'in memory: to keep anything it needs a persistence engine, another package (nact-persistence-postgres) with a PostgreSQL',
}

export const nact: Peer = {
  id: 'nact',
  name: 'nact',
  settings: 'nothing is kept on the disk: actors in memory, asked with query; without logging',
  available: () => packages('nact'),
  works: {
    step: {
      promise: 'memory',
      lacks:
        'anything that outlives the process, or an answer to both of two queries at once: they may get the same id',
      open: async (folder) => nodeSite(folder, { module: at('agents.js'), name: 'openSteps' }),
    },
    growing: NOTHING_KEPT,
    sleep: {
      promise: 'memory',
      lacks: 'a timer of its own, which one of Node stands in for, or that an agent outlives the process',
      open: async (folder) => nodeSite(folder, { module: at('sleepers.js'), name: 'openSleep' }),
    },
    crash: NOTHING_KEPT,
    failure: {
      promise: 'memory',
      lacks: 'the state of before, or that the message at which it threw is handled',
      open: async (folder) => nodeSite(folder, { module: at('fragile.js'), name: 'openFailure' }),
    },
    remote: { declined: 'its actors are reached within one process only' },
  },
}
