/** Which Roscius is measured: the one of this checkout. */
import { spawnSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { packages } from '../packages.js'
import type { Availability } from '../peer.js'

export async function rosciusVersions(): Promise<Availability> {
  const built = await packages('xstate', 'classic-level', 'ws')
  if ('missing' in built) return built
  const { version } = JSON.parse(await readFile(resolve('package.json'), 'utf8'))
  const commit = commitHere()
  return { versions: { roscius: commit === undefined ? version : `${version} (${commit})`, ...built.versions } }
}

/** Short, with a `+` if what git knows was changed since; undefined where there is no git or no repository. */
function commitHere(): string | undefined {
  const flags = ['--always', '--abbrev=7', '--exclude=*', '--dirty=+']
  const { status, stdout } = spawnSync('git', ['describe', ...flags], { encoding: 'utf8' })
  return status === 0 ? stdout.trim() : undefined
}
