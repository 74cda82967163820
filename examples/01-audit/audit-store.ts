import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { OUTPUT_FOLDER } from './file-list.js'

/** The folder that holds an unfinished audit of `root`: there is one exactly while an audit is unfinished. */
function storeFolder(root: string): string {
  return join(root, OUTPUT_FOLDER, '.store')
}

/** Makes room for a store, and clears away what a process left that was killed while it dropped one. */
export async function prepareStore(root: string): Promise<string> {
  await mkdir(join(root, OUTPUT_FOLDER), { recursive: true })
  await rm(droppedFolder(root), { recursive: true, force: true })
  return storeFolder(root)
}

/** Ends an audit for good: by a rename, so that no crash leaves half a store behind under its name. */
export async function dropStore(root: string): Promise<void> {
  await rename(storeFolder(root), droppedFolder(root))
  await rm(droppedFolder(root), { recursive: true, force: true })
}

function droppedFolder(root: string): string {
  return join(root, OUTPUT_FOLDER, '.store-dropped')
}
