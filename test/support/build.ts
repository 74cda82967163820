import { execFile } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { root } from './compile.js'

const run = promisify(execFile)
const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')

/**
 * Brings `dist/` up to date, for a test that starts a process of its own. One file of a run does it for all: to find that there
 * is nothing to do takes seconds as well. While the sources are watched it is done for each.
 */
export async function build(project: 'tsconfig.build.json' | 'test/faults' = 'tsconfig.build.json'): Promise<void> {
  const { ROSCIUS_TEST_RUN: thisRun, VITEST_MODE: mode } = process.env
  const note = join(root, '.cache', `built-${basename(project)}`)
  if (mode === 'RUN' && thisRun !== undefined && (await textOf(note)) === thisRun) return
  await run(process.execPath, [tsc, '-p', join(root, project)]).catch(({ stdout }: { stdout: string }) => {
    throw new Error(`${project} does not compile:\n${stdout}`)
  })
  // What is built imports the package by its name: that is the bundle.
  await run(process.execPath, [join(root, '.ci', 'bundle.mjs')])
  await mkdir(join(root, '.cache'), { recursive: true })
  await writeFile(note, thisRun ?? '')
}

/** Brings the page of the console in `dist/console` up to date as well. */
export async function buildConsole(): Promise<void> {
  await run(process.execPath, [join(root, 'src/console/build.mjs')])
}

function textOf(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '')
}
