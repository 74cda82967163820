import { lstat, mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { AuditBlocked } from './audit-blocked.js'
import { describeFileFailure } from './file-failure.js'
import { OUTPUT_FOLDER } from './file-list.js'

/** The folder that holds an unfinished audit of `root`: there is one exactly while an audit is unfinished. */
function storeFolder(root: string): string {
  return join(root, OUTPUT_FOLDER, '.store')
}

/**
 * Makes room for a store, and clears away what a process left that was killed while it dropped one. Throws `AuditBlocked`
 * where there is no room.
 */
export async function prepareStore(root: string): Promise<string> {
  const output = join(root, OUTPUT_FOLDER)
  try {
    await mkdir(output, { recursive: true })
    // Whoever has made the audited folder does not say where else files are written, and removed.
    if ((await lstat(output)).isSymbolicLink()) throw new Error(`${OUTPUT_FOLDER} leads elsewhere`)
    await rm(droppedFolder(root), { recursive: true, force: true })
  } catch (error) {
    throw new AuditBlocked(`There is no place for a report in ${root}: ${whyNoPlace(error)}.`)
  }
  return storeFolder(root)
}

function whyNoPlace(error: unknown): string {
  const isTaken = error instanceof Error && 'code' in error && error.code === 'EEXIST'
  return isTaken ? `${OUTPUT_FOLDER} is no folder` : describeFileFailure(error)
}

/** Ends an audit for good: by a rename, so that no crash leaves half a store behind under its name. */
export async function dropStore(root: string): Promise<void> {
  await rename(storeFolder(root), droppedFolder(root))
  await rm(droppedFolder(root), { recursive: true, force: true })
}

function droppedFolder(root: string): string {
  return join(root, OUTPUT_FOLDER, '.store-dropped')
}
