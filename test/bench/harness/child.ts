import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** A function of a module, to be called in a process of its own. */
export interface Job {
  /** The module's `import.meta.url`. */
  readonly module: string
  readonly name: string
  /** Structured-cloneable. */
  readonly argument: unknown
}

type Reply = { readonly ok: true; readonly result: unknown } | { readonly ok: false; readonly error: string }

/**
 * Calls a function in a fresh process, in production mode and with `--expose-gc`, and answers with its result.
 * What the child prints goes to stderr, so that stdout belongs to the report alone.
 */
export function inChild<Result>(job: Job): Promise<Result> {
  const child = fork(fileURLToPath(import.meta.url), [], {
    execArgv: ['--expose-gc', ...process.execArgv.filter((flag) => flag !== '--expose-gc')],
    env: { ...process.env, NODE_ENV: 'production' },
    serialization: 'advanced',
    stdio: ['ignore', 2, 2, 'ipc'],
  })
  return new Promise<Result>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => reject(new Error(`${job.name} ended early (${signal ?? code})`)))
    child.once('message', (reply: Reply) => {
      if (reply.ok) resolve(reply.result as Result)
      else reject(new Error(reply.error))
    })
    child.send(job)
  })
}

async function perform(job: Job): Promise<Reply> {
  try {
    const functions: Record<string, unknown> = await import(job.module)
    const work = functions[job.name]
    if (typeof work !== 'function') throw new Error(`${job.module} exports no function ${job.name}`)
    return { ok: true, result: await work(job.argument) }
  } catch (error) {
    return { ok: false, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}

// This file is the child's entry too: only a forked process that starts with it has a channel and this as its script.
if (process.send && process.argv[1] === fileURLToPath(import.meta.url)) {
  process.once('message', async (job: Job) => {
    const reply = await perform(job)
    process.send?.(reply, () => process.exit())
  })
}
