/** A NATS server of its own, on a free port of this machine. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { endingOf, untilReady } from '../server-process.js'

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
  const dispose = endingOf(server)
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
  const path = join(folder, `nats-server_${server.pid}.ports`)
  return await untilReady(server, START_MS, () => readFile(path, 'utf8').then(firstUrl, () => undefined))
}

/** Undefined while the file is only half written. */
function firstUrl(ports: string): string | undefined {
  return /nats:\/\/[\d.]+:\d+/.exec(ports.includes('}') ? ports : '')?.[0]
}
