/**
 * A circuit breaker: what fails again and again is left alone for a while, and then tried once.
 *
 * Boundary: it counts and decides. Who calls looks at its state first, and tells it what came of the call.
 *
 * 1. `maxFailures` within `withinMs` open it. A success doesn't clear the count: time does.
 * 2. While it is open nothing is called. After `openMs` one call is let through, the probe (`PROBE`); its outcome decides.
 * 3. Outcomes of calls that began before it opened change nothing: a probe's have their own events.
 * 4. A probe that is given up (`PROBE_DROPPED`), or of which nothing is heard, makes room for another; what is heard of it
 *    later changes nothing.
 */
import { assign, emit, setup } from 'xstate'
import { z } from 'zod'
import { readOptions } from './options-invalid.js'

export const circuitBreakerOptionsSchema = z.strictObject({
  /** Failures that open it. Default 5. */
  maxFailures: z.number().int().positive().default(5),
  /** The time in which they count, in ms. Default 30 000. */
  withinMs: z.number().positive().default(30_000),
  /** How long it stays open, in ms. Default 30 000. */
  openMs: z.number().positive().default(30_000),
  /** How long a probe may take, in ms. Default 60 000. */
  probeMs: z.number().positive().default(60_000),
})

export type CircuitBreakerOptions = z.input<typeof circuitBreakerOptionsSchema>

export interface CircuitBreakerContext {
  /** When calls failed, in ms of the caller's clock; those that still count. */
  readonly failures: readonly number[]
  /** How many probes there were; the number of the last one. */
  readonly probes: number
}

export type CircuitBreakerEvent =
  /** The one call that is made while it is half open. */
  | { readonly type: 'PROBE' }
  | { readonly type: 'FAILED'; readonly atMs: number }
  | { readonly type: 'PROBE_SUCCEEDED'; readonly probe: number }
  | { readonly type: 'PROBE_FAILED'; readonly probe: number }
  | { readonly type: 'PROBE_DROPPED'; readonly probe: number }

export type CircuitBreakerEmitted = { readonly type: 'opened' } | { readonly type: 'closed' }

/**
 * The machine of a breaker. Throws `OPTIONS_INVALID`.
 *
 * @example
 * ```ts
 * import { createCircuitBreakerMachine } from 'roscius/machines'
 * import { createActor } from 'xstate'
 *
 * const breaker = createActor(createCircuitBreakerMachine({ maxFailures: 1 })).start()
 * breaker.send({ type: 'FAILED', atMs: Date.now() })
 * console.log(breaker.getSnapshot().matches('open'))
 * breaker.stop()
 * ```
 */
export function createCircuitBreakerMachine(options: CircuitBreakerOptions = {}) {
  const { maxFailures, withinMs, openMs, probeMs } = readOptions(
    'createCircuitBreakerMachine',
    circuitBreakerOptionsSchema,
    options,
  )
  const counting = ({ failures }: CircuitBreakerContext, atMs: number): number[] =>
    [...failures.filter((failedMs) => failedMs > atMs - withinMs), atMs].slice(-maxFailures)
  return setup({
    types: {} as { context: CircuitBreakerContext; events: CircuitBreakerEvent; emitted: CircuitBreakerEmitted },
    delays: { openMs, probeMs },
    guards: {
      isOneTooMany: ({ context, event }) =>
        event.type === 'FAILED' && counting(context, event.atMs).length >= maxFailures,
      isLastProbe: ({ context, event }) => 'probe' in event && event.probe === context.probes,
    },
    actions: {
      countProbe: assign({ probes: ({ context }) => context.probes + 1 }),
      countFailure: assign(({ context, event }) =>
        event.type === 'FAILED' ? { failures: counting(context, event.atMs) } : {},
      ),
      forgetFailures: assign({ failures: [] }),
      tellOpened: emit({ type: 'opened' }),
      tellClosed: emit({ type: 'closed' }),
    },
  }).createMachine({
    id: 'circuitBreaker',
    context: { failures: [], probes: 0 },
    initial: 'closed',
    states: {
      closed: {
        tags: ['idle'],
        meta: { roscius: { waits: 'forever', reason: 'it serves whoever calls' } },
        on: {
          FAILED: [{ guard: 'isOneTooMany', target: 'open' }, { actions: 'countFailure' }],
        },
      },
      open: { entry: ['forgetFailures', 'tellOpened'], after: { openMs: 'halfOpen' } },
      halfOpen: {
        initial: 'ready',
        states: {
          ready: {
            tags: ['idle'],
            meta: { roscius: { waits: 'forever', reason: 'the next call is the probe' } },
            on: { PROBE: { target: 'probing', actions: 'countProbe' } },
          },
          probing: {
            on: {
              PROBE_SUCCEEDED: { guard: 'isLastProbe', target: '#circuitBreaker.closed', actions: 'tellClosed' },
              PROBE_FAILED: { guard: 'isLastProbe', target: '#circuitBreaker.open' },
              PROBE_DROPPED: { guard: 'isLastProbe', target: 'ready' },
            },
            after: { probeMs: 'ready' },
          },
        },
      },
    },
  })
}
