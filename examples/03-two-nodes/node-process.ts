/** One of the two processes, as the one sees it who has started it: it can be asked, and it can be killed. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Account, Notice, Order, Role } from './notice.js'

type NoticeOf<T extends Notice['type']> = Extract<Notice, { readonly type: T }>

/** So long anything may take that this process waits for. */
const PATIENCE_MS = 60_000

export class NodeProcess {
  readonly #child: ChildProcess
  readonly #ended: Promise<unknown>
  readonly #notices: Notice[] = []
  readonly #waiting = new Set<() => void>()

  constructor(
    readonly role: Role,
    args: readonly string[],
    env: NodeJS.ProcessEnv,
    hear: (notice: Notice, node: NodeProcess) => void,
  ) {
    const main = fileURLToPath(new URL('main.js', import.meta.url))
    this.#child = fork(main, ['--role', role, ...args], { env: { ...process.env, ...env } })
    this.#ended = once(this.#child, 'exit')
    this.#child.on('message', (notice: Notice) => {
      this.#notices.push(notice)
      hear(notice, this)
      for (const look of this.#waiting) look()
    })
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  /** The first notice of that type that fits, also one that has come before. */
  heard<T extends Notice['type']>(type: T, fits: (notice: NoticeOf<T>) => boolean = () => true): Promise<NoticeOf<T>> {
    const isIt = (notice: Notice): notice is NoticeOf<T> => notice.type === type && fits(notice as NoticeOf<T>)
    return new Promise((resolve, reject) => {
      const fail = (why: string): void => settle(() => reject(new Error(`The ${this.role} ${why}.`)))
      const look = (): void => {
        const found = this.#notices.find(isIt)
        if (found !== undefined) settle(() => resolve(found))
      }
      const timer = setTimeout(() => fail(`has not told "${type}" in ${PATIENCE_MS / 1_000} s`), PATIENCE_MS)
      const settle = (end: () => void): void => {
        clearTimeout(timer)
        this.#waiting.delete(look)
        end()
      }
      this.#waiting.add(look)
      void this.#ended.then(() => fail(`has ended before it told "${type}"`))
      look()
    })
  }

  /** What it has been told so far does not count for `heard` any more. */
  forget(): void {
    this.#notices.length = 0
  }

  async count(): Promise<Account> {
    this.#order('count')
    return (await this.heard('counted')).account
  }

  async stop(): Promise<void> {
    this.#order('stop')
    await this.#ended
  }

  /** Without a word to it. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#ended
  }

  #order(order: Order): void {
    this.#child.send(order)
  }
}
