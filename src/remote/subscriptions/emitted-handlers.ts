/**
 * Those on this node that listen to the events which one actor of another node emits, by type.
 */
import type { EventObject } from 'xstate'
import type { ActorPath } from '../../core/address.js'
import { callListener } from './listener-call.js'

export type EmittedHandler = (event: EventObject) => void

const ANY = '*'

export class EmittedHandlers {
  readonly subject = 'emitted'
  /** The number of the subscription on the present connection. */
  subscription: number | undefined
  readonly #byType = new Map<string, Set<{ readonly handler: EmittedHandler }>>()

  constructor(readonly path: ActorPath) {}

  get isWanted(): boolean {
    return this.#byType.size > 0
  }

  /** Answers what takes it away again. */
  add(type: string, handler: EmittedHandler): () => void {
    const handlers = this.#byType.get(type) ?? new Set()
    const listening = { handler }
    this.#byType.set(type, handlers.add(listening))
    return () => {
      handlers.delete(listening)
      if (handlers.size === 0 && this.#byType.get(type) === handlers) this.#byType.delete(type)
    }
  }

  emit(event: EventObject): void {
    for (const type of [event.type, ANY]) {
      const listening = this.#byType.get(type)
      // A handler may take away others, and add some.
      for (const one of [...(listening ?? [])]) if (listening?.has(one)) callListener(() => one.handler(event))
    }
  }

  /** There will be no more events: as on a local ref, handlers are not told. */
  end(): void {
    this.#byType.clear()
  }
}
