/**
 * Trying again, as a statechart: the waits between attempts are states with a delay, so in a durable actor they survive a
 * crash, and everyone can see which attempt is running. (`fromActivity` waits inside one effect instead: simpler, and its
 * backoff begins anew after a crash.)
 */
import { assign, type PromiseActorLogic, setup } from 'xstate'

export interface RetryInput<TInput> {
  /** What each attempt is given. */
  readonly input: TInput
  /** How often it is tried in all. Default 5. */
  readonly maxAttempts?: number
  /** Wait before the second attempt, in ms. Default 200. */
  readonly initialMs?: number
  /** Each wait is this many times the one before. Default 2. */
  readonly factor?: number
  /** Longest wait, in ms. Default 30 000. */
  readonly maxMs?: number
}

/** What an attempt is given: `attempt` counts from 1. */
export interface AttemptInput<TInput> {
  readonly input: TInput
  readonly attempt: number
}

export type RetryOutput<TOutput> =
  | { readonly status: 'succeeded'; readonly output: TOutput; readonly attempts: number }
  | { readonly status: 'exhausted'; readonly error: unknown; readonly attempts: number }

interface RetryContext<TInput, TOutput> {
  readonly policy: Required<RetryInput<TInput>>
  readonly attempt: number
  /** The output of the attempt that succeeded. */
  readonly result: { readonly output: TOutput } | undefined
  /** Why the last attempt failed. */
  readonly error: unknown
}

const DEFAULTS = { maxAttempts: 5, initialMs: 200, factor: 2, maxMs: 30_000 }

/**
 * A machine that runs `attempt` until it is done or its attempts are used up; its output says which.
 *
 * @example
 * ```ts
 * import { type AttemptInput, createRetryMachine } from 'roscius/machines'
 * import { fromPromise } from 'xstate'
 *
 * const fetchPage = createRetryMachine(
 *   fromPromise(async ({ input }: { input: AttemptInput<string> }) => (await fetch(input.input)).text()),
 * )
 * ```
 */
export function createRetryMachine<TOutput, TInput>(attempt: PromiseActorLogic<TOutput, AttemptInput<TInput>>) {
  return setup({
    types: {} as {
      context: RetryContext<TInput, TOutput>
      input: RetryInput<TInput>
      output: RetryOutput<TOutput>
    },
    actors: { attempt },
    guards: { hasAttemptsLeft: ({ context }) => context.attempt < context.policy.maxAttempts },
    delays: {
      backoff: ({ context: { policy, attempt } }) =>
        Math.min(policy.maxMs, policy.initialMs * policy.factor ** (attempt - 2)),
    },
  }).createMachine({
    id: 'retry',
    context: ({ input }) => ({ policy: { ...DEFAULTS, ...input }, attempt: 1, result: undefined, error: undefined }),
    initial: 'trying',
    states: {
      trying: {
        invoke: {
          src: 'attempt',
          input: ({ context }) => ({ input: context.policy.input, attempt: context.attempt }),
          onDone: { target: 'succeeded', actions: assign({ result: ({ event }) => ({ output: event.output }) }) },
          onError: [
            {
              guard: 'hasAttemptsLeft',
              target: 'backingOff',
              actions: assign({ attempt: ({ context }) => context.attempt + 1, error: ({ event }) => event.error }),
            },
            { target: 'exhausted', actions: assign({ error: ({ event }) => event.error }) },
          ],
        },
      },
      backingOff: { after: { backoff: 'trying' } },
      succeeded: { type: 'final' },
      exhausted: { type: 'final' },
    },
    output: ({ context: { attempt: attempts, result, error } }): RetryOutput<TOutput> =>
      result === undefined
        ? { status: 'exhausted', error, attempts }
        : { status: 'succeeded', output: result.output, attempts },
  })
}
