/** Only so many questions at a time: one agent that asks a lot leaves room for the others. */
import { assertCount, brainError } from './brain-error.js'
import { type DefinedBrain, defineBrain } from './define-brain.js'

export interface BulkheadOptions {
  /** Questions that are asked at a time. */
  readonly maxConcurrent: number
  /** Questions that wait for their turn; one more is refused. Default 1 000. */
  readonly maxWaiting?: number
}

/** So many at a time, first come first served. It lives in memory; give the same one to all who share it. */
export interface Bulkhead {
  /** Runs `work` when there is room. Rejects with `BULKHEAD_FULL`, or with the signal's reason. */
  run<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T>
  readonly running: number
  readonly waiting: number
}

/**
 * A bulkhead that several brains can share. Throws `OPTIONS_INVALID`.
 *
 * @example
 * ```ts
 * import { createBulkhead, fromRules, withBulkhead } from 'roscius/actors'
 *
 * const shared = createBulkhead({ maxConcurrent: 4 })
 * const rules = fromRules([{ decide: { event: { type: 'FINISH', output: 1 }, reason: 'done' } }])
 * export const brains = [withBulkhead(rules, shared), withBulkhead(rules, shared)]
 * ```
 */
export function createBulkhead({ maxConcurrent, maxWaiting = 1_000 }: BulkheadOptions): Bulkhead {
  assertCount('createBulkhead', 'maxConcurrent', maxConcurrent)
  let running = 0
  const waiting = new Set<() => void>()
  const enter = async (signal: AbortSignal): Promise<void> => {
    signal.throwIfAborted()
    if (running < maxConcurrent) {
      running++
      return
    }
    if (waiting.size >= maxWaiting)
      throw brainError(
        'BULKHEAD_FULL',
        `${maxConcurrent} questions are asked and ${maxWaiting} wait. Ask again later.`,
        {
          maxConcurrent,
          maxWaiting,
        },
      )
    await turnIn(waiting, signal)
  }
  /** Who leaves hands the place on. */
  const leave = (): void => {
    const [next] = waiting
    if (next === undefined) running--
    else next()
  }
  return {
    async run(work, signal) {
      await enter(signal)
      try {
        return await work()
      } finally {
        leave()
      }
    },
    get running() {
      return running
    },
    get waiting() {
      return waiting.size
    },
  }
}

function turnIn(waiting: Set<() => void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      waiting.delete(go)
      reject(signal.reason)
    }
    const go = (): void => {
      waiting.delete(go)
      signal.removeEventListener('abort', stop)
      resolve()
    }
    waiting.add(go)
    signal.addEventListener('abort', stop, { once: true })
  })
}

/**
 * `brain`, asked only so often at a time: `n` for a bulkhead of its own, or one that is shared. The rest waits. Throws
 * `OPTIONS_INVALID`.
 *
 * @example
 * ```ts
 * import { fromRules, withBulkhead } from 'roscius/actors'
 *
 * const rules = fromRules([{ decide: { event: { type: 'FINISH', output: 1 }, reason: 'done' } }])
 * export const brain = withBulkhead(rules, 4)
 * ```
 */
export function withBulkhead(brain: DefinedBrain, bulkhead: number | Bulkhead): DefinedBrain {
  const shared = typeof bulkhead === 'number' ? createBulkhead({ maxConcurrent: bulkhead }) : bulkhead
  return defineBrain((request, context) => shared.run(async () => brain.decide(request, context), context.signal))
}
