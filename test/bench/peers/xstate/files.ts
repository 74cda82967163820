/**
 * What a user of XState writes today to keep an actor: its persisted snapshot as JSON in a file of its own, fsynced.
 *
 * Either into a new file that then takes the old one's place, so that a crash leaves one of the two; or over the old one, which
 * is faster, and which a crash may leave empty.
 */
import { closeSync, fsyncSync, openSync, renameSync, writeFileSync } from 'node:fs'
import { type FileHandle, open, readdir, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'

export type Writing = 'replacing' | 'in place'

export class Files {
  /** Whether only one file is written at a time: then the synchronous calls are faster, as no thread of the pool has to take part. */
  isAlone = false

  constructor(
    private readonly folder: string,
    private readonly writing: Writing = 'replacing',
  ) {}

  /** Resolves once the state is on the disk. */
  async write(id: string, state: unknown): Promise<void> {
    const path = join(this.folder, `${id}.json`)
    const written = this.writing === 'replacing' ? `${path}.new` : path
    const text = JSON.stringify(state)
    if (this.isAlone) syncedAtOnce(openSync(written, 'w'), text)
    else await synced(await open(written, 'w'), text)
    if (written === path) return
    if (this.isAlone) renameSync(written, path)
    else await rename(written, path)
  }

  /** Undefined if nothing was written; or if what was is torn by a crash, where such a thing is to be expected. */
  async read(id: string): Promise<unknown> {
    try {
      return JSON.parse(await readFile(join(this.folder, `${id}.json`), 'utf8'))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      if (this.writing === 'in place' && error instanceof SyntaxError) return undefined
      throw error
    }
  }

  /** All that were written. */
  async ids(): Promise<readonly string[]> {
    const names = await readdir(this.folder)
    return names.filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -'.json'.length))
  }
}

async function synced(file: FileHandle, text: string): Promise<void> {
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}

function syncedAtOnce(file: number, text: string): void {
  try {
    writeFileSync(file, text)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}
