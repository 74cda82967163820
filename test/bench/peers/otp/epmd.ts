/** An Erlang port mapper of the suite's own, by which two nodes find each other; that of the machine is left alone. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { freePort } from '../free-port.js'
import { endingOf, untilReady } from '../server-process.js'

export interface Epmd extends AsyncDisposable {
  /** What makes a node use it. */
  readonly env: Readonly<Record<string, string>>
}

const START_MS = 15_000

export async function startEpmd(): Promise<Epmd> {
  const port = await freePort()
  const epmd = spawn('epmd', ['-port', String(port), '-address', '127.0.0.1'], { stdio: 'ignore' })
  const dispose = endingOf(epmd)
  try {
    await untilReady(epmd, START_MS, () => isListening(port))
    return { env: { ERL_EPMD_PORT: String(port) }, [Symbol.asyncDispose]: dispose }
  } catch (error) {
    await dispose()
    throw error
  }
}

async function isListening(port: number): Promise<true | undefined> {
  const socket = connect(port, '127.0.0.1')
  const isConnected = await once(socket, 'connect').then(
    () => true as const,
    () => undefined,
  )
  socket.destroy()
  return isConnected
}
