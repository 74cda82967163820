import { spawnSync } from 'node:child_process'
import { packages } from '../packages.js'
import type { Availability, Peer } from '../peer.js'
import { nodeOfAgents } from './node.js'
import { PARTITIONS, serverVersion } from './server.js'
import { opened, openedTogether } from './site.js'

export const restate: Peer = {
  id: 'restate',
  name: 'Restate',
  settings: `one node, its log fsynced before each answer (the default, given explicitly), journals retained but in growing, ${PARTITIONS} partitions for two processors instead of 24; virtual objects, called through the ingress over one HTTP/2 connection`,
  available,
  works: {
    step: { promise: 'durable', lacks: '', open: async (folder) => await opened(folder, 'agents.js', 'openSteps') },
    growing: {
      promise: 'durable',
      lacks: '',
      open: async (folder) => await opened(folder, 'history.js', 'openGrowing'),
    },
    sleep: {
      promise: 'durable',
      lacks:
        'that all timers are armed as soon as each partition answers, which is what counts here; or that one counted as woken is kept by then: its handler counts just before',
      open: async (folder) => await openedTogether(folder, 'sleepers.js', 'openSleep'),
    },
    crash: {
      promise: 'durable',
      lacks: 'that an effect which a crash interrupted happens only once; nor is its server killed: it lives on',
      open: async (folder) => await opened(folder, 'agents.js', 'openCrash'),
    },
    failure: {
      promise: 'durable',
      lacks: '',
      open: async (folder) => await opened(folder, 'fragile.js', 'openFailure'),
    },
    remote: {
      promise: 'durable',
      lacks: 'that messages one way are handled in order',
      open: async (folder) => await opened(folder, 'remote.js', 'openRemote'),
    },
  },
}

async function available(): Promise<Availability> {
  const installed = await packages(
    '@restatedev/restate-server',
    '@restatedev/restate-sdk',
    '@restatedev/restate-sdk-clients',
  )
  if ('missing' in installed) return installed
  const version = serverVersion()
  if (version === undefined) return { missing: 'the restate-server of this platform (npm ci in test/bench/peers)' }
  try {
    const node = spawnSync(await nodeOfAgents(), ['--version'], { encoding: 'utf8' }).stdout.trim()
    return { versions: { ...installed.versions, '@restatedev/restate-server': version, 'node (handlers)': node } }
  } catch (error) {
    return { missing: `Node 22 or newer: ${(error as Error).message}` }
  }
}
