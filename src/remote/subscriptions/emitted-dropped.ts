/**
 * The event that stands for emitted events which a slow connection has lost.
 */

export const EMITTED_DROPPED = 'roscius.emittedDropped'

/** So many events that the actor has emitted were left out here. Handlers of this type and of `'*'` get it. */
export interface EmittedDroppedEvent {
  readonly type: typeof EMITTED_DROPPED
  readonly count: number
}

export function emittedDropped(count: number): EmittedDroppedEvent {
  return { type: EMITTED_DROPPED, count }
}
