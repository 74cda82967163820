/**
 * A process that lives as long as a bench and holds the other end: it opens something, answers calls, and closes it.
 *
 * Calls go over the channel between parent and child, beside whatever is measured, and are not part of any figure.
 *
 * The two are kept on processors of their own where the system lets (`taskset`), for the baseline as for the subject: as two
 * machines are. Left alone, a scheduler puts two light processes on one processor and two heavier ones on two, and waking an
 * idle processor takes longer than a whole message; then it would be that which is compared.
 */
import { type ChildProcess, fork, spawnSync } from 'node:child_process'
import { once } from 'node:events'
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

export interface SecondProcess<TService extends Service> extends AsyncDisposable {
  readonly pid: number
  call<Name extends keyof TService['calls'] & string>(
    name: Name,
    ...argument: Parameters<TService['calls'][Name]>
  ): Promise<Awaited<ReturnType<TService['calls'][Name]>>>
}

type Request =
  | { readonly do: 'open'; readonly opening: Opening }
  | { readonly do: 'call'; readonly name: string; readonly argument: unknown }
  | { readonly do: 'close' }
type Reply = { readonly ok: true; readonly result: unknown } | { readonly ok: false; readonly error: string }

/** Opens a service in a process of its own, in production mode and with `--expose-gc`. */
export async function secondProcess<TService extends Service>(opening: Opening): Promise<SecondProcess<TService>> {
  const child = fork(fileURLToPath(import.meta.url), [], {
    execArgv: ['--expose-gc', ...process.execArgv.filter((flag) => flag !== '--expose-gc')],
    env: { ...process.env, NODE_ENV: 'production' },
    serialization: 'advanced',
    stdio: ['ignore', 2, 2, 'ipc'],
  })
  keepApart(child.pid as number)
  await request(child, { do: 'open', opening })
  return {
    pid: child.pid as number,
    call: (name, ...[argument]) => request(child, { do: 'call', name, argument }) as Promise<never>,
    async [Symbol.asyncDispose]() {
      const exit = once(child, 'exit')
      await request(child, { do: 'close' })
      await exit
      if (--apart === 0) pin(process.pid, `0-${cpus().length - 1}`)
    },
  }
}

/** Second processes that live. */
let apart = 0

/** This process on the first processor, the other one on the last. */
function keepApart(pid: number): void {
  apart++
  const last = cpus().length - 1
  if (last === 0) return
  pin(process.pid, '0')
  pin(pid, String(last))
}

/** The main thread alone: those of the store and of the collector run where there is room. */
function pin(pid: number, processors: string): void {
  spawnSync('taskset', ['-pc', processors, String(pid)])
}

/** One at a time. */
async function request(child: ChildProcess, what: Request): Promise<unknown> {
  const reply = await new Promise<Reply>((resolve, reject) => {
    const onExit = (code: number | null, signal: string | null): void =>
      reject(new Error(`the second process ended early (${signal ?? code})`))
    child.once('exit', onExit)
    child.once('message', (message: Reply) => {
      child.off('exit', onExit)
      resolve(message)
    })
    child.send(what)
  })
  if (!reply.ok) throw new Error(reply.error)
  return reply.result
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
    try {
      return { ok: true, result: await this.#do(request) }
    } catch (error) {
      return { ok: false, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }
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
