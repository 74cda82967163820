/** The version of this package. */
import { readFileSync } from 'node:fs'

/** From here to the root of the package: from the sources, and from where they are built to. */
const PLACES = ['../../package.json', '../../../package.json']

export function ownVersion(): string {
  for (const place of PLACES) {
    try {
      const { name, version } = JSON.parse(readFileSync(new URL(place, import.meta.url), 'utf8'))
      if (name === 'roscius') return String(version)
    } catch {
      // Not here.
    }
  }
  return '0.0.0'
}
