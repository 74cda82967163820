/** A peer at work on one machine: the process of its agents, the servers beside it, and what all of them keep on disk. */
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type SecondProcess, type Service, secondProcess } from '../harness/second-process.js'

/** Disposed of, it ends whatever of it still runs: a work that throws has closed nothing. */
export interface Site<TService extends Service> extends AsyncDisposable {
  /** Starts the process that holds the agents; again after it was killed or closed. */
  start(): Promise<AgentProcess<TService>>
  /** How many bytes all that is kept takes on the disk now. */
  bytes(): Promise<number>
}

export interface AgentProcess<TService extends Service> extends Pick<SecondProcess<TService>, 'call' | 'kill'> {
  /** Ends it in order. */
  close(): Promise<void>
  /** Of all processes that hold the agents' memory now, servers included: a server may have started some since. */
  pids(): Promise<readonly number[]>
}

/** A peer whose agents live in one process of Node. */
export interface NodeSite {
  /** The service's module (`import.meta.url`) and the name of the function that opens it. */
  readonly module: string
  readonly name: string
  /** Given to that function beside the folder; structured-cloneable. */
  readonly argument?: Readonly<Record<string, unknown>>
  /** The Node that runs it; this one by default. */
  readonly execPath?: string
  /** The servers beside it: their memory counts. Their data lie in the folder, unless `bytes` says otherwise. */
  readonly servers?: readonly number[]
  bytes?(): Promise<number>
  /** Ends the servers. */
  dispose?(): Promise<void>
}

/** What the function that opens a service is given. */
export interface Opened {
  readonly folder: string
}

export function nodeSite<TService extends Service>(folder: string, site: NodeSite): Site<TService> {
  const { module, name, argument, execPath, servers = [] } = site
  const started: Promise<SecondProcess<TService>>[] = []
  const ending = new AbortController()
  return {
    async start() {
      const opening = { module, name, argument: { folder, ...argument } }
      const starting = secondProcess<TService>(opening, { isApart: false, execPath, signal: ending.signal })
      started.push(starting)
      const process = await starting
      return {
        call: process.call,
        kill: process.kill,
        close: async () => await process[Symbol.asyncDispose](),
        pids: async () => [process.pid, ...servers],
      }
    },
    bytes: site.bytes ?? (() => bytesBelow(folder)),
    async [Symbol.asyncDispose]() {
      // Also what hasn't opened yet; what couldn't is gone already, and has told whoever started it.
      ending.abort()
      await Promise.allSettled(started.map(async (starting) => await (await starting).kill()))
      await site.dispose?.()
    },
  }
}

/** The length of all files below a folder. */
export async function bytesBelow(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true })
  const files = entries.filter((entry) => entry.isFile())
  const sizes = await Promise.all(files.map(({ parentPath, name }) => sizeOf(join(parentPath, name))))
  return sizes.reduce((sum, size) => sum + size, 0)
}

/** A server may remove a file while it is being looked at. */
async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0
    throw error
  }
}
