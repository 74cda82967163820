/** The commands `ip`, `tc` and `ss` of iproute2. */
import { execFile, execFileSync } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Rejects with what the command says of a failure. */
export async function iproute(command: 'ip' | 'tc', ...args: readonly string[]): Promise<string> {
  return (await run(command, args)).stdout
}

/** Many commands of `ip` in one call, within a namespace; each line is one. */
export async function ipLines(namespace: string, lines: readonly string[]): Promise<void> {
  const running = run('ip', ['-n', namespace, '-batch', '-'])
  running.child.stdin?.end(`${lines.join('\n')}\n`)
  await running
}

/** Ends the sockets that lead from `namespace` to an address: both ends are told, if the network lets them be. */
export async function endSockets(namespace: string, address: string): Promise<void> {
  // It exits with an error for sockets that were gone already.
  await run('ip', ['netns', 'exec', namespace, 'ss', '-K', 'dst', address]).catch(() => undefined)
}

/** The namespaces there are. */
export async function namespaces(): Promise<string[]> {
  const lines = (await iproute('ip', 'netns', 'list')).split('\n')
  return lines.map((line) => line.split(' ')[0] as string).filter((name) => name !== '')
}

/** Also while the process ends. */
export function removeNamespaces(names: readonly string[]): void {
  for (const name of names) {
    try {
      execFileSync('ip', ['netns', 'del', name], { stdio: 'ignore' })
    } catch {
      // Gone already.
    }
  }
}
