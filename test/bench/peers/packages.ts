/** The versions of what a peer consists of. */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Availability } from './peer.js'

const require = createRequire(import.meta.url)

/** Available if all these packages from npm are installed. */
export async function packages(...names: readonly string[]): Promise<Availability> {
  const versions: Record<string, string> = {}
  for (const name of names) {
    const version = await versionOf(name)
    if (version === undefined) return { missing: `not installed: ${name} (npm ci in test/bench/peers)` }
    versions[name] = version
  }
  return { versions }
}

/** What its manifest says; a package needn't export that. */
async function versionOf(name: string): Promise<string | undefined> {
  for (const folder of require.resolve.paths(name) ?? []) {
    try {
      return JSON.parse(await readFile(join(folder, name, 'package.json'), 'utf8')).version
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
  }
  return undefined
}
