/** A cluster of PostgreSQL of its own, on a free port of this machine, with the defaults of `initdb`. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { chmod, mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { freePort } from '../free-port.js'
import { type Ending, endingOf, untilReady } from '../server-process.js'
import { bytesBelow } from '../site.js'
import { command, OWNER } from './postgres.js'

export interface Cluster extends AsyncDisposable {
  readonly url: string
  /** Of the server and of all that it has started: one for each connection, and those in the background. */
  pids(): Promise<readonly number[]>
  /** What its files take, once all that is in memory is written to them. */
  bytes(): Promise<number>
}

const START_MS = 60_000
const USER = 'postgres'
const DATABASE = 'agents'
/** Ends all its processes at once, as `pg_ctl stop -m immediate` does. */
const IMMEDIATELY: Ending = { signal: 'SIGQUIT', atExit: 'SIGQUIT', withinMs: 10_000 }

/** Its data and its log lie in `folder`. */
export async function openCluster(folder: string): Promise<Cluster> {
  const home = await homeIn(folder)
  const data = join(home, 'data')
  await run('initdb', ['-D', data, '-U', USER, '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8'])
  const port = await freePort()
  const server = start(home, ['-D', data, '-k', '', '-c', 'listen_addresses=127.0.0.1', '-p', String(port)])
  const dispose = endingOf(server, IMMEDIATELY)
  try {
    await untilReady(server, START_MS, () => takesConnections(port))
    await run('createdb', [...at(port), DATABASE])
    await checkDurable(port)
  } catch (error) {
    await dispose()
    throw new Error(`PostgreSQL did not start: ${await readFile(logIn(home), 'utf8')}`, { cause: error })
  }
  return {
    url: `postgresql://${USER}@127.0.0.1:${port}/${DATABASE}`,
    pids: () => withChildren(server.pid as number),
    async bytes() {
      await run('psql', [...at(port), '-qc', 'CHECKPOINT', DATABASE])
      return await bytesBelow(data)
    },
    [Symbol.asyncDispose]: dispose,
  }
}

/** A folder of the owner's, who must get there too. */
async function homeIn(folder: string): Promise<string> {
  const home = join(folder, 'postgresql')
  await mkdir(home, { recursive: true })
  if (OWNER === undefined) return home
  await chmod(folder, 0o711)
  await promisify(execFile)('chown', [OWNER, home])
  return home
}

function logIn(home: string): string {
  return join(home, 'log')
}

function start(home: string, args: readonly string[]): ChildProcess {
  const log = openSync(logIn(home), 'a')
  try {
    const [file, all] = command('postgres', args)
    return spawn(file, all, { stdio: ['ignore', log, log] })
  } finally {
    closeSync(log)
  }
}

async function takesConnections(port: number): Promise<true | undefined> {
  return await run('pg_isready', ['-q', ...at(port)]).then(
    () => true,
    () => undefined,
  )
}

/** A cluster that doesn't fsync would be fast. */
async function checkDurable(port: number): Promise<void> {
  for (const setting of ['fsync', 'synchronous_commit']) {
    const value = (await run('psql', [...at(port), '-Atqc', `show ${setting}`, DATABASE])).trim()
    if (value !== 'on') throw new Error(`its ${setting} is ${value}, not on`)
  }
}

function at(port: number): readonly string[] {
  return ['-h', '127.0.0.1', '-p', String(port), '-U', USER]
}

async function run(name: string, args: readonly string[]): Promise<string> {
  const [file, all] = command(name, args)
  return (await promisify(execFile)(file, all, { timeout: START_MS, cwd: '/' })).stdout
}

async function withChildren(pid: number): Promise<readonly number[]> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'pid=', '--ppid', String(pid)])
  return [pid, ...stdout.trim().split(/\s+/).map(Number)]
}
