/**
 * A limit on how long an effect may be silent, for any logic that starts something outside.
 *
 * It only notes the limit on the logic: Roscius reads it when it starts the effect, plain XState does not.
 */
import type { AnyActorLogic } from 'xstate'
import { RosciusError } from '../src/index.js'

export interface HeartbeatOptions {
  /** The longest silence, in ms, above 0. */
  readonly heartbeatMs: number
}

/** A machine is no effect: what it invokes is. */
type EffectLogic = AnyActorLogic & { readonly root?: never }

/**
 * The same logic (`fromPromise`, `fromCallback`, `fromObservable`, `fromActivity`, or your own with a `start`), to fail with
 * `TIMEOUT` after `heartbeatMs` without a sign of life: a call of `currentEffect().heartbeat()`, or an event that it sends
 * or emits. Its signal is then aborted, and whatever it does later changes nothing. Outside Roscius nothing is limited.
 *
 * Throws `OPTIONS_INVALID` for a limit that is not above 0, and for a machine or other logic that starts nothing.
 *
 * @example
 * ```ts
 * import { currentEffect } from 'roscius'
 * import { withHeartbeat } from 'roscius/actors'
 * import { fromPromise } from 'xstate'
 *
 * const readAll = withHeartbeat(
 *   fromPromise(async ({ input }: { input: { urls: string[] } }) => {
 *     const pages: string[] = []
 *     for (const url of input.urls) {
 *       pages.push(await (await fetch(url, { signal: currentEffect()?.signal ?? null })).text())
 *       currentEffect()?.heartbeat()
 *     }
 *     return pages
 *   }),
 *   { heartbeatMs: 30_000 },
 * )
 * ```
 */
export function withHeartbeat<TLogic extends EffectLogic>(logic: TLogic, { heartbeatMs }: HeartbeatOptions): TLogic {
  assertHeartbeatMs(heartbeatMs)
  const { root, start, roscius } = logic as { root?: unknown; start?: unknown; roscius?: object }
  if (root !== undefined || start === undefined) {
    const message =
      'withHeartbeat: this logic starts nothing that could be silent; wrap what a machine invokes instead.'
    throw new RosciusError('OPTIONS_INVALID', message, { details: { field: 'logic' } })
  }
  return { ...logic, roscius: { ...roscius, heartbeatMs } }
}

/** Throws `OPTIONS_INVALID`. */
export function assertHeartbeatMs(heartbeatMs: number): void {
  if (heartbeatMs > 0 && heartbeatMs < Number.POSITIVE_INFINITY) return
  const message = `heartbeatMs must be a number of ms above 0; got ${heartbeatMs}.`
  throw new RosciusError('OPTIONS_INVALID', message, { details: { field: 'heartbeatMs' } })
}
