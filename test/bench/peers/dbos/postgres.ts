/** PostgreSQL as Debian installs it: where its programs are, and as whom they run. */
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { provide } from '../../../support/debian.js'

const VERSIONS = '/usr/lib/postgresql'

/** Installs it where it is missing and this process may. */
export function providePostgres(): boolean {
  return provide('postgresql', () => newest() !== undefined)
}

/** As `postgres --version` tells. */
export function postgresVersion(): string {
  const { stdout } = spawnSync(program('postgres'), ['--version'], { encoding: 'utf8' })
  return /[\d.]+/.exec(stdout)?.[0] ?? ''
}

/** The owner of a cluster: the server refuses to run as root. Undefined where this process isn't root. */
export const OWNER = process.getuid?.() === 0 ? 'postgres' : undefined

/** The command that runs a program of PostgreSQL as the owner; it is ended when this process is, however that ends. */
export function command(name: string, args: readonly string[]): readonly [string, readonly string[]] {
  const owner = OWNER === undefined ? [] : [`--reuid=${OWNER}`, `--regid=${OWNER}`, '--init-groups']
  // SIGQUIT is an immediate shutdown.
  return ['setpriv', [...owner, '--pdeathsig=QUIT', program(name), ...args]]
}

/** Whether the owner gets as far as that folder. */
export function isReachable(folder: string): boolean {
  return (
    OWNER === undefined ||
    spawnSync('setpriv', [`--reuid=${OWNER}`, '--clear-groups', 'test', '-x', folder]).status === 0
  )
}

function program(name: string): string {
  return join(VERSIONS, newest() ?? '', 'bin', name)
}

function newest(): string | undefined {
  try {
    return readdirSync(VERSIONS)
      .sort((one, other) => Number(one) - Number(other))
      .at(-1)
  } catch {
    return undefined
  }
}
