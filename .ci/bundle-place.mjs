import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Moves the files of the folder `built` into the folder `place`, file by file, those named in `entries` last: whoever imports an
 * entry meanwhile finds all that it imports. Another build may do so at the same moment; where the two are equal, it does not
 * matter whose file stays.
 */
export function placeFiles(built, place, entries) {
  mkdirSync(place, { recursive: true })
  const others = readdirSync(built).filter((name) => !entries.includes(name))
  for (const name of [...others, ...entries]) renameSync(join(built, name), join(place, name))
  rmSync(built, { recursive: true, force: true })
}

/** Removes from the folder `place` what is not named in `kept`. */
export function sweep(place, kept) {
  for (const name of readdirSync(place)) if (!kept.includes(name)) rmSync(join(place, name), { force: true })
}
