import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'

/**
 * A fresh folder for one store, under the project's own `.cache`: the system's temporary folder is kept in memory on
 * many machines, where an fsync costs nothing and proves nothing. Removed when the handle is disposed of.
 */
export async function benchFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const parent = resolve('.cache', 'bench-data')
  await mkdir(parent, { recursive: true })
  const path = await mkdtemp(join(parent, 'store-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}
