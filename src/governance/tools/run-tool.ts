/**
 * Runs a tool: attempt by attempt, until one answers, the retries are used up, or its outcome can't be known.
 *
 * 1. A tool that is not idempotent has one attempt. If that is lost, the answer is `OUTCOME_UNKNOWN`.
 * 2. Each attempt is metered by itself. A spent budget ends the call, whether the meter says so or a call within the tool (D16).
 * 3. What the tool returns is answered only as its schema gives it.
 */
import { type Clock, systemClock } from '../../core/clock.js'
import { isRosciusError } from '../../core/errors.js'
import { type Random, systemRandom } from '../../core/random.js'
import { currentEffect } from '../../runtime/effect-run.js'
import { backoffDelayMs, DEFAULT_BACKOFF } from '../../supervision/backoff.js'
import { type Attempted, attemptInline, Deadline } from './attempt.js'
import { attemptIsolated } from './isolated/attempt-isolated.js'
import type { OutputOf, Tool } from './tool.js'
import { failedAnswer, invalidAnswer, outcomeUnknown, type ToolAnswer, wordsOf } from './tool-answer.js'

export interface RunPorts {
  /** Ends the call: aborts the tool, or kills its process. */
  readonly signal?: AbortSignal
  /** `currentEffect()?.effectId`. */
  readonly effectId?: string
  /** `currentEffect()?.heartbeat`. */
  readonly heartbeat?: () => void
  /** Makes each attempt, within a reservation. Default: just makes it. */
  readonly meter?: <T>(attempt: () => Promise<T>) => Promise<T>
  /** Told of each attempt that failed, with what was thrown: for the log. */
  readonly onFailed?: (error: unknown, attempt: number) => void
  /** Default: that of the system whose effect this is; outside one the machine's own. */
  readonly clock?: Clock
  readonly random?: Random
}

type AnyAnswer = ToolAnswer | 'again'

/** Runs `tool` with arguments that its schema has given, without asking whether it may. See `callTool`. */
export async function runTool<TTool extends Tool>(
  tool: TTool,
  input: unknown,
  ports: RunPorts = {},
): Promise<ToolAnswer<OutputOf<TTool>>> {
  const { meter = (attempt) => attempt() } = ports
  for (let attempt = 1; ; attempt++) {
    ports.signal?.throwIfAborted()
    const attempted = await meter(() => attemptOnce(tool, input, attempt, ports))
    ports.signal?.throwIfAborted()
    const answer = answerTo(tool, attempted, attempt, ports)
    if (answer !== 'again') return answer as ToolAnswer<OutputOf<TTool>>
    await pause(tool, attempt, ports)
  }
}

async function attemptOnce(tool: Tool, input: unknown, attempt: number, ports: RunPorts): Promise<Attempted> {
  const {
    clock = clockHere(),
    random = currentEffect()?.random ?? systemRandom(),
    effectId,
    heartbeat = () => undefined,
  } = ports
  using deadline = new Deadline(clock, tool.timeoutMs, ports.signal)
  const args = { input, signal: deadline.signal, effectId, attempt, heartbeat }
  return typeof tool.execute === 'function'
    ? await attemptInline(tool.execute, args, deadline)
    : await attemptIsolated(tool.execute, args, { clock, random })
}

function answerTo(tool: Tool, attempted: Attempted, attempt: number, { onFailed }: RunPorts): AnyAnswer {
  if (attempted.ended === 'returned') return readOutput(tool, attempted.output)
  const { isRetryable = () => true, maxAttempts } = tool.retry
  if (attempted.ended === 'threw') {
    onFailed?.(attempted.error, attempt)
    // It knows that it doesn't know: the connection over which it works was lost.
    if (isRosciusError(attempted.error, 'OUTCOME_UNKNOWN') && !tool.idempotent)
      return outcomeUnknown(tool.name, wordsOf(attempted.error))
    const answer = failedAnswer('TOOL_FAILED', wordsOf(attempted.error))
    return attempt < maxAttempts && isRetryable(attempted.error) ? 'again' : answer
  }
  const { answer } = attempted
  const message = answer.ok ? '' : answer.error.message
  onFailed?.(new Error(message), attempt)
  if (!tool.idempotent) return outcomeUnknown(tool.name, message)
  return attempt < maxAttempts && attempted.isRetryable ? 'again' : answer
}

function readOutput({ output: schema }: Tool, output: unknown): ToolAnswer {
  try {
    const result = schema.safeParse(output)
    return result.success ? { ok: true, output: result.data } : invalidAnswer('OUTPUT_INVALID', result.error)
  } catch (error) {
    // A check of the user's own threw, or what it checks is too deep.
    return failedAnswer('OUTPUT_INVALID', `It could not be checked: ${wordsOf(error)}`, '')
  }
}

/** Rejects with the signal's reason as soon as that is aborted. */
function pause({ retry }: Tool, attempt: number, ports: RunPorts): Promise<void> {
  const { clock = clockHere(), random = currentEffect()?.random ?? systemRandom(), signal } = ports
  const { isRetryable, maxAttempts, ...backoff } = retry
  const ms = backoffDelayMs({ ...DEFAULT_BACKOFF, ...defined(backoff) }, attempt - 1, random.next())
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      cancel()
      reject(signal?.reason)
    }
    const cancel = clock.schedule(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, ms)
    signal?.addEventListener('abort', stop, { once: true })
  })
}

/** That of the system whose effect this is. */
function clockHere(): Clock {
  return currentEffect()?.clock ?? systemClock()
}

function defined<T extends object>(object: T): T {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T
}
