import { appendFileSync } from 'node:fs'

/**
 * A witness of reads: appends a line `<pid> <path as JSON>` to the file `log`. It is written at once and by nothing of the
 * audit's own state, so it can testify that no file was read twice.
 */
export function createReadLog(log: string): (path: string) => void {
  return (path) => appendFileSync(log, `${process.pid} ${JSON.stringify(path)}\n`)
}
