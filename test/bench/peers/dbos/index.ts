import type { Service } from '../../harness/second-process.js'
import { packages } from '../packages.js'
import type { Availability, Peer } from '../peer.js'
import { nodeSite, type Site } from '../site.js'
import type { GrowingService } from '../works/growing.js'
import { openCluster } from './cluster.js'
import { isReachable, OWNER, postgresVersion, providePostgres } from './postgres.js'

export const dbos: Peer = {
  id: 'dbos',
  name: 'DBOS',
  settings:
    'PostgreSQL on the same machine, fsync and synchronous_commit on, 20 connections; a workflow for each message, with a step for the change: no datasource on npm goes with this SDK',
  available,
  works: {
    step: { promise: 'durable', lacks: '', open: (folder) => open(folder, 'agents.js', 'openSteps') },
    growing: {
      promise: 'durable',
      lacks:
        'that the bytes are those of the history alone: the whole cluster has grown by them, its write-ahead log included',
      open: openGrowing,
    },
    sleep: {
      promise: 'durable',
      lacks:
        'that one asleep has begun: it is enqueued with a delay, and looked for each second; nor is PostgreSQL started again: it lives on',
      open: (folder) => open(folder, 'sleepers.js', 'openSleep'),
    },
    crash: {
      promise: 'durable',
      lacks:
        'that a step whose checkpoint is lost runs only once: its effect is repeated, and its SQL sees to it that the state counts it once; nor is PostgreSQL killed: it lives on',
      open: (folder) => open(folder, 'agents.js', 'openCrash'),
    },
    failure: { promise: 'durable', lacks: '', open: (folder) => open(folder, 'fragile.js', 'openFailure') },
    remote: {
      promise: 'durable',
      lacks: 'a way that bypasses the database, where the client looks for an answer each millisecond',
      open: (folder) => open(folder, 'remote.js', 'openRemote'),
    },
  },
}

/** DBOS's own tables are there before the history is: only what that adds is told. */
async function openGrowing(folder: string): Promise<Site<GrowingService>> {
  const site = await open<GrowingService>(folder, 'history.js', 'openGrowing')
  try {
    await (await site.start()).close()
    return site
  } catch (error) {
    // Nobody else has got hold of it, nor of its server.
    await site[Symbol.asyncDispose]()
    throw error
  }
}

/** The agents' process on a cluster of its own, whose processes' memory counts. */
async function open<TService extends Service>(folder: string, file: string, name: string): Promise<Site<TService>> {
  const cluster = await openCluster(folder)
  const site = nodeSite<TService>(folder, {
    module: new URL(file, import.meta.url).href,
    name,
    argument: { url: cluster.url },
    bytes: () => cluster.bytes(),
    dispose: async () => await cluster[Symbol.asyncDispose](),
  })
  return {
    ...site,
    async start() {
      const agents = await site.start()
      return { ...agents, pids: async () => [...(await agents.pids()), ...(await cluster.pids())] }
    },
  }
}

async function available(): Promise<Availability> {
  const client = await packages('@dbos-inc/dbos-sdk', 'pg')
  if ('missing' in client) return client
  if (!providePostgres()) return { missing: 'PostgreSQL (apt-get install postgresql)' }
  if (!isReachable(import.meta.dirname))
    return { missing: `a folder that the user ${OWNER} gets to: its cluster lies below` }
  return { versions: { ...client.versions, postgresql: postgresVersion() } }
}
