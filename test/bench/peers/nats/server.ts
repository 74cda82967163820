/** A NATS server of its own, on a free port of this machine. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as elapsed } from 'node:timers/promises'

export interface NatsServer extends AsyncDisposable {
  readonly url: string
  readonly pid: number
}

const START_MS = 15_000

/** Its log lies in `folder`, and the file in which it tells its port. */
export async function natsServer(folder: string): Promise<NatsServer> {
  await mkdir(folder, { recursive: true })
  const log = join(folder, 'nats-server.log')
  const server = spawn('nats-server', ['-a', '127.0.0.1', '-p', '-1', '--ports_file_dir', folder, '-l', log], {
    stdio: 'ignore',
  })
  const kill = (): void => void server.kill('SIGKILL')
  process.once('exit', kill)
  const dispose = async (): Promise<void> => {
    process.off('exit', kill)
    await ended(server)
  }
  try {
    const url = await urlOf(server, folder)
    return { url, pid: server.pid as number, [Symbol.asyncDispose]: dispose }
  } catch (error) {
    await dispose()
    throw new Error(`nats-server did not start: ${await readFile(log, 'utf8').catch(() => 'no log')}`, { cause: error })
  }
}

/** It writes the file once it listens. */
async function urlOf(server: ChildProcess, folder: string): Promise<string> {
  await once(server, 'spawn')
  const path = join(folder, `nats-server_${server.pid}.ports`)
  const deadline = performance.now() + START_MS
  while (performance.now() < deadline && server.exitCode === null) {
    const url = await readFile(path, 'utf8').then(firstUrl, () => undefined)
    if (url !== undefined) return url
    await elapsed(20)
  }
  throw new Error(`it listened on no port within ${START_MS} ms, or ended before`)
}

/** Undefined while the file is only half written. */
function firstUrl(ports: string): string | undefined {
  return /nats:\/\/[\d.]+:\d+/.exec(ports.includes('}') ? ports : '')?.[0]
}

async function ended(server: ChildProcess): Promise<void> {
  if (server.pid === undefined || server.exitCode !== null || server.signalCode !== null) return
  const exit = once(server, 'exit', { signal: AbortSignal.timeout(5_000) })
  server.kill()
  await exit.catch(() => server.kill('SIGKILL'))
}
