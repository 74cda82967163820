/** The version of this package, and where the package is. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** From here to the root of the package: from the sources and the bundle, and from where the sources are built to. */
const ROOTS = ['../../', '../../../'].map((place) => new URL(place, import.meta.url))

export function ownVersion(): string {
  return foundPackage()?.version ?? '0.0.0'
}

/** The root of this package, as a path. Undefined where it was bundled into something else. */
export function ownRoot(): string | undefined {
  const found = foundPackage()
  return found && fileURLToPath(found.root)
}

interface Found {
  readonly root: URL
  readonly version: string
}

function foundPackage(): Found | undefined {
  for (const root of ROOTS) {
    try {
      const { name, version } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'))
      if (name === 'roscius') return { root, version: String(version) }
    } catch {
      // Not here.
    }
  }
  return undefined
}
