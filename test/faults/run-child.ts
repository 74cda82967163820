/** Runs a compiled program of this folder to its end, in a process of its own. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export interface Exit {
  readonly code: number | string | null | undefined
  readonly stdout: string
  readonly stderr: string
}

/** `name` as in `<name>.child.ts`. One that doesn't end by itself is killed after half a minute. */
export function runChild(name: string, ...args: readonly string[]): Promise<Exit> {
  const program = fileURLToPath(new URL(`../../dist/test/faults/${name}.child.js`, import.meta.url))
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], { timeout: 30_000 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : error.code, stdout, stderr })
    })
  })
}
