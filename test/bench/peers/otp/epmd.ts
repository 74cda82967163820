/** An Erlang port mapper of the suite's own, by which two nodes find each other; that of the machine is left alone. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as elapsed } from 'node:timers/promises'
import { freePort } from '../free-port.js'

export interface Epmd extends AsyncDisposable {
  /** What makes a node use it. */
  readonly env: Readonly<Record<string, string>>
}

const START_MS = 15_000

export async function startEpmd(): Promise<Epmd> {
  const port = await freePort()
  const epmd = spawn('epmd', ['-port', String(port), '-address', '127.0.0.1'], { stdio: 'ignore' })
  const kill = (): void => void epmd.kill('SIGKILL')
  process.once('exit', kill)
  const dispose = async (): Promise<void> => {
    process.off('exit', kill)
    if (epmd.exitCode !== null || epmd.signalCode !== null) return
    const exit = once(epmd, 'exit')
    kill()
    await exit
  }
  try {
    await listening(epmd, port)
    return { env: { ERL_EPMD_PORT: String(port) }, [Symbol.asyncDispose]: dispose }
  } catch (error) {
    await dispose()
    throw error
  }
}

async function listening(epmd: ChildProcess, port: number): Promise<void> {
  await once(epmd, 'spawn')
  const deadline = performance.now() + START_MS
  while (performance.now() < deadline && epmd.exitCode === null) {
    if (await isListening(port)) return
    await elapsed(20)
  }
  throw new Error(`epmd listened on no port within ${START_MS} ms, or ended before`)
}

async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  const isConnected = await once(socket, 'connect').then(
    () => true,
    () => false,
  )
  socket.destroy()
  return isConnected
}
