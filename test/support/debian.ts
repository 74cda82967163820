/**
 * What tests need of Debian, installed where it is missing and this process may (as root, with apt-get). It says what it does.
 *
 * Several test files may miss the same at once, each in a process of its own: one of them installs, the others wait for it.
 */
import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const LOCK = join(tmpdir(), 'roscius-apt.lock')

/** Puts a package there if `isThere` says that it is missing; answers what that says in the end. */
export function provide(name: string, isThere: () => boolean): boolean {
  if (isThere()) return true
  if (process.getuid?.() !== 0 || spawnSync('apt-get', ['--version']).error !== undefined) return false
  console.log(`${name} is missing: apt-get install -y ${name}`)
  const isInstalled = `dpkg-query -W -f '\${db:Status-Status}' ${name} 2>/dev/null | grep -qx installed`
  const install = `${isInstalled} || (apt-get update && apt-get install -y --no-install-recommends ${name})`
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  spawnSync('flock', [LOCK, 'sh', '-c', install], { stdio: 'inherit', env })
  return isThere()
}
