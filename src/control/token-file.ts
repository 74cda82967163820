/**
 * Where the CLI finds a console: `control/console.json` in the folder of the store, which only its owner can read.
 *
 * One that a killed process has left is replaced by the next; who finds it asks there, and nobody answers.
 */
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { makePrivateFolder, privateFolder } from './socket-place.js'

const FILE = 'console.json'

const schema = z.object({ url: z.string(), token: z.string(), pid: z.number() })

export type ConsoleNote = z.output<typeof schema>

/** Throws `STORE_FAILED`. */
export async function writeNote(folder: string, note: ConsoleNote): Promise<void> {
  const control = await makePrivateFolder(folder)
  const [file, fresh] = [join(control, FILE), join(control, `${FILE}.${note.pid}`)]
  // A new file, put in its place whole: a link that somebody has left there is not followed.
  await rm(fresh, { force: true })
  await writeFile(fresh, JSON.stringify(note), { mode: 0o600, flag: 'wx' })
  await rename(fresh, file)
}

/** Throws `STORE_FAILED` if others could have written it. */
export async function readNote(folder: string): Promise<ConsoleNote | undefined> {
  const control = await privateFolder(folder)
  if (control === undefined) return undefined
  try {
    return schema.parse(JSON.parse(await readFile(join(control, FILE), 'utf8')))
  } catch {
    return undefined
  }
}

/** Removes it, unless another console has put its own there. */
export async function removeNote(folder: string, token: string): Promise<void> {
  const note = await readNote(folder).catch(() => undefined)
  if (note?.token === token) await rm(join(folder, 'control', FILE), { force: true })
}
