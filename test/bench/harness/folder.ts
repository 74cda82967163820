import { mkdirSync, statfsSync } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'

const PARENT = resolve('.cache', 'bench-data')

/**
 * A fresh folder for one store, under the project's own `.cache`: the system's temporary folder is kept in memory on
 * many machines, where an fsync costs nothing and proves nothing. Removed when the handle is disposed of.
 */
export async function benchFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  await mkdir(PARENT, { recursive: true })
  const path = await mkdtemp(join(PARENT, 'store-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

/** What keeps the folders, by its name: the time of an fsync is first of all its own. */
export function fileSystem(): string {
  mkdirSync(PARENT, { recursive: true })
  const { type } = statfsSync(PARENT)
  return FILE_SYSTEMS[type] ?? `file system 0x${type.toString(16)}`
}

/** As Linux numbers them. */
const FILE_SYSTEMS: Readonly<Record<number, string>> = {
  61267: 'ext2/3/4',
  1481003842: 'xfs',
  2435016766: 'btrfs',
  801189825: 'zfs',
  2035054128: 'overlayfs',
  16914836: 'tmpfs',
  26985: 'nfs',
}
