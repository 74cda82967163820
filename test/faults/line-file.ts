/**
 * An append-only file of JSON lines, for the ledger of a suite: what was written when a process was killed stays, and the
 * system under test never reads it.
 */
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'

export class LineFile<TLine> {
  readonly #file: number

  constructor(path: string) {
    this.#file = openSync(path, 'a')
  }

  write(line: TLine): void {
    writeSync(this.#file, `${JSON.stringify(line)}\n`)
  }

  close(): void {
    closeSync(this.#file)
  }
}

/** The lines so far. A last one without its end was being written when the process was killed. */
export function readLines<TLine>(path: string): TLine[] {
  const lines = readFileSync(path, 'utf8').split('\n')
  lines.pop()
  return lines.map((line) => JSON.parse(line) as TLine)
}
