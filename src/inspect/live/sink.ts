/**
 * A viewer, as far as the node knows it.
 *
 * Nobody waits for a viewer: while it is not ready nothing is sent to it, and what is kept for it meanwhile is bounded.
 */
import type { Frame } from './shapes.js'

export interface Sink {
  /** Whether what was sent before is on its way; asked before each frame. */
  ready(): boolean
  /** Called from a timer, never while an event is handled. */
  send(frame: Frame): void
}

/** One that has subscribed to a topic. */
export interface Viewer {
  /** Nothing is sent from here on. */
  close(): void
}

/** What a viewer throws harms itself alone. */
export function guarded(sink: Sink): Sink {
  return {
    ready: () => {
      try {
        return sink.ready()
      } catch {
        return false
      }
    },
    send: (frame) => {
      try {
        sink.send(frame)
      } catch {
        // Its connection is gone; whoever holds it closes the viewer.
      }
    },
  }
}
