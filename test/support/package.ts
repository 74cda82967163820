import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './compile.js'

interface Manifest {
  readonly version: string
  readonly bin: { readonly roscius: string }
  readonly exports: Readonly<Record<string, { readonly default: string }>>
}

/** What the package says of itself. */
export const manifest: Manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

/** The command as it is published; `build` makes it. */
export const command = join(root, manifest.bin.roscius)

/** The file that a program gets who imports `name` (`.`, `./mcp`) from the package. */
export function exported(name: string): string {
  return join(root, manifest.exports[name]!.default)
}
