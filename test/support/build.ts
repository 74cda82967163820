import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { root } from './compile.js'

const run = promisify(execFile)
const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')

/**
 * Brings `dist/` up to date, for a test that starts a process of its own. `npm test` has done it already, then this
 * finds nothing to do; a single test file that is run alone needs it.
 */
export async function build(project: 'tsconfig.build.json' | 'test/faults' = 'tsconfig.build.json'): Promise<void> {
  await run(process.execPath, [tsc, '-p', join(root, project)]).catch(({ stdout }: { stdout: string }) => {
    throw new Error(`${project} does not compile:\n${stdout}`)
  })
}

/** Brings the page of the console in `dist/console` up to date as well. */
export async function buildConsole(): Promise<void> {
  await run(process.execPath, [join(root, 'src/console/build.mjs')])
}
