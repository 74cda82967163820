/** A server that a peer needs beside its agents: it ends when it is no longer needed, and with the suite at the latest. */
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as elapsed } from 'node:timers/promises'

/** How it is told to end; what hasn't ended by then is killed. */
export interface Ending {
  readonly signal: NodeJS.Signals
  /** When the suite itself ends, and nobody is left to wait. */
  readonly atExit: NodeJS.Signals
  readonly withinMs: number
}

const ORDERLY: Ending = { signal: 'SIGTERM', atExit: 'SIGKILL', withinMs: 10_000 }

/** Takes care of a server from its start; resolves, when called, once it has ended. */
export function endingOf(server: ChildProcess, { signal, atExit, withinMs }: Ending = ORDERLY): () => Promise<void> {
  const end = (): void => void server.kill(atExit)
  process.once('exit', end)
  return async () => {
    process.off('exit', end)
    if (server.pid === undefined || hasEnded(server)) return
    const exit = once(server, 'exit', { signal: AbortSignal.timeout(withinMs) })
    server.kill(signal)
    await exit.catch(() => server.kill('SIGKILL'))
  }
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null
}

/** Asks again and again until there is an answer; rejects if the server has ended, or takes too long. */
export async function untilReady<Answer>(
  server: ChildProcess,
  withinMs: number,
  ask: () => Promise<Answer | undefined>,
): Promise<Answer> {
  if (server.pid === undefined) await once(server, 'spawn')
  const deadline = performance.now() + withinMs
  while (performance.now() < deadline && !hasEnded(server)) {
    const answer = await ask()
    if (answer !== undefined) return answer
    // A server tells nobody that it is ready: it is asked, seldom enough to leave it the processor.
    await elapsed(20)
  }
  throw new Error(`it was not ready within ${withinMs} ms, or ended before`)
}
