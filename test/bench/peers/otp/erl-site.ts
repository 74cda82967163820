/** A peer whose agents live in Erlang: the suite starts `erl` itself and speaks with it, with no Node in between. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Service } from '../../harness/second-process.js'
import { type AgentProcess, bytesBelow, type Site } from '../site.js'
import { compiled } from './compiled.js'
import { Line } from './line.js'
import type { Wire } from './wires.js'

export interface ErlSite<TService extends Service> {
  /** The module that does the work, and what its `open` is given. */
  readonly module: string
  readonly given?: readonly string[]
  readonly wire: Wire<TService>
  readonly flags?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  dispose?(): Promise<void>
}

const START_MS = 60_000
const END_MS = 60_000

export async function erlSite<TService extends Service>(
  folder: string,
  site: ErlSite<TService>,
): Promise<Site<TService>> {
  const code = await compiled()
  const emulators: ChildProcess[] = []
  return {
    async start() {
      const emulator = erl(code, site)
      emulators.push(emulator)
      return await started(emulator, site.wire)
    },
    bytes: () => bytesBelow(folder),
    async [Symbol.asyncDispose]() {
      await Promise.all(emulators.map(killed))
      await site.dispose?.()
    },
  }
}

/**
 * As it comes, but for the break handler and the crash dump; its log goes to standard output. `erl` becomes the emulator: its pid is
 * the emulator's.
 */
function erl<TService extends Service>(code: string, { module, given = [], flags = [], env }: ErlSite<TService>) {
  const run = ['-run', 'lines', 'main', module, ...given]
  return spawn('erl', ['+Bd', '-noinput', '-pa', code, ...flags, ...run], {
    stdio: ['ignore', 'ignore', 2, 'pipe'],
    env: { ...process.env, ERL_CRASH_DUMP_BYTES: '0', ...env },
  })
}

async function started<TService extends Service>(
  child: ChildProcess,
  wire: Wire<TService>,
): Promise<AgentProcess<TService>> {
  const line = new Line(child)
  await line.ready(START_MS)
  return {
    async call(name, ...[argument]) {
      const { write, read } = wire[name]
      return read(await line.request([name, ...write(argument)])) as never
    },
    kill: () => killed(child),
    close: () => line.end(child, END_MS),
    pids: async () => [child.pid as number],
  }
}

async function killed(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.kill('SIGKILL')
  await exit
}
