import type { Peer } from '../peer.js'
import { nodeSite } from '../site.js'
import { rosciusVersions } from './versions.js'

const at = (file: string): string => new URL(file, import.meta.url).href

/** What its store is not, whatever is kept in it. */
export const NO_REPLICA = 'more than one disk and one process: there is no replica'

export const roscius: Peer = {
  id: 'roscius',
  name: 'Roscius',
  settings: 'LevelDB, durability "durable": an fsync before each answer, shared by all that wait for one',
  available: rosciusVersions,
  works: {
    step: {
      promise: 'durable',
      lacks: NO_REPLICA,
      open: async (folder) => nodeSite(folder, { module: at('agents.js'), name: 'openSteps' }),
    },
    growing: {
      promise: 'durable',
      lacks: NO_REPLICA,
      open: async (folder) => nodeSite(folder, { module: at('historian.js'), name: 'openGrowing' }),
    },
    sleep: {
      promise: 'durable',
      lacks: NO_REPLICA,
      open: async (folder) => nodeSite(folder, { module: at('sleepers.js'), name: 'openSleep' }),
    },
    crash: {
      promise: 'durable',
      lacks: 'that an effect which the crash interrupted happens only once: it is run again, under the same id',
      open: async (folder) => nodeSite(folder, { module: at('agents.js'), name: 'openCrash' }),
    },
    failure: {
      promise: 'memory',
      lacks: 'that the state of before is there again: a volatile actor starts without it',
      open: async (folder) => nodeSite(folder, { module: at('fragile.js'), name: 'openFailure' }),
    },
    remote: {
      promise: 'memory',
      lacks: 'that what a volatile agent was sent outlives its process',
      open: async (folder) => nodeSite(folder, { module: at('remote.js'), name: 'openRemote' }),
    },
  },
}
