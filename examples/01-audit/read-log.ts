import { appendFileSync } from 'node:fs'
import { fromPromise } from 'xstate'
import { readFileFinding } from './file-reader.js'
import type { FileFinding } from './finding.js'
import type { ReadFileInput } from './worker.js'

/**
 * The reading effect, with a witness: a line `<pid> <path as JSON>` is appended to the file `log` before each read. It
 * is written at once and by nothing of the audit's own state, so it can testify that no file was read twice.
 */
export function loggedReadFile(log: string) {
  return fromPromise<FileFinding, ReadFileInput>(({ input, signal }) => {
    appendFileSync(log, `${process.pid} ${JSON.stringify(input.path)}\n`)
    return readFileFinding(input.root, input.path, signal)
  })
}
