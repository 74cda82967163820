/** A compiled program of this folder, run as a process on a node of a network, that says lines of JSON. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { NetNode } from '../net/net.js'

export interface ProgramEnd {
  readonly code: number | null
  readonly signal: string | null
  /** What it printed that was no line of JSON. */
  readonly text: string
}

export class Program<TLine> {
  readonly lines: TLine[] = []
  readonly ended: Promise<ProgramEnd>
  #text = ''
  readonly #child: ChildProcessWithoutNullStreams
  readonly #waiting = new Set<() => void>()

  /** `name` as in `network/<name>.child.ts`. */
  constructor(on: NetNode, name: string, args: object) {
    const here = import.meta.url
    const folder = here.endsWith('.js') ? new URL('..', here) : new URL('../../../../dist/test/faults/network/', here)
    const program = fileURLToPath(new URL(`${name}.child.js`, folder))
    const [first = '', ...rest] = [...on.command, process.execPath, program, JSON.stringify(args)]
    this.#child = spawn(first, rest)
    this.#child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      this.#text += chunk
    })
    createInterface({ input: this.#child.stdout }).on('line', (line) => this.#take(line))
    this.ended = once(this.#child, 'close').then(([code, signal]) => {
      for (const wake of this.#waiting) wake()
      return { code, signal, text: this.#text } as ProgramEnd
    })
    this.#child.stdin.on('error', () => undefined)
  }

  get isOver(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null
  }

  say(word: string): void {
    this.#child.stdin.write(`${word}\n`)
  }

  kill(): void {
    this.#child.kill('SIGKILL')
  }

  /** The first line from the `from`th on that is meant; undefined when the program ended, or `withinMs` went by, without it. */
  async said(isMeant: (line: TLine) => boolean, { from = 0, withinMs = 30_000 } = {}): Promise<TLine | undefined> {
    const deadline = performance.now() + withinMs
    for (let next = from; ; ) {
      const found = this.lines.slice(next).find(isMeant)
      const leftMs = deadline - performance.now()
      if (found !== undefined || this.isOver || leftMs <= 0) return found
      next = this.lines.length
      await this.#somethingNew(leftMs)
    }
  }

  #somethingNew(withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer)
        this.#waiting.delete(wake)
        resolve()
      }
      const timer = setTimeout(wake, withinMs)
      this.#waiting.add(wake)
    })
  }

  #take(line: string): void {
    if (!line.startsWith('{')) this.#text += `${line}\n`
    else this.lines.push(JSON.parse(line) as TLine)
    for (const wake of [...this.#waiting]) wake()
  }
}
