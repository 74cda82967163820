/**
 * One attempt to run a tool in a process of its own.
 *
 * 1. It gets nothing of this process: no environment, no input, no descriptors but the two of `child-program.ts`.
 * 2. It is over with its answer, its end, its deadline, a limit that it passes, or the effect; the first of these counts.
 * 3. Then its processes are killed, all of them. The attempt has ended only when none can be found any more (or after 2 s: a
 *    process that hangs in the kernel can't be killed).
 */
import { type ChildProcess, spawn } from 'node:child_process'
import type { Duplex } from 'node:stream'
import type { Clock } from '../../../core/clock.js'
import type { Random } from '../../../core/random.js'
import { type Attempted, ended } from '../attempt.js'
import type { ToolArgs } from '../tool.js'
import { failedAnswer, type ToolErrorCode } from '../tool-answer.js'
import { CHILD_PROGRAM } from './child-program.js'
import { type Message, MessageReader } from './message-reader.js'
import { MARK, ProcessTree } from './process-tree.js'
import type { ToolModule } from './tool-module.js'

export interface IsolationPorts {
  readonly clock: Clock
  readonly random: Random
}

/** What Node itself needs, in bytes. */
const NODE_BYTES = 100_000_000
const MEGABYTE = 1_000_000
/** How often the memory is looked at. */
const LOOK_MS = 100
/** How long what an ended process has left in its pipes is waited for; how soon its killing is repeated, and how long. */
const DRAIN_MS = 500
const KILL_AGAIN_MS = 5
const KILL_MS = 2_000
/** As much of what it printed last as is kept, and as a message quotes, in characters. */
const MAX_TAIL = 10_000
const MAX_QUOTE = 1_000

/** Runs the function of `module` in a new process. Never rejects. */
export async function attemptIsolated(
  module: ToolModule,
  args: ToolArgs,
  { clock, random }: IsolationPorts,
): Promise<Attempted> {
  const mark = random.id()
  let child: ChildProcess
  let call: string
  try {
    call = `${JSON.stringify({ ...args, url: module.url, exportName: module.exportName, signal: undefined })}\n`
    child = start(module, mark)
  } catch (error) {
    return { ended: 'threw', error }
  }
  const tree = child.pid === undefined ? undefined : new ProcessTree(child.pid, mark)
  const attempted = await new IsolatedAttempt(module, args, child, tree, clock).run(call)
  await end(tree, clock)
  for (const stream of child.stdio) stream?.destroy()
  return attempted
}

/** The command line and the settings of a call's process. */
export function childCommand({ memoryMb, env }: ToolModule, mark: string) {
  const heap = `--max-old-space-size=${memoryMb}`
  return {
    args: [heap, '--eval', CHILD_PROGRAM],
    options: { env: { ...env, [MARK]: mark }, detached: true, stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'] },
  } as const
}

function start(module: ToolModule, mark: string): ChildProcess {
  const { args, options } = childCommand(module, mark)
  return spawn(process.execPath, args, { ...options, stdio: [...options.stdio] })
}

class IsolatedAttempt {
  readonly #reader: MessageReader
  #printed = 0
  #tail = ''
  #isOver = false
  #resolve: (attempted: Attempted) => void = () => undefined
  #stopLooking: () => void = () => undefined

  constructor(
    private readonly module: ToolModule,
    private readonly args: ToolArgs,
    private readonly child: ChildProcess,
    private readonly tree: ProcessTree | undefined,
    private readonly clock: Clock,
  ) {
    this.#reader = new MessageReader(module.outputBytes, {
      message: (message) => this.#take(message),
      tooLong: () => this.#pass('output'),
      garbage: () => this.#lose('TOOL_CRASHED', 'It wrote nonsense to its parent.'),
    })
  }

  async run(call: string): Promise<Attempted> {
    const { signal } = this.args
    const onAbort = (): void => this.#settle(ended(signal))
    try {
      return await new Promise<Attempted>((resolve) => {
        this.#resolve = resolve
        signal.addEventListener('abort', onAbort)
        if (signal.aborted) onAbort()
        this.#listen(call)
        this.#look()
      })
    } finally {
      signal.removeEventListener('abort', onAbort)
      this.#stopLooking()
    }
  }

  #listen(call: string): void {
    const { child } = this
    // It could not be started: so far nothing was done.
    child.on('error', (error) => this.#settle({ ended: 'threw', error }))
    child.on('exit', (code, signal) => this.#exited(code, signal))
    child.stdout?.on('data', (chunk: Buffer) => this.#print(chunk))
    child.stderr?.on('data', (chunk: Buffer) => this.#print(chunk))
    for (const stream of child.stdio) stream?.on('error', () => undefined)
    const line = lineOf(child)
    line?.on('data', (chunk: Buffer) => this.#isOver || this.#reader.take(chunk))
    line?.write(call)
  }

  #take(message: Message): void {
    if (message.type === 'heartbeat') this.args.heartbeat()
    else if (message.type === 'returned') this.#settle({ ended: 'returned', output: message.output })
    else this.#settle({ ended: 'threw', error: Object.assign(new Error(), message.error) })
  }

  #print(chunk: Buffer): void {
    this.#printed += chunk.length
    this.#tail = (this.#tail + chunk.toString('utf8')).slice(-MAX_TAIL)
    if (this.#printed > this.module.outputBytes) this.#pass('output')
  }

  #look(): void {
    this.#stopLooking = this.clock.schedule(() => {
      const limit = this.module.memoryMb * MEGABYTE + NODE_BYTES
      if ((this.tree?.residentBytes ?? 0) > limit) this.#pass('memory')
      else if (!this.#isOver) this.#look()
    }, LOOK_MS)
  }

  /** Its last words may still be in the pipes, which close once nothing of it is left. */
  #exited(code: number | null, signal: NodeJS.Signals | null): void {
    const gone = (): void => {
      if (isOutOfHeap(this.#tail)) this.#pass('memory')
      else
        this.#lose(
          'TOOL_CRASHED',
          `Its process ended (${signal ?? `code ${code}`}) before it answered. ${this.#tail.slice(-MAX_QUOTE)}`,
        )
    }
    this.tree?.kill()
    const cancel = this.clock.schedule(gone, DRAIN_MS)
    this.child.on('close', () => {
      cancel()
      gone()
    })
  }

  #pass(limit: 'memory' | 'output'): void {
    const { memoryMb, outputBytes } = this.module
    const amount = limit === 'memory' ? `${memoryMb} MB of memory` : `${outputBytes} bytes of output`
    this.#lose('LIMIT_EXCEEDED', `It used more than ${amount}.`, false)
  }

  #lose(code: ToolErrorCode, message: string, isRetryable = true): void {
    this.#settle({ ended: 'lost', answer: failedAnswer(code, message.trim()), isRetryable })
  }

  #settle(attempted: Attempted): void {
    this.#isOver = true
    this.#resolve(attempted)
  }
}

function lineOf({ stdio }: ChildProcess): Duplex | undefined {
  return (stdio[3] ?? undefined) as Duplex | undefined
}

function isOutOfHeap(tail: string): boolean {
  return /heap out of memory|JavaScript heap|Fatal process out of memory/.test(tail)
}

/** Kills what is left of the attempt until there is nothing. */
async function end(tree: ProcessTree | undefined, clock: Clock): Promise<void> {
  const start = clock.monotonic()
  while (tree?.kill() && clock.monotonic() - start < KILL_MS)
    await new Promise<void>((resolve) => clock.schedule(resolve, KILL_AGAIN_MS))
}
