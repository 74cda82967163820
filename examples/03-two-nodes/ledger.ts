/**
 * A file with a line for each time that a worker has begun a job: the world's own account of what was done to it, which
 * Roscius neither writes nor reads.
 */
import { appendFileSync, existsSync, readFileSync } from 'node:fs'

export interface Deed {
  readonly effectId: string
  /** From 1; above 1 it was begun before, and its outcome was lost. */
  readonly attempt: number
  readonly worker: string
  readonly job: number
}

export function noteDeed(file: string, deed: Deed): void {
  appendFileSync(file, `${JSON.stringify(deed)}\n`)
}

export function readDeeds(file: string): readonly Deed[] {
  if (!existsSync(file)) return []
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Deed)
}
