import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, vi } from 'vitest'

/** Where a test calls a command of `roscius`: a folder of its own, and what the command has said since `clear`. */
export interface CommandLine {
  readonly folder: string
  /** On standard output. */
  readonly output: string
  /** On standard error. */
  readonly notes: string
  clear(): void
}

/** Makes the folder before each test of the file and removes it after, with the spies and the environment of the test. */
export function commandLine(command: string): CommandLine {
  let folder = ''
  const said = { output: '', notes: '' }
  const clear = (): void => void Object.assign(said, { output: '', notes: '' })
  const listen = (stream: NodeJS.WriteStream, to: keyof typeof said): void => {
    vi.spyOn(stream, 'write').mockImplementation((text: unknown) => {
      said[to] += String(text)
      return true
    })
  }
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), `roscius-${command}-`))
    clear()
    listen(process.stdout, 'output')
    listen(process.stderr, 'notes')
  })
  afterEach(() => {
    vi.restoreAllMocks()
    vi.unstubAllEnvs()
    rmSync(folder, { recursive: true, force: true })
  })
  return {
    get folder() {
      return folder
    },
    get output() {
      return said.output
    },
    get notes() {
      return said.notes
    },
    clear,
  }
}
