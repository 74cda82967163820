/** One attempt to run a tool: how it ended, and its deadline. */
import type { Clock } from '../../core/clock.js'
import { isRosciusError, RosciusError } from '../../core/errors.js'
import { classify } from '../../supervision/failure-class.js'
import type { ToolFunction } from './tool.js'
import { failedAnswer, type ToolAnswer, wordsOf } from './tool-answer.js'

/** How an attempt ended. */
export type Attempted =
  | { readonly ended: 'returned'; readonly output: unknown }
  /** The function threw: whatever it did, it knows that it failed. */
  | { readonly ended: 'threw'; readonly error: unknown }
  /** It was ended from outside, or its process died: nobody knows how far it came. */
  | { readonly ended: 'lost'; readonly answer: ToolAnswer<never>; readonly isRetryable: boolean }

/** A signal that is aborted with `TIMEOUT` when the time is up, and when `outer` is. */
export class Deadline implements Disposable {
  readonly #controller = new AbortController()
  readonly #cancel: () => void
  readonly #stop = (): void => this.#controller.abort(this.outer?.reason)
  /** Resolves when the time is up, whatever else has happened. */
  readonly late: Promise<void>

  constructor(
    clock: Clock,
    timeoutMs: number,
    private readonly outer: AbortSignal | undefined,
  ) {
    const { promise, resolve } = withResolver()
    this.late = promise
    this.#cancel = clock.schedule(() => {
      this.#controller.abort(tooLate(timeoutMs))
      resolve()
    }, timeoutMs)
    if (outer?.aborted) this.#stop()
    else outer?.addEventListener('abort', this.#stop, { once: true })
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  [Symbol.dispose](): void {
    this.#cancel()
    this.outer?.removeEventListener('abort', this.#stop)
  }
}

function withResolver(): { promise: Promise<void>; resolve: () => void } {
  let resolve: () => void = () => undefined
  const promise = new Promise<void>((done) => {
    resolve = done
  })
  return { promise, resolve }
}

function tooLate(timeoutMs: number): RosciusError {
  return new RosciusError('TIMEOUT', `It did not finish within ${timeoutMs} ms.`, { details: { timeoutMs } })
}

/** The attempt was ended from outside: because it was late, or with its effect. */
export function ended({ reason }: AbortSignal): Attempted {
  const answer = failedAnswer('TIMEOUT', wordsOf(reason))
  return { ended: 'lost', answer, isRetryable: isRosciusError(reason, 'TIMEOUT') }
}

/**
 * Runs a function of this process. On its deadline it is left behind; when the effect is stopped it is waited for, until the
 * deadline at most: who stops it may want to know when it has stopped working.
 */
export function attemptInline(
  execute: ToolFunction,
  args: Parameters<ToolFunction>[0],
  deadline: Deadline,
): Promise<Attempted> {
  return Promise.race([settled(execute, args), deadline.late.then(() => ended(deadline.signal))])
}

async function settled(execute: ToolFunction, args: Parameters<ToolFunction>[0]): Promise<Attempted> {
  try {
    return { ended: 'returned', output: await execute(args) }
  } catch (error) {
    // That the budget is spent is no matter of the tool's.
    if (classify(error) === 'budget') throw error
    return { ended: 'threw', error }
  }
}
