/** The line between the suite and Erlang (lines.erl): a request in words, an answer in words, any number of them outstanding. */
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Duplex } from 'node:stream'

export type Word = string | number

interface Waiting {
  resolve(words: readonly string[]): void
  reject(error: Error): void
}

export class Line {
  readonly #waiting = new Map<string, Waiting>()
  readonly #socket: Duplex
  #next = 0

  /** On the child's descriptor 3. */
  constructor(child: ChildProcess) {
    this.#socket = child.stdio[3] as Duplex
    const lines = createInterface({ input: this.#socket }).on('line', (line) => this.#settle(line))
    // A child that is killed breaks the line, which the reader of lines emits too; what is outstanding is rejected at its exit.
    for (const emitter of [this.#socket, lines]) emitter.on('error', () => undefined)
    child.once('error', (error) => this.#end(error))
    child.once('exit', (code, signal) => this.#end(new Error(`erl ended early (${signal ?? code})`)))
  }

  /** Once the agents are there. */
  async ready(withinMs: number): Promise<void> {
    const timeout = setTimeout(() => this.#end(new Error(`erl isn't ready after ${withinMs} ms`)), withinMs)
    try {
      await this.#answerTo('ready')
    } finally {
      clearTimeout(timeout)
    }
  }

  async request(words: readonly Word[]): Promise<readonly string[]> {
    const id = String(this.#next++)
    const answer = this.#answerTo(id)
    this.#socket.write(`${[id, ...words].join(' ')}\n`)
    return await answer
  }

  /** Erlang ends its agents in order, and then itself. */
  async end(child: ChildProcess, withinMs: number): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return
    const exit = once(child, 'exit', { signal: AbortSignal.timeout(withinMs) })
    this.#socket.end()
    try {
      await exit
    } catch (error) {
      child.kill('SIGKILL')
      throw new Error(`erl hasn't ended after ${withinMs} ms`, { cause: error })
    }
  }

  #answerTo(id: string): Promise<readonly string[]> {
    return new Promise((resolve, reject) => void this.#waiting.set(id, { resolve, reject }))
  }

  #settle(line: string): void {
    const [id = '', verdict, ...words] = line.split(' ')
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    if (verdict === 'error') waiting?.reject(new Error(`Erlang: ${words.join(' ')}`))
    else waiting?.resolve(words)
  }

  #end(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error)
    this.#waiting.clear()
  }
}
