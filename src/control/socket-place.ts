/**
 * Where the door of a running system is: a Unix domain socket in a private folder of the store, or a named pipe on Windows.
 *
 * 1. Only the owner of the store gets in: the folder has mode 0700, the socket 0600.
 * 2. The path of a socket must fit into 104 bytes (the least that a supported system allows, its end included). Where the
 *    store's doesn't, the socket is in a private folder for temporary files, and a file beside the store tells where.
 */
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, lstat, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { RosciusError } from '../core/errors.js'

const MAX_PATH_BYTES = 103
const FOLDER = 'control'
const SOCKET = 'control.sock'
const POINTER = 'control.path'
const TEMPORARY = 'roscius-control-'

const fits = (path: string): boolean => Buffer.byteLength(path) <= MAX_PATH_BYTES

/** Where a system is to listen; what an earlier one left behind is removed. Throws `STORE_FAILED`. */
export async function makePlace(folder: string): Promise<string> {
  if (process.platform === 'win32') return pipeOf(folder)
  const control = await makePrivateFolder(folder)
  await removePlace(folder)
  const path = join(control, SOCKET)
  if (fits(path)) return path
  const short = join(await mkdtemp(join(tmpdir(), TEMPORARY)), SOCKET)
  if (!fits(short)) throw unusable(short, `has more than ${MAX_PATH_BYTES} bytes, which is too long for a socket`)
  await writeFile(join(control, POINTER), short, { mode: 0o600 })
  return short
}

/** Where the system that has the store open listens; `undefined` if none does, or did. Throws `STORE_FAILED`. */
export async function findPlace(folder: string): Promise<string | undefined> {
  if (process.platform === 'win32') return pipeOf(folder)
  const control = await privateFolder(folder)
  if (control === undefined) return undefined
  const short = await pointed(control)
  const path = short ?? join(control, SOCKET)
  if (!existsSync(path)) return undefined
  if (short !== undefined) await assertPrivate(dirname(short), folder, 'refuse')
  return path
}

/** The folder for what only the owner of the store may use. Throws `STORE_FAILED`. */
export async function makePrivateFolder(folder: string): Promise<string> {
  const control = join(folder, FOLDER)
  await mkdir(control, { recursive: true, mode: 0o700 })
  await assertPrivate(control, folder, 'mend')
  return control
}

/** The same, if it is there. Throws `STORE_FAILED` if others can use it. */
export async function privateFolder(folder: string): Promise<string | undefined> {
  const control = join(folder, FOLDER)
  if (!existsSync(control)) return undefined
  await assertPrivate(control, folder, 'refuse')
  return control
}

/** Takes away the socket, and where it was if that was made for it. */
export async function removePlace(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const control = join(folder, FOLDER)
  const short = await pointed(control)
  if (short !== undefined && basename(dirname(short)).startsWith(TEMPORARY))
    await rm(dirname(short), { recursive: true, force: true })
  for (const file of [POINTER, SOCKET]) await rm(join(control, file), { force: true })
}

async function pointed(control: string): Promise<string | undefined> {
  const pointer = join(control, POINTER)
  return existsSync(pointer) ? await readFile(pointer, 'utf8') : undefined
}

/** A folder that somebody else can write to, or a link to one, could hold anybody's socket. */
async function assertPrivate(place: string, store: string, otherwise: 'mend' | 'refuse'): Promise<void> {
  const [found, owner] = [await lstat(place), (await lstat(await realpath(store))).uid]
  if (!found.isDirectory()) throw unusable(place, 'is not a folder')
  if (found.uid !== owner) throw unusable(place, 'does not belong to the owner of the store')
  if ((found.mode & 0o077) === 0) return
  if (otherwise === 'refuse') throw unusable(place, 'can be used by others: its mode must be 700')
  await chmod(place, 0o700)
}

function unusable(place: string, why: string): RosciusError {
  return new RosciusError('STORE_FAILED', `${place} ${why}.`, { details: { path: place } })
}

async function pipeOf(folder: string): Promise<string> {
  const name = createHash('sha256')
    .update(await realpath(folder))
    .digest('hex')
    .slice(0, 32)
  return `\\\\.\\pipe\\roscius-${name}`
}
