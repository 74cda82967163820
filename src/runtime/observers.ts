/**
 * Who watches which actor from outside. Observers hang on the address, so they survive passivation; they are told of
 * committed states only, because the node holds each notice until its commit.
 */
import type { EventObject, Observer, Subscription } from 'xstate'
import type { ActorPath } from '../core/address.js'
import type { HostSnapshot } from './xstate/internals.js'

type Handler = (event: EventObject) => void

export class Observers {
  readonly #observers = new Map<ActorPath, Set<Observer<unknown>>>()
  readonly #handlers = new Map<ActorPath, Map<string, Set<Handler>>>()

  /** Whether anybody watches the actor's snapshots. */
  watches(path: ActorPath): boolean {
    return this.#observers.size > 0 && this.#observers.has(path)
  }

  subscribe(path: ActorPath, observer: Observer<unknown>): Subscription {
    return addTo(this.#observers, path, observer)
  }

  on(path: ActorPath, type: string, handler: Handler): Subscription {
    let byType = this.#handlers.get(path)
    if (byType === undefined) {
      byType = new Map()
      this.#handlers.set(path, byType)
    }
    return addTo(byType, type, (event: EventObject) => handler(event))
  }

  emit(path: ActorPath, event: EventObject): void {
    const byType = this.#handlers.get(path)
    if (byType === undefined) return
    for (const handler of byType.get(event.type) ?? []) report(() => handler(event))
    for (const handler of byType.get('*') ?? []) report(() => handler(event))
  }

  notify(path: ActorPath, snapshot: HostSnapshot): void {
    const observers = this.#observers.get(path)
    if (observers === undefined) return
    if (snapshot.status !== 'error') for (const observer of [...observers]) report(() => observer.next?.(snapshot))
    if (snapshot.status === 'active') return
    this.#observers.delete(path)
    this.#handlers.delete(path)
    for (const observer of observers) {
      report(() => (snapshot.status === 'error' ? observer.error?.(snapshot.error) : observer.complete?.()))
    }
  }
}

function addTo<K, V>(map: Map<K, Set<V>>, key: K, value: V): Subscription {
  let values = map.get(key)
  if (values === undefined) {
    values = new Set()
    map.set(key, values)
  }
  values.add(value)
  return {
    unsubscribe: () => {
      const left = map.get(key)
      if (left?.delete(value) && left.size === 0) map.delete(key)
    },
  }
}

/** What an observer throws is nobody's failure inside: as in XState it is thrown again where global handlers see it. */
function report(fn: () => void): void {
  try {
    fn()
  } catch (error) {
    setTimeout(() => {
      throw error
    })
  }
}
