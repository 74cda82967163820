import { existsSync, renameSync, rmSync } from 'node:fs'

/**
 * Puts the folder `built` where `place` is. Another build may do so at the same moment: then one of the two, which are equal,
 * comes too late.
 */
export function takePlace(built, place) {
  const old = `${built}-old`
  try {
    if (existsSync(place)) renameSync(place, old)
    renameSync(built, place)
  } catch (error) {
    if (!['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes(error.code)) throw error
  } finally {
    for (const folder of [built, old]) rmSync(folder, { recursive: true, force: true })
  }
}
