import { packages } from '../packages.js'
import type { Availability, Peer } from '../peer.js'
import { nodeSite } from '../site.js'

const at = (file: string): string => new URL(file, import.meta.url).href

export const roscius: Peer = {
  id: 'roscius',
  name: 'Roscius',
  settings: 'LevelDB, durability "durable": an fsync before each answer, shared by all that wait for one',
  available,
  works: {
    step: {
      promise: 'durable',
      lacks: '',
      open: async (folder) => nodeSite(folder, { module: at('agents.js'), name: 'openSteps' }),
    },
    growing: {
      promise: 'durable',
      lacks: '',
      open: async (folder) => nodeSite(folder, { module: at('historian.js'), name: 'openGrowing' }),
    },
    sleep: {
      promise: 'durable',
      lacks: '',
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

async function available(): Promise<Availability> {
  return await packages('xstate', 'classic-level', 'ws')
}
