/**
 * Reading a LevelDB folder whether another process has it open or not: if it has, a copy is made, and that is opened.
 *
 * 1. Nothing is written into the folder (LevelDB's attempt to open it has begun a new LOG, its own diary), its lock is kept.
 * 2. LevelDB only appends to its log and its manifest, and never changes a table once it is written: a copy is what was
 *    committed at some moment of the copying. If a compaction removes a table meanwhile, the copy does not open, and the
 *    next one is tried.
 */
import { constants } from 'node:fs'
import { copyFile, link, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isRosciusError, RosciusError } from '../../core/errors.js'
import { levelStore } from '../../persistence/level-store.js'
import type { Store } from '../../persistence/store.js'
import { assertStore } from './open-store.js'

const MAX_TRIES = 10

/**
 * Lends `use` the store in `folder`, or a copy if a process has it open; `onCopy` is called before that is made. Throws
 * `STORE_FAILED` if there is no store, or if none of ten copies can be opened.
 */
export async function withStoreOrCopy<T>(
  folder: string,
  onCopy: () => void,
  use: (store: Store, isCopy: boolean) => Promise<T>,
): Promise<T> {
  assertStore(folder)
  const store = await openUnlessLocked(folder)
  if (store !== undefined) return lend(store, (own) => use(own, false))
  onCopy()
  return withCopy(folder, (copy) => use(copy, true))
}

async function lend<T>(store: Store, use: (store: Store) => Promise<T>): Promise<T> {
  try {
    return await use(store)
  } finally {
    await store.close()
  }
}

async function openUnlessLocked(folder: string): Promise<Store | undefined> {
  try {
    return await levelStore(folder)
  } catch (error) {
    if (isRosciusError(error, 'STORE_LOCKED')) return undefined
    throw error
  }
}

async function withCopy<T>(folder: string, use: (copy: Store) => Promise<T>): Promise<T> {
  const place = await mkdtemp(join(tmpdir(), 'roscius-copy-'))
  try {
    return await lend(await openCopy(folder, place), use)
  } finally {
    await rm(place, { recursive: true, force: true })
  }
}

async function openCopy(folder: string, place: string): Promise<Store> {
  let cause: unknown
  for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
    const copy = join(place, String(attempt))
    try {
      await copyStore(folder, copy)
      return await levelStore(copy)
    } catch (error) {
      cause = error
    }
  }
  const message = `${folder} is in use by another process and changes too fast to be copied: ask that one for system.tree(), or stop it.`
  throw new RosciusError('STORE_FAILED', message, { cause })
}

/** The tables last: what the manifest names was there when it was copied. */
async function copyStore(folder: string, copy: string): Promise<void> {
  await mkdir(copy)
  const files = await readdir(folder)
  const isTable = (file: string): boolean => file.endsWith('.ldb') || file.endsWith('.sst')
  const others = files.filter((file) => /^(CURRENT|MANIFEST-\d+|\d+\.log)$/.test(file))
  for (const file of others.sort()) await copyFile(join(folder, file), join(copy, file))
  for (const file of files.filter(isTable)) await linkOrCopy(join(folder, file), join(copy, file))
}

async function linkOrCopy(from: string, to: string): Promise<void> {
  try {
    await link(from, to)
  } catch {
    await copyFile(from, to, constants.COPYFILE_FICLONE)
  }
}
