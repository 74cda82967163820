/**
 * The three events of the Stately inspection protocol, as `@statelyai/inspect` 0.7 sends and receives them: one JSON text each.
 *
 * Its source is https://github.com/statelyai/inspect, `src/types.ts` and `src/createInspector.ts`.
 */
import type { EventObject } from 'xstate'

export interface StatelySnapshot {
  readonly status: string
  readonly value?: unknown
  readonly context?: unknown
  readonly output?: unknown
  readonly error?: unknown
}

export type StatelyEvent =
  | {
      readonly type: '@xstate.actor'
      readonly sessionId: string
      readonly rootId: string
      readonly parentId: string | undefined
      readonly name: string
      /** The machine's config as JSON. */
      readonly definition: string
      readonly snapshot: StatelySnapshot
    }
  | {
      readonly type: '@xstate.event'
      readonly sessionId: string
      readonly rootId: string
      readonly sourceId: string | undefined
      readonly event: EventObject
    }
  | {
      readonly type: '@xstate.snapshot'
      readonly sessionId: string
      readonly rootId: string
      readonly event: EventObject
      readonly snapshot: StatelySnapshot
    }

/** The version of the protocol that is spoken: that of the package. */
const VERSION = '0.7.2'

/** `atMs`: wall clock, ms. */
export function statelyText(event: StatelyEvent, atMs: number): string {
  return JSON.stringify({ ...event, _version: VERSION, createdAt: String(Math.floor(atMs)), id: null })
}
