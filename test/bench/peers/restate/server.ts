/** A Restate server of its own, on free ports of this machine. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, open, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { freePort } from '../free-port.js'
import { endingOf, untilReady } from '../server-process.js'
import { bytesBelow } from '../site.js'

export interface RestateServer extends AsyncDisposable {
  readonly pid: number
  /** What it keeps on the disk, without its log of what it does. */
  bytes(): Promise<number>
}

/** Where it is reached, also when it is started again. */
export interface Ports {
  readonly admin: number
  readonly ingress: number
  readonly node: number
}

export async function freePorts(): Promise<Ports> {
  return { admin: await freePort(), ingress: await freePort(), node: await freePort() }
}

/** The default of 24 costs 1.7 times the processor time for a step with 64 agents, and with 1 000, on a machine of two processors. */
export const PARTITIONS = 4
/** Its defaults, given nevertheless: what is acknowledged is in its log, and the log is fsynced. */
const DURABLE = {
  RESTATE_BIFROST__DEFAULT_PROVIDER: 'replicated',
  RESTATE_LOG_SERVER__ROCKSDB_DISABLE_WAL_FSYNC: 'false',
}
const START_MS = 30_000

/** Its data and its log lie in `folder`: it goes on with what is there. */
export async function restateServer(folder: string, ports: Ports): Promise<RestateServer> {
  const data = join(folder, 'restate-data')
  const log = join(folder, 'restate-server.log')
  await mkdir(data, { recursive: true })
  const server = await spawned(data, log, ports)
  const dispose = endingOf(server)
  try {
    for (const url of [`${loopback(ports.admin)}/health`, `${loopback(ports.ingress)}/restate/health`])
      await untilReady(server, START_MS, () => isOk(url))
    return { pid: server.pid as number, bytes: () => bytesBelow(data), [Symbol.asyncDispose]: dispose }
  } catch (error) {
    await dispose()
    throw new Error(`restate-server did not start: ${await readFile(log, 'utf8')}`, { cause: error })
  }
}

export function loopback(port: number): string {
  return `http://127.0.0.1:${port}`
}

/** Without the launcher of the npm package, which would be one process more to end. */
async function spawned(data: string, log: string, { admin, ingress, node }: Ports): Promise<ChildProcess> {
  const output = await open(log, 'a')
  const args = [
    '--no-logo',
    '--node-name=agents',
    `--base-dir=${data}`,
    `--default-num-partitions=${PARTITIONS}`,
    '--listen-mode=tcp',
    '--log-filter=warn',
  ]
  const env = {
    ...process.env,
    RESTATE_BIND_ADDRESS: `127.0.0.1:${node}`,
    RESTATE_ADMIN__BIND_ADDRESS: `127.0.0.1:${admin}`,
    RESTATE_INGRESS__BIND_ADDRESS: `127.0.0.1:${ingress}`,
    RESTATE_DISABLE_TELEMETRY: 'true',
    ...DURABLE,
  }
  const server = spawn(binary() ?? 'restate-server', args, { stdio: ['ignore', output.fd, output.fd], env })
  try {
    await once(server, 'spawn')
    return server
  } finally {
    await output.close()
  }
}

async function isOk(url: string): Promise<true | undefined> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(5_000) }).catch(() => undefined)
  return answer?.ok || undefined
}

/** What it calls itself; undefined where there is none for this platform. */
export function serverVersion(): string | undefined {
  const path = binary()
  if (path === undefined) return undefined
  const { stdout } = spawnSync(path, ['--version'], { encoding: 'utf8', timeout: START_MS })
  return /restate-server (\S+)/.exec(stdout ?? '')?.[1]
}

function binary(): string | undefined {
  const name = `@restatedev/restate-server-${process.platform}-${process.arch}/bin/restate-server`
  try {
    return createRequire(import.meta.url).resolve(name)
  } catch {
    return undefined
  }
}
