/**
 * A process that lives as long as a bench and holds the other end: it opens something, answers calls, and closes it.
 *
 * Calls go over the channel between parent and child, beside whatever is measured. Any number may be outstanding.
 */
import { type ChildProcess, fork, spawnSync } from 'node:child_process'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'

/** What a second process holds: what it answers to, by name, with structured-cloneable arguments and answers. */
export interface Service extends AsyncDisposable {
  readonly calls: Readonly<Record<string, (argument: never) => unknown>>
}

/** An exported function that opens a service. */
export interface Opening {
  /** The module's `import.meta.url`. */
  readonly module: string
  readonly name: string
  /** Structured-cloneable. */
  readonly argument: unknown
}

/** How the process is run. */
export interface Running {
  /**
   * Whether the two are kept on processors of their own where the system lets (`taskset`), for the baseline as for the subject:
   * as two machines are. Left alone, a scheduler puts two light processes on one processor and two heavier ones on two, and
   * waking an idle processor takes longer than a whole message; then it would be that which is compared.
   */
  readonly isApart: boolean
  /** The Node that runs it; that of this process by default. */
  readonly execPath?: string
  /** Aborted, it ends the process as a crash does, also while it opens. */
  readonly signal?: AbortSignal
}

export const APART: Running = { isApart: true }

export interface SecondProcess<TService extends Service> extends AsyncDisposable {
  readonly pid: number
  /** Ends it as a crash does (SIGKILL); what is outstanding is rejected. */
  kill(): Promise<void>
  call<Name extends keyof TService['calls'] & string>(
    name: Name,
    ...argument: Parameters<TService['calls'][Name]>
  ): Promise<Awaited<ReturnType<TService['calls'][Name]>>>
}

type Request =
  | { readonly id: number; readonly do: 'open'; readonly opening: Opening }
  | { readonly id: number; readonly do: 'call'; readonly name: string; readonly argument: unknown }
  | { readonly id: number; readonly do: 'close' }
type Reply =
  | { readonly id: number; readonly ok: true; readonly result: unknown }
  | { readonly id: number; readonly ok: false; readonly error: string }

/** Opens a service in a process of its own, in production mode and with `--expose-gc`. */
export async function secondProcess<TService extends Service>(
  opening: Opening,
  running: Running,
): Promise<SecondProcess<TService>> {
  const child = forked(running)
  const line = new Line(child)
  const exit = gone(child)
  if (running.isApart) keepApart(child)
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL')
    await exit
  }
  try {
    await line.request({ do: 'open', opening })
  } catch (error) {
    // Nobody else has got hold of it.
    await kill()
    throw error
  }
  return {
    pid: child.pid as number,
    call: (name, ...[argument]) => line.request({ do: 'call', name, argument }) as Promise<never>,
    kill,
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) await line.request({ do: 'close' })
      await exit
    },
  }
}

function forked({ execPath = process.execPath, signal }: Running): ChildProcess {
  return fork(fileURLToPath(import.meta.url), [], {
    execPath,
    execArgv: ['--expose-gc', ...process.execArgv.filter((flag) => flag !== '--expose-gc')],
    env: { ...process.env, NODE_ENV: 'production' },
    serialization: 'advanced',
    stdio: ['ignore', 2, 2, 'ipc'],
    signal,
    killSignal: 'SIGKILL',
  })
}

/** Once it has ended; of one that could not be started there is no exit. */
function gone(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('exit', () => resolve())
    if (child.pid === undefined) child.once('error', () => resolve())
  })
}

/** Second processes that live and are kept apart. */
let apart = 0

/** This process on the first processor, the other one on the last, until that has ended, however it does. */
function keepApart(child: ChildProcess): void {
  const last = cpus().length - 1
  if (last === 0 || child.pid === undefined) return
  apart++
  pin(process.pid, '0')
  pin(child.pid, String(last))
  child.once('exit', () => {
    if (--apart === 0) pin(process.pid, `0-${last}`)
  })
}

/** The main thread alone: those of the store and of the collector run where there is room. */
function pin(pid: number, processors: string): void {
  spawnSync('taskset', ['-pc', processors, String(pid)])
}

type Unnumbered<T> = T extends unknown ? Omit<T, 'id'> : never

/** The parent's side. */
class Line {
  readonly #waiting = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>()
  #next = 0

  constructor(private readonly child: ChildProcess) {
    child.on('message', (reply: Reply) => this.#settle(reply))
    // One that was aborted exits; one that can't be started doesn't.
    child.on('error', (error) => {
      if (child.pid === undefined) this.#end(new Error(`the second process can't be started: ${error.message}`))
    })
    child.once('exit', (code, signal) => this.#end(new Error(`the second process ended early (${signal ?? code})`)))
  }

  request(what: Unnumbered<Request>): Promise<unknown> {
    const id = this.#next++
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject })
      this.child.send({ id, ...what }, (error) => error && this.#settle({ id, ok: false, error: error.message }))
    })
  }

  #settle(reply: Reply): void {
    const waiting = this.#waiting.get(reply.id)
    this.#waiting.delete(reply.id)
    if (reply.ok) waiting?.resolve(reply.result)
    else waiting?.reject(new Error(reply.error))
  }

  #end(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error)
    this.#waiting.clear()
  }
}

async function open({ module, name, argument }: Opening): Promise<Service> {
  const functions: Record<string, unknown> = await import(module)
  const opens = functions[name]
  if (typeof opens !== 'function') throw new Error(`${module} exports no function ${name}`)
  return await opens(argument)
}

/** The child's side. */
class Held {
  #service: Service | undefined

  async answer(request: Request): Promise<Reply> {
    const { id } = request
    try {
      return { id, ok: true, result: await this.#do(request) }
    } catch (error) {
      return { id, ok: false, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }
    }
  }

  async #do(request: Request): Promise<unknown> {
    switch (request.do) {
      case 'open':
        this.#service = await open(request.opening)
        return undefined
      case 'call':
        return await this.#service?.calls[request.name]?.(request.argument as never)
      case 'close':
        return await this.#service?.[Symbol.asyncDispose]()
    }
  }
}

// This file is the child's entry too: only a forked process that starts with it has a channel and this as its script.
if (process.send && process.argv[1] === fileURLToPath(import.meta.url)) {
  const held = new Held()
  process.on('message', async (request: Request) => {
    const reply = await held.answer(request)
    process.send?.(reply, () => {
      if (request.do === 'close') process.exit()
    })
  })
  // Whoever asked is gone.
  process.once('disconnect', () => process.exit(1))
}
