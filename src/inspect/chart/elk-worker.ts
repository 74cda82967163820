/**
 * ELK, the layout of graphs, in a thread of its own: a large chart takes seconds, and the node goes on meanwhile.
 *
 * Boundary: the one file that knows elkjs. It takes one graph at a time and gives it back with places.
 *
 * 1. The thread lives for as long as it has something to place. ELK does not wait for the end of its program: it is killed.
 * 2. One that dies, for want of memory or by an error of ELK's, or takes too long, fails the graph it was at. The next graph gets
 *    a new thread.
 * 3. It keeps no process alive that waits for nothing else.
 */
import { createRequire } from 'node:module'
import { Worker } from 'node:worker_threads'
import type { ElkNode } from 'elkjs/lib/elk-api.js'
import { RosciusError } from '../../core/errors.js'

export type { ElkExtendedEdge, ElkNode } from 'elkjs/lib/elk-api.js'

/** As text, so that it is the same program compiled and from source. */
const PROGRAM = `
const { parentPort, workerData } = require('node:worker_threads')
const Elk = require(workerData)
const elk = new Elk()
parentPort.on('message', (graph) =>
  elk.layout(graph).then(
    (placed) => parentPort.postMessage({ placed }),
    (error) => parentPort.postMessage({ error: String(error?.message ?? error) }),
  ),
)`

const ELK = 'elkjs/lib/elk.bundled.js'
/** Nested states are nested calls. */
const STACK_MB = 8

export interface ElkOptions {
  /** How long a graph may take. Default: two minutes. */
  readonly timeoutMs?: number
  /** How much memory the thread may take. Default: 512 MB. */
  readonly memoryMb?: number
}

/** A thread that places graphs, one at a time. */
export interface ElkWorker {
  /** Rejects with `CHART_FAILED` if ELK can't, the thread dies, it takes too long or `end` is called. */
  place(graph: ElkNode): Promise<ElkNode>
  /** Ends the thread; a later graph gets a new one. */
  end(): void
}

interface Job {
  resolve(placed: ElkNode): void
  reject(error: Error): void
}

type Answer = { readonly placed: ElkNode } | { readonly error: string }

export function elkWorker({ timeoutMs = 120_000, memoryMb = 512 }: ElkOptions = {}): ElkWorker {
  let worker: Worker | undefined
  let job: Job | undefined
  let deadline: NodeJS.Timeout | undefined

  const take = (): Job | undefined => {
    const taken = job
    job = undefined
    clearTimeout(deadline)
    worker?.unref()
    return taken
  }
  const end = (reason = 'was stopped', cause?: unknown): void => {
    const ended = worker
    worker = undefined
    void ended?.terminate()
    take()?.reject(chartFailed(reason, cause))
  }
  const started = (): Worker => {
    const resourceLimits = { maxOldGenerationSizeMb: memoryMb, stackSizeMb: STACK_MB }
    const thread = new Worker(PROGRAM, { eval: true, workerData: programOfElk(), resourceLimits })
    thread.on('message', (answer: Answer) => {
      if (thread !== worker) return
      if ('placed' in answer) take()?.resolve(answer.placed)
      else take()?.reject(chartFailed(`failed: ${answer.error}`))
    })
    thread.on('error', (error) => thread === worker && end(`died: ${error.message}`, error))
    thread.on('exit', () => thread === worker && end('ended'))
    return thread
  }
  const start = (graph: ElkNode): void => {
    try {
      worker ??= started()
      worker.ref()
      deadline = setTimeout(() => end(`took longer than ${timeoutMs} ms`), timeoutMs)
      worker.postMessage(graph)
    } catch (error) {
      end('could not be begun', error)
    }
  }
  return {
    place: (graph) =>
      new Promise((resolve, reject) => {
        if (job !== undefined) throw new Error('ELK is given one graph at a time.')
        job = { resolve, reject }
        start(graph)
      }),
    end: () => end(),
  }
}

function programOfElk(): string {
  return createRequire(import.meta.url).resolve(ELK)
}

function chartFailed(what: string, cause?: unknown): RosciusError {
  const message = `The layout of the statechart ${what}. Draw an outline of it (depth), or one of its states.`
  return new RosciusError('CHART_FAILED', message, { cause })
}
